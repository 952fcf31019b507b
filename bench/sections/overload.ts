import { startKeywheel, type RunningKeywheel, type Setup } from '../contestants/start-keywheel.ts';
import { fire } from '../load/fire.ts';
import { fireOpenLoop, type Fates } from '../load/open-loop.ts';
import { chat, CONNECTIONS } from '../load/shot.ts';
import { peakMib, untilQuiet } from '../machine/usage.ts';
import { median, ratio, shown } from '../report/numbers.ts';
import { atLeast, type Effort, type Finding, type Section } from '../report/section.ts';
import { startBurst, startInstant, startStreaming, type Upstream } from '../upstreams/start-upstream.ts';

/** Of the rate that it can just serve. */
const TIMES = [2, 5];
const SLOTS = 100;

/** What a gateway can be too small for. */
interface Kind {
  readonly name: string;
  readonly upstream: () => Promise<Upstream>;
  readonly setup: Setup;
  readonly body: string;
  readonly connections: number;
}

const KINDS: readonly Kind[] = [
  {
    name: '1 KB JSON, as many as the core can do',
    upstream: () => startInstant(),
    setup: {},
    body: chat(),
    connections: CONNECTIONS,
  },
  {
    name: 'streams of 500 events, as many as the core can do',
    upstream: () => startBurst(500),
    setup: {},
    body: chat({ stream: true }),
    connections: CONNECTIONS,
  },
  {
    name: `streams of 200 ms, ${SLOTS} at once (maxOpenCalls)`,
    upstream: () => startStreaming(10, 20),
    setup: { launch: { env: { KEYWHEEL_MAX_OPEN_CALLS: String(SLOTS) } } },
    body: chat({ stream: true }),
    connections: SLOTS,
  },
];

interface Round {
  /** Good answers a second of clients that wait for each other's end. */
  readonly peak: number;
  /** What became of calls at so many times that rate. */
  readonly fates: readonly Fates[];
  readonly mib: number;
}

/** Calls that come several times as fast as they can be served, and keep coming whatever becomes of them. */
export async function overload(effort: Effort): Promise<Section> {
  const found: { kind: Kind; rounds: Round[] }[] = [];
  for (const kind of KINDS) found.push({ kind, rounds: await rounds(kind, effort) });
  return {
    title: `Overload: calls that come at so many times the rate that can be served, ${effort.rounds} rounds of ${effort.seconds} s; clients wait for 2 s`,
    head: [
      'calls',
      'times',
      'sent/s',
      'good/s',
      'of peak',
      'p50 ms',
      'p99 ms',
      '503/s',
      'p50 ms',
      'p99 ms',
      'Retry-After',
      'late/s',
      'not sent/s',
      'other',
      'peak RSS MiB',
    ],
    rows: found.flatMap(({ kind, rounds }) => rows(kind, rounds, effort.seconds)),
    findings: found.flatMap(({ kind, rounds }) => findings(kind, rounds)),
    notes: [
      'sent, not sent: what the generator had connections for; it keeps 10,000 at most, and a client that waits holds one',
      'late: no answer within the 2 s',
      'a refusal costs node:http alone a fifth to a third of a small call, so five times as many small calls as fill the core are more than it could even refuse',
    ],
  };
}

async function rounds(kind: Kind, effort: Effort): Promise<Round[]> {
  effort.tell(kind.name);
  const upstream = await kind.upstream();
  let gateway: RunningKeywheel | undefined;
  try {
    const { target, headers, pid } = (gateway = await startKeywheel(upstream.url, kind.setup));
    const { seconds } = effort;
    const full = { target, headers, seconds, connections: kind.connections, bodies: [kind.body] };
    await fire({ ...full, seconds: 2 });
    const done: Round[] = [];
    for (let round = 1; round <= effort.rounds; round += 1) {
      effort.tell(`round ${round} of ${effort.rounds}`);
      const { requestsPerSecond: peak } = await fire(full);
      const fates: Fates[] = [];
      for (const times of TIMES) {
        fates.push(await fireOpenLoop({ target, headers, seconds, rate: peak * times, body: kind.body }));
        await untilQuiet(pid);
      }
      done.push({ peak, fates, mib: peakMib(pid) });
    }
    return done;
  } finally {
    await gateway?.stop();
    await upstream.stop();
  }
}

function rows({ name }: Kind, rounds: readonly Round[], seconds: number): string[][] {
  const peaks = rounds.map(({ peak }) => peak);
  const mib = Math.max(...rounds.map((one) => one.mib)).toFixed(0);
  const first = [name, 'peak', '–', shown(peaks), '1.00', ...Array<string>(9).fill('–'), mib];
  const others = TIMES.map((times, index) => {
    const fates = rounds.map((one) => one.fates[index]!);
    const of = (field: NumberOf<Fates>, digits = 0) =>
      shown(
        fates.map((one) => one[field]),
        digits,
      );
    const each = (field: NumberOf<Fates>) => (median(fates.map((one) => one[field])) / seconds).toFixed(0);
    return [
      name,
      String(times),
      of('sentPerSecond'),
      of('goodPerSecond'),
      ratio(good(rounds, index), peaks).toFixed(2),
      of('goodP50', 1),
      of('goodP99', 1),
      of('refusedPerSecond'),
      of('refusedP50', 1),
      of('refusedP99', 1),
      fates.find(({ retryAfter }) => retryAfter !== undefined)?.retryAfter ?? '–',
      each('late'),
      each('unsent'),
      String(fates.reduce((sum, { broken, otherwise }) => sum + broken + otherwise, 0)),
      mib,
    ];
  });
  return [first, ...others];
}

type NumberOf<T> = { [K in keyof T]: T[K] extends number ? K : never }[keyof T] & keyof T;

const good = (rounds: readonly Round[], index: number) =>
  rounds.map(({ fates }) => fates[index]!.goodPerSecond);

function findings({ name }: Kind, rounds: readonly Round[]): Finding[] {
  const peaks = rounds.map(({ peak }) => peak);
  return TIMES.map((times, index) =>
    atLeast(
      `${name}: good answers of the peak at ${times} times the rate`,
      0.9,
      ratio(good(rounds, index), peaks),
    ),
  );
}
