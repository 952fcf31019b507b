import { Pool } from 'undici';
import { CHAT, type Contestant, MESSAGES, type Running } from '../contestants/contestant.ts';
import { benchKey, startKeywheel } from '../contestants/start-keywheel.ts';
import { startProxy } from '../contestants/start-script.ts';
import { DIRECT } from '../contestants/direct.ts';
import { startScript } from '../machine/children.ts';
import { onOtherCores } from '../machine/cores.ts';
import { cpuMicros } from '../machine/usage.ts';
import { median, percentile } from '../report/numbers.ts';
import { atLeast, type Effort, type Section } from '../report/section.ts';
import { byTurns } from '../turns.ts';

const AT_ONCE = 16;
const PACED_EVENTS = 40;
const GAP_MS = 5;
const FAST_EVENTS = 2000;

/** Through what the events come: nothing, the bare proxy, or Keywheel. */
type Through = 'direct' | 'bare' | 'keywheel';

interface Way {
  readonly name: string;
  readonly path: string;
  readonly model: string;
  /** Keywheel where it is not told. */
  readonly through?: Through;
}

const WAYS: readonly Way[] = [
  { name: 'OpenAI, direct', path: CHAT, model: 'gpt-4o-mini', through: 'direct' },
  { name: 'OpenAI, bare proxy', path: CHAT, model: 'gpt-4o-mini', through: 'bare' },
  { name: 'Anthropic, direct', path: MESSAGES, model: 'claude-bench', through: 'direct' },
  { name: 'Anthropic, bare proxy', path: MESSAGES, model: 'claude-bench', through: 'bare' },
  { name: 'OpenAI → OpenAI, passed', path: CHAT, model: 'gpt-4o-mini' },
  { name: 'Anthropic → Anthropic, passed', path: MESSAGES, model: 'claude-bench' },
  { name: 'OpenAI → Anthropic, translated', path: CHAT, model: 'claude-bench' },
  { name: 'Anthropic → OpenAI, translated', path: MESSAGES, model: 'gpt-4o-mini' },
];

interface Figures {
  readonly first: readonly number[];
  readonly delays: readonly number[];
  readonly perSecond: number;
  /** Of the gateway, for 1,000 events. */
  readonly cpuMs: number;
}

/** What a translated stream costs beside one that passes: time of its events, CPU, and how many a second. */
export async function translatedStreams(effort: Effort): Promise<Section> {
  const upstreamOf = (...args: number[]) =>
    startScript('upstreams/speaking.ts', args.map(String), onOtherCores);
  const paced = await upstreamOf(PACED_EVENTS, GAP_MS);
  const fast = await upstreamOf(FAST_EVENTS, 0);
  const targets = new Map<string, Running>();
  try {
    const contestants = WAYS.map((way): Contestant => ({
      name: way.name,
      what: way.name,
      start: async () => {
        targets.set(way.name, await started(way, paced.url));
        return started(way, fast.url);
      },
    }));
    const turn = (running: Running, { name }: Contestant) =>
      measured(
        WAYS.find((way) => way.name === name)!,
        targets.get(name)!,
        running,
      );
    const { turns } = await byTurns({ contestants, upstream: fast.url, turn }, effort);
    const rows = turns.map(({ contestant: { name }, figures }) => ({ name, ...summed(figures) }));
    // By CPU: where everything shares two cores, the upstream and the reader are the limit of what passes.
    const at = (name: string) => rows.find((row) => row.name.startsWith(name))!;
    const share = (passed: string, translated: string) => {
      const rate = at(translated).perSecond / at(passed).perSecond;
      const finding = atLeast(
        `share of the passed rate, ${translated}, by CPU`,
        0.33,
        at(passed).cpuMs / at(translated).cpuMs,
      );
      return { ...finding, found: `${finding.found}; by events/s ${rate.toFixed(2)}` };
    };
    const beyond = (name: string, other: Through, field: 'first' | 'event' | 'cpuMs') => {
      const base = at(`${upstreamsDialect(name)}, ${other}`);
      return (at(name)[field] - base[field]).toFixed(field === 'cpuMs' ? 1 : 2);
    };
    return {
      title: `Translated streams: ${AT_ONCE} at once, ${PACED_EVENTS} events ${GAP_MS} ms apart for the times, ${FAST_EVENTS} at full speed for the rest, ${effort.rounds} rounds`,
      head: [
        'caller → upstream',
        ...['first event p50 ms', 'added', 'above bare'],
        ...['event p50 ms', 'added', 'above bare', 'p99'],
        ...['events/s', 'CPU ms per 1,000', 'above bare'],
      ],
      rows: rows.map(({ name, first, event, late, perSecond, cpuMs }) => [
        name,
        first.toFixed(2),
        beyond(name, 'direct', 'first'),
        beyond(name, 'bare', 'first'),
        event.toFixed(2),
        beyond(name, 'direct', 'event'),
        beyond(name, 'bare', 'event'),
        late.toFixed(2),
        perSecond.toFixed(0),
        cpuMs.toFixed(1),
        beyond(name, 'bare', 'cpuMs'),
      ]),
      findings: [
        share('Anthropic → Anthropic', 'OpenAI → Anthropic'),
        share('OpenAI → OpenAI', 'Anthropic → OpenAI'),
      ],
      notes: [
        "added: beyond direct in the upstream's dialect, nothing between; above bare: beyond the bare proxy in it",
        'upstream: bundled (Node), each event in a write of its own',
      ],
    };
  } finally {
    for (const target of targets.values()) await target.stop();
    await paced.stop();
    await fast.stop();
  }
}

