import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { CallPart, MediaPart, Part } from '../../conversation/parts.js';
import type { Candidate, Reply } from '../../conversation/reply.js';
import { missingCallId } from './call-ids.js';
import { readCitations, readSources } from './citations.js';
import { readFinish } from './finish.js';
import { readContent } from './read-parts.js';
import { readGoogleSignature, readThoughts } from './reasoning.js';
import { readLogprobs } from './token-logprobs.js';
import { predictionsIn, readCounts } from './usage.js';

/**
 * https://platform.openai.com/docs/api-reference/chat/object
 * @throws Error where it is no answer, or an error under a good status
 */
export function readReply(body: Fields): Reply {
  if (isFields(body.error)) throw new Error(`the answer is an error: ${JSON.stringify(body.error)}`);
  const choices = Array.isArray(body.choices) ? body.choices.filter(isFields) : [];
  if (choices.length === 0) throw new Error('the answer has no choices');
  const id = typeof body.id === 'string' ? body.id : '';
  const usage = isFields(body.usage) ? body.usage : undefined;
  const extras = replyExtras(body, usage);
  return {
    id,
    model: typeof body.model === 'string' ? body.model : '',
    ...(typeof body.created === 'number' && { created: body.created }),
    candidates: choices.map((choice, position) =>
      readChoice(choice, position, id, readSources(body.citations)),
    ),
    ...(usage && { usage: readCounts(usage) }),
    ...(extras && { extras: { chat: extras } }),
  };
}

/** Side fields of an answer, or of a chunk of one; undefined where there are none. */
export function replyExtras(body: Fields, usage: Fields | undefined): Fields | undefined {
  const predictions = usage && predictionsIn(usage);
  const { system_fingerprint: fingerprint, service_tier: tier } = body;
  if (typeof fingerprint !== 'string' && typeof tier !== 'string' && !predictions) return undefined;
  return {
    ...(typeof fingerprint === 'string' && { system_fingerprint: fingerprint }),
    ...(typeof tier === 'string' && { service_tier: tier }),
    ...(predictions && { predictions }),
  };
}

function readChoice(
  choice: Fields,
  position: number,
  replyId: string,
  sources: ReturnType<typeof readSources>,
): Candidate {
  // OpenRouter: https://openrouter.ai/docs/api/reference/errors-and-debugging
  if (isFields(choice.error)) throw new Error(`the answer broke off: ${JSON.stringify(choice.error)}`);
  const index = typeof choice.index === 'number' ? choice.index : position;
  const message = isFields(choice.message) ? choice.message : {};
  const parts = readParts(message, { replyId, index, sources });
  const logprobs = readLogprobs(choice.logprobs);
  const has = (kind: Part['kind']) => parts.some((part) => part.kind === kind);
  return {
    index,
    parts,
    finish: readFinish(choice, { calls: has('call'), refusal: has('refusal') }),
    ...(logprobs && { logprobs }),
  };
}

interface Place {
  readonly replyId: string;
  readonly index: number;
  readonly sources: ReturnType<typeof readSources>;
}

function readParts(message: Fields, place: Place): readonly Part[] {
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls.filter(isFields) : [];
  const legacy = isFields(message.function_call) ? [{ function: message.function_call }] : [];
  const refusal = message.refusal;
  return [
    ...readThoughts(message),
    ...readTexts(message, place),
    ...(typeof refusal === 'string' && refusal !== '' ? [{ kind: 'refusal' as const, text: refusal }] : []),
    ...(isFields(message.audio) ? readSpokenAnswer(message.audio) : []),
    ...readAnswerContent(Array.isArray(message.images) ? message.images : undefined),
    ...[...calls, ...legacy].map((call, position) => readCall(call, position, place)),
  ];
}

function readTexts(message: Fields, { sources }: Place): readonly Part[] {
  const content = readAnswerContent(message.content).filter(
    (part) => part.kind !== 'text' || part.text !== '',
  );
  const citations = [...readCitations(message.annotations), ...sources];
  const signature = readGoogleSignature(message);
  const at = content.findLastIndex(({ kind }) => kind === 'text');
  if (at === -1 || (citations.length === 0 && !signature)) return content;
  const more = { ...(citations.length > 0 && { citations }), ...(signature && { signature }) };
  return content.map((part, index) => (index === at ? { ...part, ...more } : part));
}

/**
 * Content that an upstream wrote, where one that is not understood is not the caller's fault.
 * @throws Error
 */
export function readAnswerContent(content: unknown): readonly Part[] {
  try {
    return readContent(content, 'content');
  } catch (error) {
    throw new Error('the answer has content of an unknown shape', { cause: error });
  }
}

/** https://platform.openai.com/docs/guides/audio: its id is what the next turn has to name. */
export function readSpokenAnswer({ id, data, transcript, expires_at: expiry }: Fields): readonly MediaPart[] {
  if (typeof data !== 'string') return [];
  const chat = {
    ...(typeof id === 'string' && { id }),
    ...(typeof expiry === 'number' && { expires_at: expiry }),
  };
  return [
    {
      kind: 'media',
      media: 'audio',
      source: { kind: 'base64', data },
      ...(typeof transcript === 'string' && { transcript }),
      ...(Object.keys(chat).length > 0 && { extras: { chat } }),
    },
  ];
}

function readCall(call: Fields, position: number, { replyId, index }: Place): CallPart {
  const custom = isFields(call.custom) ? call.custom : undefined;
  const called = custom ?? (isFields(call.function) ? call.function : {});
  const name = typeof called.name === 'string' ? called.name : '';
  const id =
    typeof call.id === 'string' && call.id !== '' ? call.id : missingCallId(replyId, index, position, name);
  const signature = readGoogleSignature(call);
  return {
    kind: 'call',
    id,
    name,
    arguments: argumentText(custom ? custom.input : called.arguments),
    ...(custom && { freeform: true }),
    ...(signature && { signature }),
  };
}

/** Some write the object itself instead of its text. */
export function argumentText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}
