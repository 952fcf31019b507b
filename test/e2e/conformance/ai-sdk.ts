import {
  APICallError,
  generateText,
  streamText,
  type LanguageModel,
  type ModelMessage,
  type ToolSet,
} from 'ai';
import type { Json, Spoken } from '../../fakes/programmed-upstream/programmed-upstream.ts';
import { aiProviders } from '../support/sdk-clients.ts';
import type { Line } from './sdks.ts';

type Params = Parameters<typeof generateText<ToolSet>>[0];

/** What is asked through Vercel's AI SDK, in its own words; absent messages: as in every plain question. */
export type AiAsk = Omit<Partial<Params>, 'model' | 'prompt' | 'messages'> & {
  readonly messages?: ModelMessage[];
};

type Providers = ReturnType<typeof aiProviders>;

const MODELS: Readonly<Record<Spoken, (providers: Providers, model: string) => LanguageModel>> = {
  chat: ({ openai }, model) => openai.chat(model),
  responses: ({ openai }, model) => openai.responses(model),
  anthropic: ({ anthropic }, model) => anthropic(model),
  gemini: ({ google }, model) => google(model),
};

/** One question through the provider of a protocol: what a developer is shown. @throws the SDK's own error */
export async function askAi(
  line: Line,
  spoken: Spoken,
  { model, stream }: { readonly model: string; readonly stream: boolean },
  { messages = [{ role: 'user', content: 'Hi' }], ...asked }: AiAsk,
): Promise<Json> {
  const providers = aiProviders(line.url, line.token, line.path, line.fetch);
  const params = { ...asked, messages, model: MODELS[spoken](providers, model), maxRetries: 0 } as Params;
  if (!stream) return shown(await generateText(params));
  const running = streamText({ ...params, onError: () => undefined });
  for await (const part of running.fullStream) if (part.type === 'error') throw part.error;
  return shown(running);
}

export const aiStatusOf = (thrown: unknown) =>
  APICallError.isInstance(thrown) ? thrown.statusCode : undefined;

/** Of a whole answer as it is; of a stream as promises of it. */
type Shown = Pick<
  Awaited<ReturnType<typeof generateText>>,
  'text' | 'reasoningText' | 'toolCalls' | 'finishReason' | 'usage' | 'sources' | 'files' | 'warnings'
>;

async function shown(result: { readonly [Name in keyof Shown]: Shown[Name] | PromiseLike<Shown[Name]> }) {
  const toolCalls = (await result.toolCalls).map(({ toolName, input }) => ({
    toolName,
    input: input as unknown,
  }));
  const files = (await result.files).map(({ mediaType, base64 }) => ({ mediaType, base64 }));
  return {
    text: await result.text,
    reasoningText: await result.reasoningText,
    finishReason: await result.finishReason,
    usage: await result.usage,
    sources: await result.sources,
    warnings: (await result.warnings) ?? [],
    toolCalls,
    files,
  };
}
