import { KeywheelError } from '../kernel/errors.js';
import { CallBody } from '../proxy/wire/call-body.js';
import { changeTopLevel } from '../proxy/wire/change-top-level.js';
import { rewriteTopLevel } from '../proxy/wire/splice-model.js';
import { scanTopLevel, type TopLevel } from '../proxy/wire/top-level-field.js';
import { boundaryOf, findFormField, withFormField, type FormField } from './form-field.js';
import type { LlmPath, LlmProtocol } from './llm-path.js';
import { type Dress, dressed } from './target-dress.js';

/** Bytes of text that make a token, on average over languages; a limit is corrected when the call has ended. */
const BYTES_PER_TOKEN = 4;
const OUTPUT_LIMITS = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'];
const SCANNED = ['model', ...OUTPUT_LIMITS];
/**
 * Where a body says which conversation it belongs to, the best first.
 * https://platform.openai.com/docs/api-reference/chat/create, https://docs.anthropic.com/en/api/messages
 */
const CONVERSATIONS: Readonly<Record<LlmProtocol, readonly string[]>> = {
  openai: ['prompt_cache_key', 'user'],
  anthropic: ['metadata'],
  gemini: [],
};
const INNER = { metadata: 'user_id', conversation: 'id' };
/** Of Responses, what the upstream keeps and what it is not to keep. https://platform.openai.com/docs/guides/conversation-state */
const KEPT = ['previous_response_id', 'conversation', 'store'];
const ALL_SCANNED: Readonly<Record<LlmProtocol, readonly string[]>> = {
  openai: [...SCANNED, ...CONVERSATIONS.openai],
  anthropic: [...SCANNED, ...CONVERSATIONS.anthropic],
  gemini: SCANNED,
};
const RESPONSES_SCANNED = [...ALL_SCANNED.openai, ...KEPT];
const GEMINI_PREFIXES = ['models/', 'tunedModels/'];

/** What a target wants changed in the body. */
export interface BodyChange {
  readonly model?: string;
  readonly dress?: Dress;
  /** Top-level fields for where there is none of that name. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** What a call says in its path and body, as far as passing it on needs to know. */
export interface LlmRequest {
  /** As the client names it; undefined where the operation needs none. */
  readonly model: string | undefined;
  readonly body: CallBody;
  /** What the body says of the conversation that it belongs to. */
  readonly conversation?: string;
  /** Id of what the upstream has kept and this goes on from: an answer of Responses, else a conversation. */
  readonly goesOnFrom?: string;
  /** Of Responses: the upstream is not to keep the answer. */
  readonly isUnstored?: boolean;
  /** Tokens that it may take, to be reserved against tpm. */
  readonly tokens: number;
  /** The body with another model, dressed, and with default fields, in this order. */
  rewritten(change: BodyChange): CallBody;
}

/** @throws KeywheelError bad_body, model_missing */
export function readLlmRequest(
  path: LlmPath,
  contentType: string,
  body: CallBody,
  modelNeeded: boolean,
): LlmRequest {
  const request = isForm(path, contentType) ? readForm(path, contentType, body) : readJson(path, body);
  if (modelNeeded && path.modelIn !== 'nowhere' && request.model === undefined) {
    const text = 'The request names no model; set "model" to one that GET /v1/models lists.';
    throw new KeywheelError('model_missing', text, { param: 'model' });
  }
  return request;
}

function isForm(path: LlmPath, contentType: string): boolean {
  return path.modelIn === 'form' && boundaryOf(contentType) !== undefined;
}

function readForm(path: LlmPath, contentType: string, body: CallBody): LlmRequest {
  const field: FormField | undefined = findFormField(body.chunks, boundaryOf(contentType)!, 'model');
  return {
    model: field?.value.trim() || path.defaultModel,
    body,
    tokens: 0,
    rewritten: ({ model }) =>
      model === undefined || !field || model === field.value
        ? body
        : new CallBody(withFormField(body.chunks, field, model)),
  };
}

function readJson(path: LlmPath, body: CallBody): LlmRequest {
  const looksInside = path.modelIn === 'body' || path.modelIn === 'form';
  if (!looksInside || body.length === 0) {
    const rewritten = ({ dress, defaults }: BodyChange) =>
      path.modelIn === 'path' && body.length > 0 ? rewrite(body, { dress, defaults }) : body;
    return { model: path.model ?? path.defaultModel, body, tokens: tokensOf(body, 0), rewritten };
  }
  const scan = scanTopLevel(body.chunks, scannedFor(path), { inner: INNER });
  assertClear(scan);
  const { values } = scan;
  const named = values.get('model');
  if (named !== undefined && named !== null && typeof named !== 'string') {
    throw new KeywheelError('bad_body', '"model" must be a string.', { param: 'model' });
  }
  const prefix = prefixOf(named ?? '');
  return {
    model: named ? named.slice(prefix.length) : path.defaultModel,
    body,
    conversation: conversationIn(path, scan),
    goesOnFrom: goesOnFrom(path, scan),
    isUnstored: values.get('store') === false,
    tokens: tokensOf(body, outputLimit(scan)),
    rewritten: (change) => rewrite(body, { ...change, model: change.model && prefix + change.model }),
  };
}

function prefixOf(model: string): string {
  for (const prefix of GEMINI_PREFIXES) if (model.startsWith(prefix)) return prefix;
  return '';
}

/** In tokens; 0 where the body names none. */
function outputLimit({ values }: TopLevel): number {
  for (const field of OUTPUT_LIMITS) {
    const limit = values.get(field);
    if (typeof limit === 'number') return Math.max(0, limit);
  }
  return 0;
}

function scannedFor({ protocol, operation }: LlmPath): readonly string[] {
  if (operation === 'responses') return RESPONSES_SCANNED;
  return protocol === undefined ? SCANNED : ALL_SCANNED[protocol];
}

function goesOnFrom({ operation }: LlmPath, { values }: TopLevel): string | undefined {
  if (operation !== 'responses') return undefined;
  const from = values.get('previous_response_id') ?? values.get('conversation');
  return typeof from === 'string' && from !== '' ? from : undefined;
}

function conversationIn({ protocol }: LlmPath, { values }: TopLevel): string | undefined {
  if (protocol === undefined) return undefined;
  for (const field of CONVERSATIONS[protocol]) {
    const value = values.get(field);
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

/** A body that upstreams may read in another way than Keywheel could get around scopes and limits. */
function assertClear({ duplicates, lookalikes, malformed }: TopLevel): void {
  if (malformed) throw new KeywheelError('bad_body', 'The body is not a JSON object.');
  if (duplicates.has('model'))
    throw new KeywheelError('bad_body', 'The body names "model" twice.', { param: 'model' });
  for (const field of lookalikes) {
    if (!SCANNED.includes(field)) continue;
    const text = `The body spells "${field}" in other letters, which some upstreams take for the same field.`;
    throw new KeywheelError('bad_body', text, { param: field });
  }
}

function rewrite(body: CallBody, { model, dress, defaults }: BodyChange): CallBody {
  const bare = body.chunks;
  const dressing = dress && changeTopLevel(bare, dress.fields, (fields) => dressed(fields, dress));
  const chunks = rewriteTopLevel(dressing ?? bare, { model, defaults });
  return chunks === body.chunks ? body : new CallBody(chunks);
}

function tokensOf(body: CallBody, output: number): number {
  return Math.ceil(body.length / BYTES_PER_TOKEN) + output;
}
