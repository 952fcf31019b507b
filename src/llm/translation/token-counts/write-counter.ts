import { CODECS } from '../../adapters/codecs.js';
import type { Codec } from '../../conversation/codec.js';
import type { Conversation } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import type { Notes } from '../../conversation/notes.js';
import type { Upstream } from '../../../upstreams/upstream.js';
import { geminiPath } from '../whole/json-call.js';

/** How an upstream is asked to count. */
export interface Counter {
  readonly codec: Codec;
  /** @param written the request as the upstream's dialect writes it, to be answered rather than counted */
  path(model: string): string;
  body(written: Fields, model: string): Fields;
  /** Tokens that an answer tells; undefined where it is none. */
  read(answer: Fields): unknown;
}

const ANTHROPIC_FIELDS = ['model', 'messages', 'system', 'tools', 'tool_choice', 'thinking', 'output_config'];
const RESPONSES_FIELDS = [
  ...['model', 'input', 'instructions', 'tools', 'tool_choice', 'parallel_tool_calls', 'reasoning', 'text'],
];
const VERTEX_FIELDS = ['contents', 'systemInstruction', 'tools', 'generationConfig'];

/** https://docs.anthropic.com/en/api/messages-count-tokens */
const anthropic: Counter = {
  codec: CODECS.anthropic,
  path: () => '/v1/messages/count_tokens',
  body: (written) => only(written, ANTHROPIC_FIELDS),
  read: ({ input_tokens: tokens }) => tokens,
};

/** https://ai.google.dev/api/tokens#method:-models.counttokens */
const gemini: Counter = {
  codec: CODECS.gemini,
  path: (model) => geminiPath(model, 'countTokens'),
  body: (written, model) => ({
    generateContentRequest: {
      model: /^(models|tunedModels)\//.test(model) ? model : `models/${model}`,
      ...written,
    },
  }),
  read: ({ totalTokens }) => totalTokens,
};

/** https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/count-tokens */
const vertex: Counter = { ...gemini, body: (written) => only(written, VERTEX_FIELDS) };

/** https://platform.openai.com/docs/api-reference/responses/input-tokens */
const responses: Counter = {
  codec: CODECS.responses,
  path: () => '/v1/responses/input_tokens',
  body: (written) => only(written, RESPONSES_FIELDS),
  read: ({ input_tokens: tokens }) => tokens,
};

const OPENAI = /^https:\/\/(?:[a-z-]+\.)*openai\.com$/;

/** Undefined where the upstream has none: of those that speak OpenAI's protocol, OpenAI itself alone has one. */
export function counterOf({
  protocol,
  preset,
  origin,
}: Pick<Upstream, 'protocol' | 'preset' | 'origin'>): Counter | undefined {
  if (protocol === 'anthropic') return anthropic;
  if (protocol === 'gemini') return preset === 'vertex-express' ? vertex : gemini;
  return OPENAI.test(origin) ? responses : undefined;
}

/** The request to a counter. @throws KeywheelError untranslatable */
export function writeCounter(
  counter: Counter,
  conversation: Conversation,
  context: { readonly model: string; readonly preset: string; readonly notes: Notes },
) {
  const { body, headers } = counter.codec.writeRequest(conversation, context);
  const { model } = context;
  return { path: counter.path(model), body: counter.body(body, model), headers };
}

function only(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(
    names.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]),
  );
}
