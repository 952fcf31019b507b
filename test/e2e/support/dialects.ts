import { OpenStream } from './open-stream.ts';

export type Dialect = 'chat' | 'responses' | 'anthropic' | 'gemini';

const json = (value: unknown) => JSON.stringify(value);
const data = (value: unknown) => `data: ${json(value)}\n\n`;
const event = (value: { readonly type: string }) => `event: ${value.type}\n${data(value)}`;

/** What an upstream of one dialect sends, and how a client of it asks: enough for tests of the way of a stream. */
export interface Spoken {
  readonly protocol: 'openai' | 'anthropic' | 'gemini';
  /** What comes before anything of the answer; may be empty. */
  readonly begin: string;
  /** A piece of the answer. */
  readonly text: (text: string) => string;
  readonly end: string;
  /** An error event. */
  readonly error: string;
  readonly whole: (text: string) => unknown;
  readonly ask: (url: string, token: string, model: string) => OpenStream;
  /** All text in a stream of this dialect. */
  readonly read: (stream: string) => string;
}

const USAGE = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
const chunk = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm' };
const choice = (delta: unknown, finish_reason: string | null = null) =>
  data({ ...chunk, choices: [{ index: 0, delta, finish_reason }] });

/** The values of a field that holds text, in order. */
function texts(stream: string, pattern: RegExp): string {
  return [...stream.matchAll(pattern)].map(([, text]) => JSON.parse(`"${text}"`) as string).join('');
}

const chat: Spoken = {
  protocol: 'openai',
  begin: choice({ role: 'assistant', content: '' }),
  text: (content) => choice({ content }),
  end: `${choice({}, 'stop')}${data({ ...chunk, choices: [], usage: USAGE })}data: [DONE]\n\n`,
  error: data({ error: { message: 'The server had an error', type: 'server_error', code: null } }),
  whole: (content) => ({
    ...chunk,
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: USAGE,
  }),
  ask: (url, token, model) =>
    new OpenStream(
      url,
      '/v1/chat/completions',
      { authorization: `Bearer ${token}` },
      { model, messages: [{ role: 'user', content: 'hi' }], stream: true },
    ),
  read: (stream) => texts(stream, /"content":"((?:[^"\\]|\\.)*)"/g),
};

const ITEM = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed' };
const responseOf = (status: string, text: string) => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  model: 'm',
  status,
  output:
    status === 'completed' ? [{ ...ITEM, content: [{ type: 'output_text', text, annotations: [] }] }] : [],
  usage: status === 'completed' ? { input_tokens: 5, output_tokens: 7, total_tokens: 12 } : null,
});

const responses: Spoken = {
  protocol: 'openai',
  begin: event({
    type: 'response.created',
    ...{ sequence_number: 0, response: responseOf('in_progress', '') },
  }),
  text: (delta) =>
    event({
      type: 'response.output_text.delta',
      ...{ sequence_number: 1, item_id: 'msg_1', output_index: 0, content_index: 0, delta },
    }),
  end: event({
    type: 'response.completed',
    ...{ sequence_number: 2, response: responseOf('completed', '') },
  }),
  error: event({ type: 'error', ...{ code: 'server_error', message: 'The server had an error' } }),
  whole: (text) => responseOf('completed', text),
  ask: (url, token, model) =>
    new OpenStream(
      url,
      '/v1/responses',
      { authorization: `Bearer ${token}` },
      { model, input: 'hi', stream: true },
    ),
  read: (stream) => texts(stream, /"delta":"((?:[^"\\]|\\.)*)"/g),
};

const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', stop_sequence: null };

const anthropic: Spoken = {
  protocol: 'anthropic',
  begin:
    event({
      type: 'message_start',
      ...{
        message: {
          ...message,
          content: [],
          stop_reason: null,
          usage: { input_tokens: 5, output_tokens: 1 },
        },
      },
    }) +
    event({ type: 'content_block_start', ...{ index: 0, content_block: { type: 'text', text: '' } } }) +
    event({ type: 'ping' }),
  text: (text) =>
    event({ type: 'content_block_delta', ...{ index: 0, delta: { type: 'text_delta', text } } }),
  end:
    event({ type: 'content_block_stop', ...{ index: 0 } }) +
    event({
      type: 'message_delta',
      ...{ delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 7 } },
    }) +
    event({ type: 'message_stop' }),
  error: event({ type: 'error', ...{ error: { type: 'overloaded_error', message: 'Overloaded' } } }),
  whole: (text) => ({
    ...message,
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 5, output_tokens: 7 },
  }),
  ask: (url, token, model) =>
    new OpenStream(
      url,
      '/v1/messages',
      { 'x-api-key': token, 'anthropic-version': '2023-06-01' },
      { model, max_tokens: 100, messages: [{ role: 'user', content: 'hi' }], stream: true },
    ),
  read: (stream) => texts(stream, /"text_delta","text":"((?:[^"\\]|\\.)*)"/g),
};

const candidate = (text: string, more: object = {}) => ({
  candidates: [{ index: 0, content: { role: 'model', parts: [{ text }] }, ...more }],
  modelVersion: 'm',
});
const COUNTED = { usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 7, totalTokenCount: 12 } };

const gemini: Spoken = {
  protocol: 'gemini',
  begin: '',
  text: (text) => data(candidate(text)),
  end: data({ ...candidate('', { finishReason: 'STOP' }), ...COUNTED }),
  error: data({ error: { code: 503, message: 'The model is overloaded', status: 'UNAVAILABLE' } }),
  whole: (text) => ({ ...candidate(text, { finishReason: 'STOP' }), ...COUNTED }),
  ask: (url, token, model) =>
    new OpenStream(
      url,
      `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
      { 'x-goog-api-key': token },
      { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
    ),
  read: (stream) => texts(stream, /"text":"((?:[^"\\]|\\.)*)"/g),
};

export const SPOKEN: Readonly<Record<Dialect, Spoken>> = { chat, responses, anthropic, gemini };
