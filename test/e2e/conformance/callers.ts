import type { Json, Spoken } from '../../fakes/programmed-upstream/programmed-upstream.ts';

/** How an app of one dialect puts its calls. */
export interface Caller {
  readonly name: Spoken;
  /** Fields that ask for next to nothing; features replace some of them. */
  readonly plain: Json;
  /** What goes with every call beside what is said. */
  body(said: Json, stream: boolean): Json;
}

const asSaid = (said: Json) => said;

export const CALLERS: readonly Caller[] = [
  {
    name: 'chat',
    plain: { messages: [{ role: 'user', content: 'Hi' }] },
    body: (said, stream) => ({ ...said, ...(stream && { stream_options: { include_usage: true } }) }),
  },
  { name: 'responses', plain: { input: 'Hi', store: false }, body: asSaid },
  {
    name: 'anthropic',
    plain: { max_tokens: 4096, messages: [{ role: 'user', content: 'Hi' }] },
    body: asSaid,
  },
  { name: 'gemini', plain: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }, body: asSaid },
];
