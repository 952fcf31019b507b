import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestsOf } from '../contract/llm-fuzz/corpus.ts';
import { mutated } from '../contract/llm-fuzz/mutate.ts';
import { oneOf, randomOf } from '../contract/llm-fuzz/random.ts';
import type { Json, Spoken } from '../fakes/programmed-upstream/programmed-upstream.ts';
import { MODELS, openBench, type Bench } from './conformance/bench.ts';
import { CALLERS } from './conformance/callers.ts';
import { UPSTREAMS, type UpstreamName } from './conformance/feature.ts';
import { send } from './conformance/written.ts';

const CASES = Number(process.env.FUZZ_CALLS ?? 150);
const DEPTH = 10_000;

/** Upstreams that get such bodies as they are: what they take is their own affair. */
const PASSED: Readonly<Record<Spoken, readonly UpstreamName[]>> = {
  chat: ['openai', 'openai-chat', 'openai-responses'],
  responses: ['openai', 'openai-responses'],
  anthropic: ['anthropic'],
  gemini: ['gemini', 'vertex-express'],
};

let bench: Bench;

beforeAll(async () => {
  bench = await openBench();
  // Mutated bodies are passed on as they are to upstreams of the caller's own protocol.
  bench.upstream.forgives = /./;
});

afterAll(() => bench.close());

describe.each(CALLERS)('bodies of $name', (caller) => {
  it('that make no sense are the caller’s fault, and nobody else’s', async () => {
    const corpus = requestsOf(caller.name);
    bench.upstream.next();
    for (let seed = 1; seed <= CASES; seed++) {
      const random = randomOf(seed);
      const body = mutated(oneOf(random, corpus), random) as Json;
      const upstream = oneOf(random, UPSTREAMS);
      const written = { slug: upstream, model: MODELS[upstream], stream: random() < 0.5 };
      const heard = await send(bench, caller.name, written, body);
      const isClean = heard.status === 200 || (heard.status >= 400 && heard.status < 500);
      if (!isClean) expect.fail(`seed ${seed} to ${upstream}: ${heard.status} ${heard.text}\n${heard.sent}`);
    }
  });

  it.each(UPSTREAMS.filter((upstream) => !PASSED[caller.name].includes(upstream)))(
    `nested ${DEPTH} deep for %s are refused with a 400`,
    async (upstream) => {
      const [open, close] = ['{"a":['.repeat(DEPTH / 2), ']}'.repeat(DEPTH / 2)];
      const written = { slug: upstream, model: MODELS[upstream], stream: false };
      const said = { ...caller.plain, deep: 'HERE' };
      const { status, text } = await send(bench, caller.name, written, said, (whole) =>
        whole.replace('"HERE"', `${open}1${close}`),
      );
      expect([status, text.includes('bad_body')]).toEqual([400, true]);
    },
  );
});