function summed(figures: readonly Figures[]) {
  const delays = figures.flatMap((one) => one.delays);
  return {
    first: median(figures.flatMap((one) => one.first)),
    event: median(delays),
    late: percentile(delays, 0.99),
    perSecond: median(figures.map((one) => one.perSecond)),
    cpuMs: median(figures.map((one) => one.cpuMs)),
  };
}

/** Of `OpenAI → Anthropic, translated` and of `Anthropic, direct`: Anthropic. */
function upstreamsDialect(name: string): string {
  return /(\w+),/.exec(name)?.[1] ?? '';
}

async function started({ path, through }: Way, upstream: string): Promise<Running> {
  if (through === 'direct') return { ...(await DIRECT.start(upstream)), target: upstream + path };
  if (through === 'bare') return startProxy('bare-proxy.ts', upstream);
  const running = await startKeywheel(upstream, { path });
  const spec = { slug: 'claude', protocol: 'anthropic', baseUrl: upstream, models: ['claude-bench'] };
  await running.admin.addUpstream(spec);
  await running.admin.addKeys('claude', [benchKey(1)]);
  return running;
}

async function measured(way: Way, slow: Running, fast: Running): Promise<Figures> {
  const paced = await readAll(way, slow);
  const cpu = cpuMicros(fast.pid);
  const began = performance.now();
  const count = (await readAll(way, fast)).flatMap(({ delays }) => delays).length;
  const seconds = (performance.now() - began) / 1000;
  return {
    first: paced.map(({ first }) => first),
    delays: paced.flatMap(({ delays }) => delays),
    perSecond: count / seconds,
    cpuMs: (cpuMicros(fast.pid) - cpu) / count,
  };
}

interface Reading {
  readonly first: number;
  readonly delays: readonly number[];
}

async function readAll(way: Way, running: Running): Promise<Reading[]> {
  const pool = new Pool(new URL(running.target).origin, { connections: AT_ONCE });
  try {
    return await Promise.all(Array.from({ length: AT_ONCE }, () => read(pool, way, running)));
  } finally {
    await pool.destroy();
  }
}

async function read(pool: Pool, { path, model }: Way, { headers }: Running): Promise<Reading> {
  const now = () => performance.timeOrigin + performance.now();
  const began = now();
  const messages = [{ role: 'user', content: 'y'.repeat(900) }];
  const { statusCode, body } = await pool.request({
    path,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', ...headers },
    body: JSON.stringify({ model, max_tokens: 5000, stream: true, messages }),
  });
  if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}: ${await body.text()}`);
  let first = Number.NaN;
  let rest = '';
  const delays: number[] = [];
  for await (const piece of body as AsyncIterable<Buffer>) {
    const at = now();
    rest += piece.toString('latin1');
    let end = 0;
    for (const found of rest.matchAll(/sent:([\d.]+) /g)) {
      if (delays.length === 0) first = at - began;
      delays.push(at - Number(found[1]));
      end = found.index + found[0].length;
    }
    rest = rest.slice(Math.max(end, rest.length - 40));
  }
  return { first, delays };
}
