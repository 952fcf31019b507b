import type { Fields } from '../../conversation/dialect.js';
import { fieldsOf, isFields, optionalText, textOf } from '../../conversation/fields.js';
import type { Reply } from '../../conversation/reply.js';
import { readFinish } from './finish.js';
import { readContent } from './read-blocks.js';
import { readCounts } from './usage.js';

/** Fields of an answer, and of its usage, that no other dialect has a word for. */
const SIDE_FIELDS = ['container', 'context_management', 'diagnostics'];
const USAGE_SIDE_FIELDS = ['service_tier', 'inference_geo', 'speed', 'iterations'];

/** https://platform.claude.com/docs/en/api/messages @throws KeywheelError bad_body where it is no message */
export function readReply(body: Fields): Reply {
  const usage = isFields(body.usage) ? body.usage : undefined;
  const side = sideOfReply(body, usage);
  return {
    id: textOf(body.id, 'id'),
    model: optionalText(body.model, 'model') ?? '',
    candidates: [
      {
        index: 0,
        parts: readContent(body.content, 'upstream', 'content'),
        finish: readFinish(body),
      },
    ],
    ...(usage && { usage: { input: 0, output: 0, ...readCounts(usage) } }),
    ...(side && { extras: { anthropic: side } }),
  };
}

/** Side fields of an answer, or of what stands for it in a stream; undefined where there are none. */
export function sideOfReply(answer: Fields, usage: Fields | undefined): Fields | undefined {
  const side = picked(answer, SIDE_FIELDS);
  const usageSide = usage && picked(usage, USAGE_SIDE_FIELDS);
  if (!usageSide) return side;
  return { ...side, usage: usageSide };
}

function picked(fields: Fields, names: readonly string[]): Fields | undefined {
  let found: Record<string, unknown> | undefined;
  for (const name of names) {
    const value = fields[name];
    if (value !== undefined && value !== null) (found ??= {})[name] = value;
  }
  return found;
}

/** Side fields as they go back: over an answer's own, `usage` field by field. */
export function layOver(
  side: Fields | undefined,
  usage: Fields,
): { readonly side: Fields; readonly usage: Fields } {
  if (!side) return { side: {}, usage };
  const { usage: more, ...rest } = side;
  return { side: rest, usage: more === undefined ? usage : { ...usage, ...fieldsOf(more, 'usage') } };
}
