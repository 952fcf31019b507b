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

export interface ToldCall {
  readonly id: string;
  readonly name: string;
  readonly args: Json;
}

/** Calls of tools, with a text before them. */
export function toldCalls(calls: readonly ToldCall[], text?: string) {
  const made = calls.map(({ id, name, args }) => ({ id, name, arguments: JSON.stringify(args) }));
  const functions = made.map(({ id, ...call }) => ({ id, type: 'function', function: call }));
  const items = made.map(({ id: call_id, ...call }) => ({ type: 'function_call', call_id, ...call }));
  const blocks = calls.map(({ id, name, args }) => ({ type: 'tool_use', id, name, input: args }));
  const parts = calls.map(({ name, args }) => ({ functionCall: { name, args } }));
  const [said, told, spoken] =
    text === undefined ? [[], [], []] : [[{ type: 'text', text }], [message(text)], [{ text }]];
  const content = text === undefined ? { content: null } : { content: text };
  return {
    answers: {
      chat: chat({ ...content, tool_calls: functions }, 'tool_calls'),
      responses: responses([...told, ...items]),
      anthropic: anthropic([...said, ...blocks], 'tool_use'),
      gemini: gemini([...spoken, ...parts]),
    },
    gets: {
      chat: chatGets(
        { ...(text !== undefined && content), tool_calls: functions.map(withoutId) },
        'tool_calls',
      ),
      responses: responsesGets([
        ...told.map(() => ({ type: 'message', content: [{ text }] })),
        ...items.map(({ type, name, arguments: args }) => ({ type, name, arguments: args })),
      ]),
      anthropic: { content: [...said, ...blocks.map(withoutId)], stop_reason: 'tool_use' },
      gemini: geminiGets([...spoken, ...parts], 'STOP'),
    },
  };
}

/** Ids are each protocol's own. */
function withoutId<T extends { readonly id: string }>({ id: _, ...rest }: T): Omit<T, 'id'> {
  return rest;
}
