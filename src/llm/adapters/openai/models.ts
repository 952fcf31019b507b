import { objectsIn } from '../model-list.js';
import type { ListedModel } from '../../models/listed-model.js';

/** https://platform.openai.com/docs/api-reference/models/object */
export function describeModel({ id, owner, raw }: ListedModel): object {
  const created = typeof raw?.created === 'number' ? raw.created : 0;
  return { id, object: 'model', created, owned_by: typeof raw?.owned_by === 'string' ? raw.owned_by : owner };
}

export function listModels(models: readonly ListedModel[]): object {
  return { object: 'list', data: models.map(describeModel) };
}

/** `{data: [{id}]}`; some who speak OpenAI's protocol answer the bare list, or `models`. */
export function readModels(body: string): readonly ListedModel[] {
  return objectsIn(body, ['data', 'models']).flatMap((raw) =>
    typeof raw.id === 'string' ? [{ id: raw.id, owner: '', raw }] : [],
  );
}
