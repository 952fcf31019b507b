import { objectsIn } from '../model-list.js';
import type { ListedModel } from '../../models/listed-model.js';

const PREFIX = 'models/';
const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 1000;
/** What is said of a model that is configured by name alone. */
const METHODS = ['generateContent', 'streamGenerateContent', 'countTokens'];

/** https://ai.google.dev/api/models#Model */
export function describeModel({ id, raw }: ListedModel): object {
  const own = typeof raw?.name === 'string' ? raw : {};
  return { displayName: id, supportedGenerationMethods: METHODS, ...own, name: PREFIX + id };
}

/** One page, by `pageSize` and `pageToken`; a token is the place of the page's first model. */
export function listModels(models: readonly ListedModel[], query: URLSearchParams): object {
  const asked = Number(query.get('pageSize') ?? DEFAULT_PAGE);
  const size = Number.isInteger(asked) && asked > 0 ? Math.min(asked, LARGEST_PAGE) : DEFAULT_PAGE;
  const from = Number(query.get('pageToken') ?? 0);
  const start = Number.isInteger(from) && from > 0 ? from : 0;
  const page = { models: models.slice(start, start + size).map(describeModel) };
  return start + size < models.length ? { ...page, nextPageToken: String(start + size) } : page;
}

export function readModels(body: string): readonly ListedModel[] {
  return objectsIn(body, ['models']).flatMap((raw) => {
    if (typeof raw.name !== 'string') return [];
    const id = raw.name.startsWith(PREFIX) ? raw.name.slice(PREFIX.length) : raw.name;
    return [{ id, owner: '', raw }];
  });
}
