import { responseOfItem } from '../adapters/responses/ids.js';
import type { Fields } from '../conversation/dialect.js';
import { isFields } from '../conversation/fields.js';
import type { KeptResponse } from './kept-responses.js';

type Find = (id: string) => Promise<KeptResponse | undefined>;

/**
 * The body with everything that it names and that is kept here: what `previous_response_id` answered and answered to
 * stands before its input, and items stand for references to them. What is not kept stays as it came.
 * https://platform.openai.com/docs/guides/conversation-state
 */
export async function resumed(body: Fields, find: Find): Promise<Fields> {
  const { previous_response_id: previous, ...rest } = body;
  const known = new Map<string, Promise<KeptResponse | undefined>>();
  const once: Find = (id) => {
    let found = known.get(id);
    if (!found) known.set(id, (found = find(id)));
    return found;
  };
  const kept = typeof previous === 'string' ? await once(previous) : undefined;
  const said = await withItems(inputItems(body.input), once);
  if (!kept) return said ? { ...body, input: said } : body;
  const input = [...kept.input, ...outputOf(kept), ...(said ?? inputItems(body.input))];
  return { ...rest, input, resumed_response_id: previous };
}

/** `input` as a list of items. */
export function inputItems(input: unknown): readonly unknown[] {
  if (Array.isArray(input)) return input as unknown[];
  return typeof input === 'string' ? [{ role: 'user', content: [{ type: 'input_text', text: input }] }] : [];
}

/** Undefined where nothing is referred to. */
async function withItems(items: readonly unknown[], find: Find): Promise<readonly unknown[] | undefined> {
  if (!items.some(isReference)) return undefined;
  const out: unknown[] = [];
  for (const item of items) out.push(isReference(item) ? ((await itemOf(item.id, find)) ?? item) : item);
  return out;
}

function isReference(item: unknown): item is Fields {
  return isFields(item) && item.type === 'item_reference';
}

async function itemOf(id: unknown, find: Find): Promise<Fields | undefined> {
  const response = typeof id === 'string' ? responseOfItem(id) : undefined;
  const kept = response === undefined ? undefined : await find(response);
  return kept && [...outputOf(kept), ...kept.input].find((item) => item.id === id);
}

function outputOf({ response }: KeptResponse): readonly Fields[] {
  return Array.isArray(response.output) ? (response.output as readonly Fields[]) : [];
}
