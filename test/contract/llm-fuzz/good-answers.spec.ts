import { describe, expect, it } from 'vitest';
import { checkAnswer, checkStream } from '../../fakes/provider-schemas/answer-check.ts';
import type { Spoken } from '../../fakes/programmed-upstream/programmed-upstream.ts';
import { CODECS } from '../../../src/llm/adapters/codecs.js';
import { DIALECTS, answersOf, requestsOf, streamsOf } from './corpus.ts';

/*
 * The answers that the fakes play, and what callers of other dialects get of them, are as the SDKs' types say.
 */

const PAIRS = DIALECTS.flatMap((upstream) =>
  DIALECTS.filter((caller) => caller !== upstream).map((caller) => [upstream, caller] as const),
);

/** To whom an answer goes that has said nothing in particular. */
function contextOf(caller: Spoken, stream: boolean) {
  const conversation = CODECS[caller].readRequest(requestsOf(caller)[0]!, { model: 'm', stream });
  return { requestId: 'req_1', conversation: { ...conversation, stream }, created: 1 };
}

/** Server-sent events, one block each. */
const EVENT = /^(?:event: (.*)\n)?data: (.*)$/gm;

function translated(upstream: Spoken, caller: Spoken, stream: string): string {
  const reader = CODECS[upstream].readStream();
  const writer = CODECS[caller].writeStream(contextOf(caller, true));
  let text = '';
  for (const [, event, data = ''] of stream.matchAll(EVENT)) {
    for (const news of reader.read({ event, data })) text += writer.write(news);
  }
  return text;
}

const faults = (found: readonly (string | undefined)[]) => [
  ...new Set(found.filter((fault) => fault !== undefined)),
];

describe.each(DIALECTS)('what the fakes answer in %s', (spoken) => {
  it('is as its SDK expects it', () => {
    const whole = answersOf(spoken).map((answer) => checkAnswer(spoken, answer));
    const streams = streamsOf(spoken).map((frames) => checkStream(spoken, frames.join('')));
    expect(faults([...whole, ...streams])).toEqual([]);
  });
});

describe.each(PAIRS)('an answer of %s', (upstream, caller) => {
  it(`is for a client of ${caller} as its SDK expects it`, () => {
    const whole = answersOf(upstream).map((answer) => {
      const reply = CODECS[upstream].readReply(answer);
      const written = CODECS[caller].writeReply(reply, contextOf(caller, false));
      return checkAnswer(caller, JSON.parse(JSON.stringify(written)));
    });
    const streams = streamsOf(upstream).map((frames) =>
      checkStream(caller, translated(upstream, caller, frames.join(''))),
    );
    expect(faults([...whole, ...streams])).toEqual([]);
  });
});
