import type { Json, Spoken } from '../../fakes/programmed-upstream/programmed-upstream.ts';

/** How an app of one dialect puts its calls. */
export interface Caller {
  readonly name: Spoken;
  readonly title: string;
  /** A body that asks for next to nothing; features replace fields of it. */
  readonly plain: Json;
  path(slug: string, model: string, stream: boolean): string;
  body(said: Json, model: string, stream: boolean): Json;
  headers(token: string): Record<string, string>;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const withModel = (said: Json, model: string, stream: boolean): Json => ({
  ...said,
  model,
  ...(stream && { stream: true }),
});

export const CALLERS: readonly Caller[] = [
  {
    name: 'chat',
    title: 'Chat Completions',
    plain: { messages: [{ role: 'user', content: 'Hi' }] },
    path: (slug) => `/llm/${slug}/v1/chat/completions`,
    body: (said, model, stream) => ({
      ...withModel(said, model, stream),
      ...(stream && { stream_options: { include_usage: true } }),
    }),
    headers: bearer,
  },
  {
    name: 'responses',
    title: 'Responses',
    plain: { input: 'Hi', store: false },
    path: (slug) => `/llm/${slug}/v1/responses`,
    body: withModel,
    headers: bearer,
  },
  {
    name: 'anthropic',
    title: 'Messages',
    plain: { max_tokens: 4096, messages: [{ role: 'user', content: 'Hi' }] },
    path: (slug) => `/llm/${slug}/v1/messages`,
    body: withModel,
    headers: (token) => ({ 'x-api-key': token, 'anthropic-version': '2023-06-01' }),
  },
  {
    name: 'gemini',
    title: 'generateContent',
    plain: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
    path: (slug, model, stream) =>
      `/llm/${slug}/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: (said) => said,
    headers: (token) => ({ 'x-goog-api-key': token }),
  },
];
