import { PLAIN_ANSWERS, type Json } from '../../fakes/programmed-upstream/programmed-upstream.ts';

/** Whole answers of upstreams, and how clients see such answers. */

export function chat(message: Json, finish_reason = 'stop', usage: unknown = PLAIN_ANSWERS.chat.usage): Json {
  const choice = { index: 0, message: { role: 'assistant', ...message }, finish_reason };
  return { ...PLAIN_ANSWERS.chat, choices: [choice], usage };
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
