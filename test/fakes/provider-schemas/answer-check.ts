import type { Spoken } from '../programmed-upstream/programmed-upstream.ts';
import { misfit } from './schemas.ts';

const ANSWERS: Readonly<Record<Spoken, string>> = {
  chat: 'answers-openai#/definitions/ChatAnswer',
  responses: 'answers-openai#/definitions/ResponsesAnswer',
  anthropic: 'answers-anthropic#/definitions/MessagesAnswer',
  gemini: 'answers-gemini#/definitions/GeminiAnswer',
};

const EVENTS: Readonly<Record<Spoken, string>> = {
  chat: 'answers-openai#/definitions/ChatEvent',
  responses: 'answers-openai#/definitions/ResponsesEvent',
  anthropic: 'answers-anthropic#/definitions/MessagesEvent',
  gemini: 'answers-gemini#/definitions/GeminiAnswer',
};

/** Why an SDK that believes its types would stumble over a whole answer; undefined where none would. */
export const checkAnswer = (spoken: Spoken, answer: unknown): string | undefined =>
  misfit(ANSWERS[spoken], answer);

/** The same of the first event of a stream that is not as it should be. */
export function checkStream(spoken: Spoken, stream: string): string | undefined {
  for (const [, data = ''] of stream.matchAll(/^data: (.*)$/gm)) {
    const fault = data === '[DONE]' ? undefined : misfit(EVENTS[spoken], JSON.parse(data));
    if (fault !== undefined) return `${fault}\n  ${data.slice(0, 300)}`;
  }
  return undefined;
}
