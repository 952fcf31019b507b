import { anthropicClient, googleClient, openaiClient } from '../support/sdk-clients.ts';
import { MODELS, type Bench, type Cell } from './measure.ts';

/** What an official SDK shows of a stream. */
export interface SeenStream {
  text: string;
  failed: boolean;
  error?: string;
}

/** One stream through the caller's official SDK, to its end. */
export async function sdkStream(bench: Bench, { caller, upstream }: Cell, slug: string): Promise<SeenStream> {
  const seen: SeenStream = { text: '', failed: false };
  try {
    for await (const text of texts(bench, caller.name, MODELS[upstream], `/llm/${slug}`)) {
      if (text === FAILED) seen.failed = true;
      else seen.text += text;
    }
  } catch (error) {
    seen.failed = true;
    seen.error = String(error);
  }
  return seen;
}

/** How the SDK of Responses tells of a failure: by its last event, without a throw. */
const FAILED = Symbol('failed');

async function* texts(
  { gateway: { url }, token }: Bench,
  dialect: string,
  model: string,
  path: string,
): AsyncIterable<string | typeof FAILED> {
  if (dialect === 'chat') {
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    const stream = await openaiClient(url, token, path).chat.completions.create({
      model,
      messages,
      stream: true,
    });
    for await (const chunk of stream) yield chunk.choices[0]?.delta.content ?? '';
  } else if (dialect === 'responses') {
    const stream = await openaiClient(url, token, path).responses.create({
      model,
      input: 'Hi',
      store: false,
      stream: true,
    });
    for await (const event of stream) {
      if (event.type === 'response.output_text.delta') yield event.delta;
      if (event.type === 'response.failed' || event.type === 'error') yield FAILED;
    }
  } else if (dialect === 'anthropic') {
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    const stream = await anthropicClient(url, token, path).messages.create({
      model,
      max_tokens: 99,
      messages,
      stream: true,
    });
    for await (const event of stream) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') yield event.delta.text;
    }
  } else {
    const stream = await googleClient(url, token, path).models.generateContentStream({
      model,
      contents: 'Hi',
    });
    for await (const chunk of stream) yield chunk.text ?? '';
  }
}
