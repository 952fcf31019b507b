import type { Spoken } from '../../fakes/programmed-upstream/programmed-upstream.ts';
import { anthropicClient, googleClient, openaiClient } from '../support/sdk-clients.ts';
import { MODELS, type Bench } from './bench.ts';
import type { Cell } from './call.ts';
import type { Line } from './sdks.ts';

/** What an official SDK shows of a stream. */
export interface SeenStream {
  text: string;
  failed: boolean;
  error?: string;
}

/** One stream through the caller's official SDK, to its end. */
export async function sdkStream(bench: Bench, cell: Cell, slug: string): Promise<SeenStream> {
  const seen: SeenStream = { text: '', failed: false };
  try {
    for await (const text of sdkTexts(bench, cell, slug)) {
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
type Piece = string | typeof FAILED;

/** The pieces of a text as the caller's SDK hands them out. @param signal by which the client leaves */
export function sdkTexts(
  { gateway: { url }, token }: Bench,
  { caller, upstream }: Cell,
  slug: string,
  signal?: AbortSignal,
): AsyncIterable<Piece> {
  const line = { url, token, path: `/llm/${slug}` };
  return STREAMS[caller.name](line, MODELS[upstream], signal ? { signal } : {});
}

interface Leaving {
  readonly signal?: AbortSignal;
}

const STREAMS: Readonly<
  Record<Spoken, (line: Line, model: string, leaving: Leaving) => AsyncIterable<Piece>>
> = {
  chat: chatTexts,
  responses: responsesTexts,
  anthropic: anthropicTexts,
  gemini: geminiTexts,
};

const MESSAGES = [{ role: 'user' as const, content: 'Hi' }];

async function* chatTexts({ url, token, path }: Line, model: string, leaving: Leaving): AsyncIterable<Piece> {
  const asked = { model, messages: MESSAGES, stream: true as const };
  const stream = await openaiClient(url, token, path).chat.completions.create(asked, leaving);
  for await (const chunk of stream) yield chunk.choices[0]?.delta.content ?? '';
}

async function* responsesTexts(
  { url, token, path }: Line,
  model: string,
  leaving: Leaving,
): AsyncIterable<Piece> {
  const asked = { model, input: 'Hi', store: false, stream: true as const };
  for await (const event of await openaiClient(url, token, path).responses.create(asked, leaving)) {
    if (event.type === 'response.output_text.delta') yield event.delta;
    if (event.type === 'response.failed' || event.type === 'error') yield FAILED;
  }
}

async function* anthropicTexts(
  { url, token, path }: Line,
  model: string,
  leaving: Leaving,
): AsyncIterable<Piece> {
  const asked = { model, max_tokens: 99, messages: MESSAGES, stream: true as const };
  for await (const event of await anthropicClient(url, token, path).messages.create(asked, leaving)) {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') yield event.delta.text;
  }
}

async function* geminiTexts(
  { url, token, path }: Line,
  model: string,
  { signal }: Leaving,
): AsyncIterable<Piece> {
  const { models } = googleClient(url, token, path);
  const config = signal && { config: { abortSignal: signal } };
  for await (const chunk of await models.generateContentStream({ model, contents: 'Hi', ...config })) {
    yield chunk.text ?? '';
  }
}
