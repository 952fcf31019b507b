import { PLAIN_ANSWERS, type Json } from '../../fakes/programmed-upstream/programmed-upstream.ts';
import type { PerDialect } from './feature.ts';

/** Whole answers of upstreams, and how clients see such answers. */

export function chat(message: Json, finish_reason = 'stop', usage: unknown = PLAIN_ANSWERS.chat.usage): Json {
  const choice = { index: 0, message: { role: 'assistant', ...message }, finish_reason };
  return { ...PLAIN_ANSWERS.chat, choices: [choice], usage };
}

export function responses(output: Json[], more: Json = {}): Json {
  const items = output.map((item, at) => ({
    id: `item_${at}`,
    ...(item.type !== 'reasoning' && { status: 'completed' }),
    ...item,
  }));
  return { ...PLAIN_ANSWERS.responses, output: items, ...more };
}

/** A message among the output of Responses. */
export function message(text: string, more: Json = {}): Json {
  const part = { type: 'output_text', text, annotations: [], logprobs: [], ...more };
  return { type: 'message', role: 'assistant', content: [part] };
}

export function anthropic(
  content: Json[],
  stop_reason = 'end_turn',
  usage: unknown = PLAIN_ANSWERS.anthropic.usage,
): Json {
  return { ...PLAIN_ANSWERS.anthropic, content, stop_reason, usage };
}

export function gemini(parts: Json[], finishReason = 'STOP', more: Json = {}): Json {
  return {
    ...PLAIN_ANSWERS.gemini,
    candidates: [{ index: 0, content: { role: 'model', parts }, finishReason, ...more }],
  };
}

export const chatGets = (message: Json, finish_reason: string): Json => ({
  choices: [{ message, finish_reason }],
});
export const responsesGets = (output: Json[]): Json => ({ object: 'response', output });
export const geminiGets = (parts: Json[], finishReason: string): Json => ({
  candidates: [{ content: { parts }, finishReason }],
});

const textOf = (text: string): PerDialect<Json> => ({
  chat: chatGets({ role: 'assistant', content: text }, 'stop'),
  responses: responsesGets([{ type: 'message', content: [{ type: 'output_text', text }] }]),
  anthropic: {
    type: 'message',
    role: 'assistant',
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
  },
  gemini: geminiGets([{ text }], 'STOP'),
});

/** What a client gets of the answer to nothing in particular. */
export const PLAIN_GETS = textOf('Hello there.');

/** A text, as it is answered and as clients get it. */
export const told = (
  text: string,
): { readonly answers: PerDialect<Json>; readonly gets: PerDialect<Json> } => ({
  answers: {
    chat: chat({ content: text }),
    responses: responses([message(text)]),
    anthropic: anthropic([{ type: 'text', text }]),
    gemini: gemini([{ text }]),
  },
  gets: textOf(text),
});
