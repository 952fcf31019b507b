import { MODEL, type House, type Speech } from './house.ts';
import { hear } from './secrets.ts';

export interface Asked {
  readonly text?: string;
  readonly streamed?: boolean;
  readonly model?: string;
  readonly maxTokens?: number;
  readonly signal?: AbortSignal;
}

export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

interface Wire {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

function wire(
  slug: string,
  speech: Speech,
  token: string,
  { text = 'hello', streamed = false, model = MODEL[speech], maxTokens = 32 }: Asked,
): Wire {
  const messages = [{ role: 'user', content: text }];
  const stream = streamed ? { stream: true } : {};
  switch (speech) {
    case 'openai':
      return {
        path: `/llm/${slug}/v1/chat/completions`,
        headers: { authorization: `Bearer ${token}` },
        body: { model, messages, max_tokens: maxTokens, ...stream },
      };
    case 'anthropic':
      return {
        path: `/llm/${slug}/v1/messages`,
        headers: { 'x-api-key': token, 'anthropic-version': '2023-06-01' },
        body: { model, messages, max_tokens: maxTokens, ...stream },
      };
    case 'gemini': {
      const method = streamed ? 'streamGenerateContent?alt=sse' : 'generateContent';
      const body = {
        contents: [{ role: 'user', parts: [{ text }] }],
        generationConfig: { maxOutputTokens: maxTokens },
      };
      return {
        path: `/llm/${slug}/v1beta/models/${model}:${method}`,
        headers: { 'x-goog-api-key': token },
        body,
      };
    }
    case 'http':
      return { path: `/proxy/${slug}/echo/x`, headers: { authorization: `Bearer ${token}` }, body: { text } };
  }
}

/** One call of a client in the given protocol, to the end of its body. */
export async function ask(
  house: Pick<House, 'url' | 'token'>,
  slug: string,
  speech: Speech,
  asked: Asked = {},
): Promise<Told> {
  const { path, headers, body } = wire(slug, speech, house.token, asked);
  const response = await fetch(`${house.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: asked.signal,
  });
  const told = { status: response.status, headers: response.headers, body: await response.text() };
  if (told.status >= 400) hear(told.body);
  return told;
}
