import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';

/** One call of an official SDK. `run` answers the text that came back. */
export interface Act {
  readonly sdk: string;
  readonly what: string;
  readonly run: () => Promise<string>;
}

type Fetch = typeof fetch;

/** The calls of the demo, for clients that know nothing but the gateway's URL and their access token. */
export function acts(url: string, token: string, seen: Fetch): readonly Act[] {
  const openai = new OpenAI({ apiKey: token, baseURL: `${url}/v1`, maxRetries: 0, fetch: seen });
  const anthropic = new Anthropic({ apiKey: token, baseURL: url, maxRetries: 0, fetch: seen });
  const google = new GoogleGenAI({ apiKey: token, httpOptions: { baseUrl: url } });
  return [
    { sdk: 'openai', what: 'chat', run: () => chat(openai) },
    { sdk: 'openai', what: 'chat, streamed', run: () => chatStreamed(openai) },
    { sdk: 'anthropic', what: 'messages', run: () => messages(anthropic) },
    { sdk: 'google', what: 'generateContent', run: () => generate(google) },
    { sdk: 'openai', what: 'embeddings', run: () => embed(openai) },
    { sdk: 'anthropic', what: 'messages, streamed', run: () => messagesStreamed(anthropic) },
    { sdk: 'google', what: 'generateContentStream', run: () => generateStreamed(google) },
  ];
}

const QUESTION = 'which key served me?';
const ASKED = [{ role: 'user' as const, content: QUESTION }];

async function chat(client: OpenAI): Promise<string> {
  const { choices } = await client.chat.completions.create({ model: 'gpt-4o-mini', messages: ASKED });
  return choices[0]?.message.content ?? '';
}

async function chatStreamed(client: OpenAI): Promise<string> {
  let text = '';
  const stream = await client.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: ASKED,
    stream: true,
  });
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  return text;
}

async function embed(client: OpenAI): Promise<string> {
  const { data } = await client.embeddings.create({ model: 'text-embedding-3-small', input: QUESTION });
  return `a vector of ${data[0]?.embedding.length ?? 0}`;
}

async function messages(client: Anthropic): Promise<string> {
  const { content } = await client.messages.create({
    model: 'claude-haiku-4-5',
    max_tokens: 64,
    messages: ASKED,
  });
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}

async function messagesStreamed(client: Anthropic): Promise<string> {
  return client.messages.stream({ model: 'claude-haiku-4-5', max_tokens: 64, messages: ASKED }).finalText();
}

async function generate(client: GoogleGenAI): Promise<string> {
  return (await client.models.generateContent({ model: 'gemini-2.5-flash', contents: QUESTION })).text ?? '';
}

async function generateStreamed(client: GoogleGenAI): Promise<string> {
  let text = '';
  const stream = await client.models.generateContentStream({ model: 'gemini-2.5-flash', contents: QUESTION });
  for await (const chunk of stream) text += chunk.text ?? '';
  return text;
}
