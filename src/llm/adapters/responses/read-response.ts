import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { CallPart, Part } from '../../conversation/parts.js';
import { attachSignatures } from '../../conversation/placed-signatures.js';
import type { Reply, TokenLogprob } from '../../conversation/reply.js';
import { readTokens } from '../openai-logprobs.js';
import { readCitations } from './citations.js';
import { readFinish } from './finish.js';
import { readImageCall } from './read-items.js';
import { readReasoning } from './reasoning.js';
import { readCounts } from './usage.js';

/**
 * https://platform.openai.com/docs/api-reference/responses/object
 * @throws Error where it is no response, or one that failed
 */
export function readReply(body: Fields): Reply {
  if (isFields(body.error)) throw new Error(`the answer is an error: ${JSON.stringify(body.error)}`);
  if (!Array.isArray(body.output)) throw new Error('the answer has no output');
  const items = body.output.filter(isFields);
  const parts = attachSignatures(items.flatMap(readOutputItem));
  const logprobs = items.flatMap(logprobsIn);
  const extras = replyExtras(body);
  return {
    id: typeof body.id === 'string' ? body.id : '',
    model: typeof body.model === 'string' ? body.model : '',
    ...(typeof body.created_at === 'number' && { created: body.created_at }),
    candidates: [
      {
        index: 0,
        parts,
        finish: readFinish(body, new Set(parts.map(({ kind }) => kind))),
        ...(logprobs.length > 0 && { logprobs }),
      },
    ],
    ...(isFields(body.usage) && { usage: readCounts(body.usage) }),
    ...(extras && { extras: { responses: extras } }),
  };
}

/** Side fields of a response; undefined where there are none. */
export function replyExtras({ service_tier: tier }: Fields): Fields | undefined {
  return typeof tier === 'string' ? { service_tier: tier } : undefined;
}

/** What one item of the output says. Its id is kept: the same dialect's client may have to name it. */
export function readOutputItem(item: Fields): readonly Part[] {
  const { id } = item;
  const parts = partsOf(item);
  if (typeof id !== 'string' || id === '') return parts;
  return parts.map((part) =>
    part.kind === 'native' || part.kind === 'media' ? part : { ...part, extras: { responses: { id } } },
  );
}

/** As `readOutputItem`, without its id. */
export function partsOf(item: Fields): readonly Part[] {
  switch (item.type) {
    case 'message':
      return readMessage(item);
    case 'reasoning':
      return readThought(item);
    case 'function_call':
      return [readCall(item, textIn(item.arguments))];
    case 'custom_tool_call':
      return [{ ...readCall(item, textIn(item.input)), freeform: true }];
    case 'image_generation_call':
      return [readImageCall(item) ?? { kind: 'native', origin: 'responses', value: item }];
    default:
      return [{ kind: 'native', origin: 'responses', value: item }];
  }
}

/** One that says nothing, and has nothing that must come back, is none. */
function readThought(item: Fields): readonly Part[] {
  const thought = readReasoning(item);
  if (thought.signature) return [{ kind: 'thought', text: thought.text, signature: thought.signature }];
  return thought.text === '' ? [] : [{ kind: 'thought', text: thought.text }];
}

function readMessage({ content }: Fields): readonly Part[] {
  if (!Array.isArray(content)) return [];
  return content.filter(isFields).flatMap((part): readonly Part[] => {
    if (part.type === 'refusal') return [{ kind: 'refusal', text: textIn(part.refusal) }];
    const text = textIn(part.text);
    if (part.type !== 'output_text' || text === '') return [];
    const citations = readCitations(part.annotations);
    return [{ kind: 'text', text, ...(citations.length > 0 && { citations }) }];
  });
}

/** The head of a call, and its arguments as the model wrote them. */
export function readCall({ call_id: id, id: itemId, name }: Fields, text: string): CallPart {
  return { kind: 'call', id: textIn(id) || textIn(itemId), name: textIn(name), arguments: text };
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function logprobsIn({ type, content }: Fields): readonly TokenLogprob[] {
  if (type !== 'message' || !Array.isArray(content)) return [];
  return content.filter(isFields).flatMap((part) => readTokens(part.logprobs));
}
