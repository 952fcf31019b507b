import type { Json, Spoken } from '../../fakes/programmed-upstream/programmed-upstream.ts';
import type { Bench } from './bench.ts';

/** A request without an SDK, for bodies that none would send. */
export interface Written {
  readonly slug: string;
  readonly model: string;
  readonly stream: boolean;
}

interface Writer {
  readonly path: (written: Written) => string;
  readonly body: (said: Json, written: Written) => Json;
  readonly headers: (token: string) => Record<string, string>;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const withModel = (said: Json, { model, stream }: Written): Json => ({
  ...said,
  model,
  ...(stream && { stream: true }),
});

const WRITERS: Readonly<Record<Spoken, Writer>> = {
  chat: { path: () => '/v1/chat/completions', body: withModel, headers: bearer },
  responses: { path: () => '/v1/responses', body: withModel, headers: bearer },
  anthropic: {
    path: () => '/v1/messages',
    body: withModel,
    headers: (token) => ({ 'x-api-key': token, 'anthropic-version': '2023-06-01' }),
  },
  gemini: {
    path: ({ model, stream }) =>
      `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: (said) => said,
    headers: (token) => ({ 'x-goog-api-key': token }),
  },
};

/** @param revise the last word on the text that is sent */
export async function send(
  { gateway, token }: Bench,
  spoken: Spoken,
  written: Written,
  said: Json,
  revise: (text: string) => string = (text) => text,
): Promise<{ readonly status: number; readonly text: string; readonly sent: string }> {
  const { path, body, headers } = WRITERS[spoken];
  const sent = revise(JSON.stringify(body(said, written)));
  const response = await fetch(`${gateway.url}/llm/${written.slug}${path(written)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers(token) },
    body: sent,
  });
  return { status: response.status, text: await response.text(), sent };
}
