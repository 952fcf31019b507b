import { expect } from 'vitest';
import {
  ProgrammedUpstream,
  type Json,
  type Spoken,
} from '../../fakes/programmed-upstream/programmed-upstream.ts';
import { newSecret } from '../support/secrets.ts';
import { startGateway, type Gateway } from '../support/start-gateway.ts';
import type { Caller } from './callers.ts';
import { collect } from './collect.ts';
import {
  UPSTREAMS,
  isAnswered,
  isOpenai,
  isProven,
  type AnsweredFeature,
  type AskedFeature,
  type Feature,
  type Outcome,
  type UpstreamName,
} from './feature.ts';
import { FILES } from './features/media.ts';
import { scriptOf } from './script.ts';

/** A gateway before a programmed upstream of each kind. */
export interface Bench {
  readonly gateway: Gateway;
  readonly upstream: ProgrammedUpstream;
  readonly token: string;
  readonly close: () => Promise<void>;
}

export const MODELS: Readonly<Record<UpstreamName, string>> = {
  openai: 'gpt-4.1',
  'openai-chat': 'gpt-4.1',
  anthropic: 'claude-sonnet-4-5',
  gemini: 'gemini-2.5-flash',
  'vertex-express': 'gemini-2.5-flash',
};

const PROTOCOLS: Readonly<Record<UpstreamName, string>> = {
  openai: 'openai',
  'openai-chat': 'openai',
  anthropic: 'anthropic',
  gemini: 'gemini',
  'vertex-express': 'gemini',
};

export async function openBench(): Promise<Bench> {
  const upstream = await ProgrammedUpstream.start();
  for (const [path, file] of Object.entries(FILES)) upstream.files.set(path, file);
  const gateway = await startGateway();
  // Where no key is free, nobody waits.
  await gateway.admin.changeSettings({ maxWaitMs: 0 });
  const { secret: token } = await gateway.admin.createToken();
  for (const name of UPSTREAMS) await addUpstream({ gateway, upstream }, name, name);
  const close = async () => {
    await upstream.close();
    await gateway.stop();
  };
  return { gateway, upstream, token, close };
}

/** An upstream of its own for what harms one. */
export async function addUpstream(
  { gateway, upstream }: Pick<Bench, 'gateway' | 'upstream'>,
  name: UpstreamName,
  slug: string,
): Promise<void> {
  const chatOnly = name === 'openai-chat';
  const baseUrl = upstream.url + (isOpenai(name) ? '/v1' : '');
  await gateway.admin.addUpstream({
    slug,
    preset: chatOnly ? 'openai' : name,
    protocol: PROTOCOLS[name],
    baseUrl,
    ...(chatOnly && { responsesApi: 'none' }),
  });
  await gateway.admin.addKeys(slug, [newSecret(), newSecret()]);
}

export interface Cell {
  readonly caller: Caller;
  readonly upstream: UpstreamName;
  readonly stream: boolean;
}

export interface Heard {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as it went out. */
  readonly sent: string;
}

/** One call of a client. */
export async function call(
  bench: Bench,
  cell: Cell,
  said: Json,
  model = MODELS[cell.upstream],
  slug: string = cell.upstream,
): Promise<Heard> {
  const { caller, stream } = cell;
  const sent = JSON.stringify(caller.body(said, model, stream)).replaceAll(
    'http://FILES',
    bench.upstream.url,
  );
  const response = await fetch(bench.gateway.url + caller.path(slug, model, stream), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...caller.headers(bench.token) },
    body: sent,
  });
  return { status: response.status, headers: response.headers, text: await response.text(), sent };
}

/** The answer in one piece. */
export function answerOf({ caller, stream }: Cell, { text }: Heard): Json {
  return stream ? collect(caller.name, text) : (JSON.parse(text) as Json);
}

/** What becomes of a feature in one cell of the matrix. */
export async function measure(bench: Bench, feature: Feature, cell: Cell): Promise<Outcome> {
  if (isProven(feature)) return feature.run(bench, cell);
  const said = feature.says?.[cell.caller.name];
  if (feature.says && !said) return '–';
  bench.upstream.next(isAnswered(feature) ? { answers: feature.answers } : {});
  const body = { ...cell.caller.plain, ...said };
  const heard = await call(
    bench,
    cell,
    body,
    feature.models?.[isOpenai(cell.upstream) ? 'openai' : cell.upstream],
  );
  if (heard.status !== 200) return refusalOf(heard, bench);
  const got = bench.upstream.received.at(-1);
  if (!got) return lost('nothing was sent', heard.text);
  const passed = got.spoken === cell.caller.name;
  if (isAnswered(feature) && passed && got.spoken !== 'responses' && !feature.answers[got.spoken]) return '–';
  if (passed)
    return bench.upstream.sent === heard.text && got.text === heard.sent
      ? 'kept'
      : lost('bytes changed', got.text);
  return isAnswered(feature)
    ? measureAnswer(feature, cell, heard, got.spoken)
    : measureAsked(feature, got.spoken, got.body, heard);
}

function refusalOf({ status, text }: Heard, { upstream }: Bench): Outcome {
  const isOurs = status === 400 && text.includes('untranslatable') && upstream.received.length === 0;
  return isOurs ? 'refused' : lost(`status ${status}`, text);
}

function measureAsked(feature: AskedFeature, spoken: Spoken, body: Json, heard: Heard): Outcome {
  const script = scriptOf(spoken, body);
  const kept = [
    feature.script && matching(script, feature.script),
    feature.seen && (feature.seen[spoken] ? matching(body, feature.seen[spoken]) : 'has no word for it'),
  ].filter((fault) => fault !== undefined);
  if (kept.length === 0) return 'kept';
  const near = [
    feature.script && matching(script, feature.mappedScript?.[spoken] ?? feature.script),
    feature.seen &&
      matching(body, feature.mapped?.[spoken] ?? feature.seen[spoken] ?? { 'no word for it': true }),
  ].filter((fault) => fault !== undefined);
  if (near.length === 0 && (feature.mapped?.[spoken] ?? feature.mappedScript?.[spoken])) return 'mapped';
  if (/dropped:/.test(heard.headers.get('x-keywheel-warning') ?? '')) return 'dropped';
  return lost(...near, JSON.stringify(feature.script ? script : body));
}

function measureAnswer(feature: AnsweredFeature, cell: Cell, heard: Heard, spoken: Spoken): Outcome {
  if (!feature.answers[spoken]) return '–';
  let answer: Json;
  try {
    answer = answerOf(cell, heard);
  } catch (error) {
    return lost(String(error), heard.text);
  }
  const { name } = cell.caller;
  if (!feature.gets[name] && !feature.mappedGets?.[name]) return '–';
  const fault = feature.gets[name] ? matching(answer, feature.gets[name]) : 'has no word for it';
  if (fault === undefined) return 'kept';
  const near = feature.mappedGets?.[name];
  return near && matching(answer, near) === undefined ? 'mapped' : lost(fault, JSON.stringify(answer));
}

/** Undefined where all that is wanted is there. */
export function matching(actual: unknown, wanted: unknown): string | undefined {
  try {
    expect(actual).toMatchObject(wanted as object);
    return undefined;
  } catch {
    return `want ${JSON.stringify(wanted)}`;
  }
}

export function lost(...why: string[]): Outcome {
  return `LOST: ${why.join(' · ').slice(0, 1500)}`;
}
