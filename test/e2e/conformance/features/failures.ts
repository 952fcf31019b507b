import type { Json, Spoken } from '../../../fakes/programmed-upstream/programmed-upstream.ts';
import type { Outcome, PerDialect, ProvenFeature } from '../feature.ts';
import { callAi } from '../ai-measure.ts';
import { aiStatusOf } from '../ai-sdk.ts';
import { addUpstream, type Bench } from '../bench.ts';
import { call, type Cell } from '../call.ts';
import { lost } from '../outcomes.ts';
import { sdkStream } from '../sdk-streams.ts';
import { SDKS } from '../sdks.ts';

/** An error as each provider words it. */
function errorOf(
  status: number,
  message: string,
  words: { openai: string; anthropic: string; google: string },
): PerDialect<Json> {
  const openai = { error: { message, type: words.openai, param: null, code: null } };
  return {
    chat: openai,
    responses: openai,
    anthropic: { type: 'error', error: { type: words.anthropic, message }, request_id: 'req_1' },
    gemini: { error: { code: status, message, status: words.google } },
  };
}

/** The envelope that the caller's SDK reads; undefined where it is one. */
function envelopeFault(spoken: Spoken, status: number, text: string, message: string): string | undefined {
  const { error, type } = JSON.parse(text) as { error?: Json; type?: string };
  if (typeof error?.message !== 'string' || !error.message.includes(message)) return `no message: ${text}`;
  if (spoken === 'anthropic') return type === 'error' && typeof error.type === 'string' ? undefined : text;
  if (spoken === 'gemini')
    return error.code === status && typeof error.status === 'string' ? undefined : text;
  return typeof error.type === 'string' && 'param' in error && 'code' in error ? undefined : text;
}

let slugs = 0;

/** An upstream that no other cell has seen fail. */
async function fresh(bench: Bench, cell: Cell): Promise<string> {
  const slug = `fresh-${++slugs}`;
  await addUpstream(bench, cell.upstream, slug);
  return slug;
}

function failure(
  name: string,
  status: number,
  message: string,
  answers: PerDialect<Json>,
  headers?: Record<string, string>,
): ProvenFeature {
  return {
    group: 'Errors',
    name,
    async run(bench, cell) {
      const { name: spoken } = cell.caller;
      const slug = await fresh(bench, cell);
      bench.upstream.next({ status, answers, ...(headers && { headers }) });
      const heard = await call(bench, cell, cell.caller.plain, { slug });
      if (heard.status !== status) return lost(`status ${heard.status}`, heard.text);
      if (SDKS[spoken].statusOf(heard.thrown) !== status) return lost(String(heard.thrown));
      const fault = envelopeFault(spoken, status, heard.text, message);
      if (fault !== undefined) return lost(fault);
      const wait = heard.headers.get('retry-after');
      if (headers && (wait === null || Number(wait) < 1)) return lost(`retry-after ${wait}`);
      // Where the fault is the caller's, the keys are as good as before.
      if (status === 429 || status === 503) return 'kept';
      const { thrown } = await callAi(bench, cell, {}, { slug });
      if (aiStatusOf(thrown) !== status) return lost(`through the AI SDK: ${String(thrown)}`);
      return { outcome: 'kept', ai: true };
    },
  };
}

function ending(name: string, kind: 'early' | 'error' | 'reset'): ProvenFeature {
  return {
    group: 'Ends of streams',
    name,
    streamOnly: true,
    async run(bench, cell): Promise<Outcome> {
      const slug = await fresh(bench, cell);
      bench.upstream.next({ ending: kind });
      const seen = await sdkStream(bench, cell, slug);
      return seen.failed ? 'kept' : lost('the SDK took it for whole', JSON.stringify(seen));
    },
  };
}

export const FAILURES: readonly ProvenFeature[] = [
  failure(
    'bad request (400)',
    400,
    'temperature is too hot',
    errorOf(400, 'temperature is too hot', {
      openai: 'invalid_request_error',
      anthropic: 'invalid_request_error',
      google: 'INVALID_ARGUMENT',
    }),
  ),
  failure(
    'unknown model (404)',
    404,
    'no such model',
    errorOf(404, 'no such model', {
      openai: 'invalid_request_error',
      anthropic: 'not_found_error',
      google: 'NOT_FOUND',
    }),
  ),
  failure(
    'too large (413)',
    413,
    'request too large',
    errorOf(413, 'request too large', {
      openai: 'invalid_request_error',
      anthropic: 'request_too_large',
      google: 'INVALID_ARGUMENT',
    }),
  ),
  failure(
    'rate limit (429), with Retry-After',
    429,
    '',
    errorOf(429, 'slow down', {
      openai: 'rate_limit_error',
      anthropic: 'rate_limit_error',
      google: 'RESOURCE_EXHAUSTED',
    }),
    { 'retry-after': '7' },
  ),
  failure(
    'overloaded (503)',
    503,
    '',
    errorOf(503, 'overloaded', {
      openai: 'server_error',
      anthropic: 'overloaded_error',
      google: 'UNAVAILABLE',
    }),
  ),
];

export const ENDINGS: readonly ProvenFeature[] = [
  { ...ending('a good end: the SDK is content', 'early'), run: goodEnd },
  ending('an end without the protocol’s own: the SDK throws', 'early'),
  ending('an error event in the middle: the SDK throws', 'error'),
  ending('a reset in the middle: the SDK throws', 'reset'),
];

async function goodEnd(bench: Bench, cell: Cell): Promise<Outcome> {
  bench.upstream.next();
  const seen = await sdkStream(bench, cell, bench.slugOf(cell.upstream));
  return seen.failed || seen.text !== 'Hello there.' ? lost(JSON.stringify(seen)) : 'kept';
}
