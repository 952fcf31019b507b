import { describe, expect, it } from 'vitest';
import { checkBody } from '../../fakes/provider-schemas/request-check.ts';
import type { Json, Spoken } from '../../fakes/programmed-upstream/programmed-upstream.ts';
import { KeywheelError } from '../../../src/kernel/errors.js';
import { CODECS } from '../../../src/llm/adapters/codecs.js';
import { Notes } from '../../../src/llm/conversation/notes.js';
import { fittingNames } from '../../../src/llm/translation/generation/tool-names.js';
import { DIALECTS, requestsOf } from './corpus.ts';
import { mutated, nudged } from './mutate.ts';
import { below, oneOf, randomOf, type Random } from './random.ts';

/*
 * What its own provider takes is written so that the other one takes it too, or refused as what cannot be said there.
 * `FUZZ_CASES` and `FUZZ_SEED` as in llm-fuzz.spec.ts.
 */
const CASES = Number(process.env.FUZZ_CASES ?? 1500);
const SEED = Number(process.env.FUZZ_SEED ?? 1);

const PATHS: Readonly<Record<Spoken, string>> = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  anthropic: '/v1/messages',
  gemini: '/v1beta/models/m:generateContent',
};

interface Upstream {
  readonly dialect: Spoken;
  readonly preset: string;
  readonly path: string;
  readonly models: readonly string[];
}

const GPT = ['gpt-4.1', 'gpt-5.1'];
const GEMINI = ['gemini-2.5-flash', 'gemini-3-pro-preview'];
const UPSTREAMS: readonly Upstream[] = [
  { dialect: 'chat', preset: 'openai', path: PATHS.chat, models: GPT },
  { dialect: 'responses', preset: 'openai', path: PATHS.responses, models: GPT },
  {
    dialect: 'anthropic',
    preset: 'anthropic',
    path: PATHS.anthropic,
    models: ['claude-haiku-4-5', 'claude-sonnet-4-6', 'claude-opus-4-8'],
  },
  { dialect: 'gemini', preset: 'gemini', path: PATHS.gemini, models: GEMINI },
  {
    dialect: 'gemini',
    preset: 'vertex-express',
    path: '/v1/publishers/google/models/m:generateContent',
    models: GEMINI,
  },
];

/** The fields of up to three good bodies together, sometimes with a place of them changed. */
function goodBody(dialect: Spoken, corpus: readonly Json[], random: Random): Json | undefined {
  const parts = Array.from({ length: 1 + below(random, 3) }, () => oneOf(random, corpus));
  let body = Object.assign({}, ...parts) as Json;
  const tools = parts.flatMap((part) => (Array.isArray(part.tools) ? (part.tools as Json[]) : []));
  if (tools.length > 0) body.tools = tools;
  if (random() < 0.7) body = (random() < 0.8 ? nudged(body, random) : mutated(body, random)) as Json;
  body = JSON.parse(JSON.stringify(body)) as Json;
  if (Array.isArray(body.tools)) body.tools = withoutTwins(body.tools);
  return checkBody(PATHS[dialect], body) === undefined ? body : undefined;
}

/** Without a second tool of a name: what becomes of it, no reference says. */
function withoutTwins(tools: readonly unknown[]): unknown[] {
  const named = tools.map((tool) => [JSON.stringify(tool), /"name":"[^"]*"/.exec(JSON.stringify(tool))?.[0]]);
  return tools.filter((_, at) => {
    const [text, name] = named[at]!;
    return !named
      .slice(0, at)
      .some((before) => before[0] === text || (name !== undefined && before[1] === name));
  });
}

/** What is refused here is no fault of the writers. */
function orRefused<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof KeywheelError && error.status === 400) return undefined;
    throw error;
  }
}

describe.each(DIALECTS)('%s', (dialect) => {
  it('what its provider takes, others take as it is written for them', { timeout: 3_600_000 }, () => {
    const corpus = requestsOf(dialect);
    const faults = new Map<string, string>();
    let written = 0;
    for (let seed = SEED; seed < SEED + CASES; seed++) {
      const random = randomOf(seed);
      const body = goodBody(dialect, corpus, random);
      if (!body) continue;
      const stream = random() < 0.5;
      const conversation = orRefused(() => CODECS[dialect].readRequest(body, { model: 'a-model', stream }));
      if (!conversation) continue;
      for (const { dialect: to, preset, path, models } of UPSTREAMS.filter(
        (one) => one.dialect !== dialect,
      )) {
        const model = oneOf(random, models);
        const named = fittingNames(conversation, to)?.conversation ?? conversation;
        const request = orRefused(() =>
          CODECS[to].writeRequest(named, { model, preset, notes: new Notes() }),
        );
        if (!request) continue;
        written++;
        const sent = JSON.parse(JSON.stringify(request.body)) as Json;
        const fault = checkBody(path, sent);
        if (fault !== undefined)
          faults.set(`${preset} ${fault}`, `seed ${seed}, ${model}: ${JSON.stringify(body)}`);
      }
    }
    expect([...faults].map(([fault, where]) => `${fault}\n  ${where}`)).toEqual([]);
    expect(written).toBeGreaterThan(CASES > 100 ? CASES / 2 : -1);
  });
});
