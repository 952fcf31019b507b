import { Pool } from 'undici';
import { CHAT, type Contestant, type Running } from '../contestants/contestant.ts';
import { benchKey, startKeywheel } from '../contestants/start-keywheel.ts';
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
const MESSAGES = '/v1/messages';

interface Way {
  readonly name: string;
  readonly path: string;
  readonly model: string;
}

const WAYS: readonly Way[] = [
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
    const cpu = (name: string) => rows.find((row) => row.name.startsWith(name))!.cpuMs;
    const share = (passed: string, translated: string) =>
      atLeast(`share of the passed rate, ${translated}, by CPU`, 0.33, cpu(passed) / cpu(translated));
    return {
      title: `Translated streams: ${AT_ONCE} at once, ${PACED_EVENTS} events ${GAP_MS} ms apart for the times, ${FAST_EVENTS} at full speed for the rest, ${effort.rounds} rounds`,
      head: [
        'caller → upstream',
        'first event p50 ms',
        'event p50 ms',
        'p99',
        'events/s',
        'CPU ms per 1,000',
      ],
      rows: rows.map(({ name, first, event, late, perSecond, cpuMs }) => [
        name,
        first.toFixed(2),
        event.toFixed(2),
        late.toFixed(2),
        perSecond.toFixed(0),
        cpuMs.toFixed(1),
      ]),
      findings: [
        share('Anthropic → Anthropic', 'OpenAI → Anthropic'),
        share('OpenAI → OpenAI', 'Anthropic → OpenAI'),
      ],
      notes: ['upstream: bundled (Node), each event in a write of its own'],
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

async function started({ path }: Way, upstream: string): Promise<Running> {
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
