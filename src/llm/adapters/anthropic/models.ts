import { objectsIn } from '../model-list.js';
import type { ListedModel } from '../../models/listed-model.js';

const UNKNOWN_DATE = '1970-01-01T00:00:00Z';
const DEFAULT_PAGE = 20;
const LARGEST_PAGE = 1000;

/** https://docs.anthropic.com/en/api/models-list */
export function describeModel({ id, raw }: ListedModel): object {
  return {
    type: 'model',
    id,
    display_name: id,
    created_at: UNKNOWN_DATE,
    ...(raw?.type === 'model' ? raw : {}),
  };
}

/** One page, by `limit`, `after_id` and `before_id`. */
export function listModels(models: readonly ListedModel[], query: URLSearchParams): object {
  const asked = Number(query.get('limit') ?? DEFAULT_PAGE);
  const limit = Number.isInteger(asked) && asked > 0 ? Math.min(asked, LARGEST_PAGE) : DEFAULT_PAGE;
  const before = models.findIndex(({ id }) => id === query.get('before_id'));
  const start =
    before === -1
      ? models.findIndex(({ id }) => id === query.get('after_id')) + 1
      : Math.max(0, before - limit);
  const end = before === -1 ? start + limit : before;
  const page = models.slice(start, end);
  return {
    data: page.map(describeModel),
    has_more: before === -1 ? end < models.length : start > 0,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

export function readModels(body: string): readonly ListedModel[] {
  return objectsIn(body, ['data']).flatMap((raw) =>
    typeof raw.id === 'string' ? [{ id: raw.id, owner: '', raw }] : [],
  );
}
