import Anthropic from '@anthropic-ai/sdk';
import { ApiError, type GenerateContentParameters } from '@google/genai';
import OpenAI from 'openai';
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';
import type { ResponseCreateParamsNonStreaming } from 'openai/resources/responses/responses';
import type { Json, Spoken } from '../../fakes/programmed-upstream/programmed-upstream.ts';
import { anthropicClient, googleClient, openaiClient } from '../support/sdk-clients.ts';
import { fromChunks, fromGemini } from './collect.ts';

/** Where an SDK sends its calls, and what it calls with. */
export interface Line {
  readonly url: string;
  readonly token: string;
  /** `/llm/{slug}` */
  readonly path: string;
  readonly fetch?: typeof fetch;
}

/** What is asked, in the fields of the caller's protocol. */
export interface Question {
  readonly said: Json;
  readonly model: string;
  readonly stream: boolean;
  /** What a client of Anthropic has to ask for in the beta of the SDK. */
  readonly betas?: readonly string[];
}

/** The official SDK of one protocol. */
interface Sdk {
  /** The whole answer as the SDK gives it; of a stream as the SDK puts it together. @throws the SDK's own error */
  ask(line: Line, question: Question): Promise<Json>;
  /** The status in an error of the SDK's own class; undefined for any other. */
  statusOf(thrown: unknown): number | undefined;
}

const plain = (answer: unknown) => answer as Json;

const chat: Sdk = {
  async ask({ url, token, path, fetch }, { said, model, stream }) {
    const { completions } = openaiClient(url, token, path, fetch).chat;
    const params = { ...said, model } as unknown as ChatCompletionCreateParamsNonStreaming;
    if (!stream) return plain(await completions.create(params));
    const running = completions.stream({ ...params, stream: true });
    const chunks: Json[] = [];
    running.on('chunk', (chunk) => chunks.push(plain(chunk)));
    const gathered = plain(await running.finalChatCompletion());
    return withOwnFields(gathered, fromChunks(structuredClone(chunks)));
  },
  statusOf: openaiStatus,
};

/** What the SDK puts together of a stream's deltas; of any other field it keeps the last piece alone. */
const GATHERED = ['role', 'content', 'refusal', 'tool_calls'];

/** What the SDK put together, beside all that came in fields that others than OpenAI have added. */
function withOwnFields(gathered: Json, all: Json): Json {
  const choices = (gathered.choices as Json[]).map((choice, at) => {
    const told = (all.choices as Json[])[at]?.message as Json;
    const own = Object.entries(choice.message as Json).filter(([name]) => GATHERED.includes(name));
    return { ...choice, message: { ...told, ...Object.fromEntries(own) } };
  });
  return { ...gathered, choices };
}

const responses: Sdk = {
  async ask({ url, token, path, fetch }, { said, model, stream }) {
    const client = openaiClient(url, token, path, fetch).responses;
    const params = { ...said, model } as unknown as ResponseCreateParamsNonStreaming;
    return plain(
      stream ? await client.stream({ ...params, stream: true }).finalResponse() : await client.create(params),
    );
  },
  statusOf: openaiStatus,
};

const anthropic: Sdk = {
  async ask({ url, token, path, fetch }, { said, model, stream, betas }) {
    const client = anthropicClient(url, token, path, fetch);
    const params = { ...said, model } as unknown as Anthropic.MessageCreateParamsNonStreaming;
    if (betas) {
      const asked = { ...params, betas: [...betas] } as Anthropic.Beta.MessageCreateParamsNonStreaming;
      const { messages } = client.beta;
      return plain(stream ? await messages.stream(asked).finalMessage() : await messages.create(asked));
    }
    const { messages } = client;
    return plain(stream ? await messages.stream(params).finalMessage() : await messages.create(params));
  },
  statusOf: (thrown) => (thrown instanceof Anthropic.APIError ? (thrown.status as number) : undefined),
};

const gemini: Sdk = {
  async ask({ url, token, path, fetch }, { said, model, stream }) {
    const { models } = googleClient(url, token, path, undefined, fetch);
    const params = geminiParams(said, model);
    if (!stream) return plain(await models.generateContent(params));
    const chunks: Json[] = [];
    for await (const chunk of await models.generateContentStream(params)) chunks.push(plain(chunk));
    return fromGemini(chunks);
  },
  statusOf: (thrown) => (thrown instanceof ApiError ? thrown.status : undefined),
};

/** Google's SDK takes all but the contents in one `config`. */
export function geminiParams(said: Json, model: string): GenerateContentParameters {
  const { contents, generationConfig, ...beside } = said;
  return {
    model,
    contents,
    config: { ...(generationConfig as Json | undefined), ...beside },
  } as unknown as GenerateContentParameters;
}

function openaiStatus(thrown: unknown): number | undefined {
  return thrown instanceof OpenAI.APIError ? (thrown.status as number) : undefined;
}

export const SDKS: Readonly<Record<Spoken, Sdk>> = { chat, responses, anthropic, gemini };
