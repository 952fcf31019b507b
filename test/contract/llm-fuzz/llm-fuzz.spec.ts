import { describe, expect, it } from 'vitest';
import type { Spoken } from '../../fakes/programmed-upstream/programmed-upstream.ts';
import { KeywheelError } from '../../../src/kernel/errors.js';
import { ADAPTERS } from '../../../src/llm/adapters/adapters.js';
import { CODECS } from '../../../src/llm/adapters/codecs.js';
import type { Conversation } from '../../../src/llm/conversation/conversation.js';
import type { Fields } from '../../../src/llm/conversation/dialect.js';
import { Notes } from '../../../src/llm/conversation/notes.js';
import { makeSink } from '../../../src/llm/translation/generation/reply-sink.js';
import { StreamTranslation } from '../../../src/llm/translation/generation/stream-translation.js';
import { DIALECTS, answersOf, namesIn, requestsOf, streamsOf } from './corpus.ts';
import { anything, mutated, mutatedText } from './mutate.ts';
import { below, oneOf, randomOf, type Random } from './random.ts';

/*
 * Random and mutated bodies and streams. `FUZZ_CASES=100000` runs as many of each kind for each dialect; `FUZZ_SEED`
 * is where the seeds begin. A failure names its seed: `FUZZ_CASES=1 FUZZ_SEED=…` repeats it.
 */
const CASES = Number(process.env.FUZZ_CASES ?? 1500);
const SEED = Number(process.env.FUZZ_SEED ?? 1);

const MODELS = [
  'gpt-4.1',
  'gpt-5.1',
  'claude-sonnet-4-5',
  'claude-opus-4-8',
  'gemini-2.5-flash',
  'gemini-3-pro-preview',
  '',
];
const PRESETS = ['openai', 'anthropic', 'gemini', 'vertex-express', 'openrouter', 'deepseek', 'mistral', ''];
const PROTOCOLS = { chat: 'openai', responses: 'openai', anthropic: 'anthropic', gemini: 'gemini' } as const;

/** Runs the case for each seed; what it throws fails with the seed. */
function forSeeds(work: (random: Random) => void): void {
  for (let seed = SEED; seed < SEED + CASES; seed++) {
    try {
      work(randomOf(seed));
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`, {
        cause: error,
      });
    }
  }
}

/** What is thrown is of the one class, and the caller's fault; anything else ends the test. */
function orCallersFault<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof KeywheelError && error.status === 400) return undefined;
    throw error;
  }
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As it comes over the wire: without what JSON does not know. */
function overTheWire(value: unknown): Fields {
  const parsed: unknown = JSON.parse(JSON.stringify(value) ?? 'null');
  return isObject(parsed) ? parsed : {};
}

function changedOne(corpus: readonly unknown[], names: readonly string[], random: Random): Fields {
  return overTheWire(random() < 0.9 ? mutated(oneOf(random, corpus), random) : anything(random, names));
}

function asked(dialect: Spoken, body: Fields, stream: boolean): Conversation | undefined {
  return orCallersFault(() => CODECS[dialect].readRequest(body, { model: 'a-model', stream }));
}

describe.each(DIALECTS)('%s', (dialect) => {
  it('requests: written for any upstream, or refused as the caller’s fault', { timeout: 3_600_000 }, () => {
    const corpus = requestsOf(dialect);
    const names = namesIn(corpus);
    let read = 0;
    forSeeds((random) => {
      const conversation = asked(dialect, changedOne(corpus, names, random), random() < 0.5);
      if (!conversation) return;
      read++;
      for (const upstream of DIALECTS) {
        const context = { model: oneOf(random, MODELS), preset: oneOf(random, PRESETS), notes: new Notes() };
        const written = orCallersFault(() => CODECS[upstream].writeRequest(conversation, context));
        if (written) expect(JSON.stringify(written.body).length).toBeLessThan(1_000_000);
      }
    });
    expect(read).toBeGreaterThan(CASES > 100 ? CASES / 10 : -1);
  });

  it(
    'answers in one piece: read, or thrown away; what was read can be written',
    { timeout: 3_600_000 },
    () => {
      const corpus = answersOf(dialect);
      const names = namesIn(corpus);
      forSeeds((random) => {
        const reply = readOrNot(dialect, changedOne(corpus, names, random));
        if (!reply) return;
        for (const caller of DIALECTS) {
          const conversation = asked(caller, requestsOf(caller)[0]!, false)!;
          JSON.stringify(CODECS[caller].writeReply(reply, { requestId: 'req_1', conversation, created: 1 }));
        }
      });
    },
  );

  it('streams: no event ends in more than a fault', { timeout: 3_600_000 }, () => {
    const corpus = streamsOf(dialect);
    forSeeds((random) => {
      const bytes = Buffer.from(changedStream(oneOf(random, corpus), random));
      const caller = oneOf(random, DIALECTS);
      const stream = random() < 0.8;
      const conversation = { ...asked(caller, requestsOf(caller)[0]!, stream)!, stream };
      const context = { requestId: 'req_1', conversation, created: 1 };
      const sink = makeSink(CODECS[caller], context, { streamsArray: false, remember: undefined });
      const reader = CODECS[dialect].readStream();
      const translation = new StreamTranslation(ADAPTERS[PROTOCOLS[dialect]], reader, sink);
      let written = 0;
      for (let from = 0; from < bytes.length;) {
        const to = from + 1 + below(random, 200);
        written += translation.pass(bytes.subarray(from, to)).length;
        from = to;
      }
      written += translation.flush().length;
      // Nothing piles up: an event of an answer is told in a few kilobytes of the caller's at most.
      expect(written).toBeLessThan(200 * bytes.length + 20_000);
    });
  });

  it('faults: whatever an upstream says with a bad status', { timeout: 3_600_000 }, () => {
    const corpus = [
      {
        error: { message: 'no', type: 'x', code: 'y', status: 'Z', details: [{ reason: 'R' }] },
        type: 'error',
      },
    ];
    forSeeds((random) => {
      const text = JSON.stringify(changedOne(corpus, namesIn(corpus), random));
      const fault = CODECS[dialect].readFault(
        oneOf(random, [400, 429, 500, 529]),
        random() < 0.5 ? text : mutatedText(text, random),
      );
      for (const caller of DIALECTS) JSON.stringify(CODECS[caller].writeFault(fault, 'req_1'));
    });
  });
});

/** The contract lets a reader throw for an answer that breaks the dialect's rules. */
function readOrNot(dialect: Spoken, body: Fields) {
  try {
    return CODECS[dialect].readReply(body);
  } catch {
    return undefined;
  }
}

/** Events lost, doubled, out of order, mutated inside, or the text itself damaged. */
function changedStream(events: readonly string[], random: Random): string {
  const out = [...events];
  for (let count = 1 + below(random, 3); count > 0; count--) {
    const at = below(random, out.length);
    const kind = below(random, 5);
    if (kind === 0) out.splice(at, 1);
    else if (kind === 1) out.splice(at, 0, oneOf(random, events));
    else if (kind === 2) out.push(...out.splice(at, 1));
    else if (kind === 3) out[at] = mutatedText(out[at] ?? 'x', random);
    else out[at] = changedEvent(out[at] ?? '', random);
  }
  return out.join('');
}

function changedEvent(event: string, random: Random): string {
  const [head = '', data = ''] = event.split('data: ', 2);
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    // Another change has damaged it before.
    return event;
  }
  return `${head}data: ${JSON.stringify(mutated(value, random))}\n\n`;
}
