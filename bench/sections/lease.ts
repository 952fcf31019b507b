import { built } from '../machine/built.ts';
import { heldMib } from '../machine/garbage.ts';
import { median, ratio } from '../report/numbers.ts';
import { atMost, type Effort, type Section } from '../report/section.ts';

type State = InstanceType<typeof import('../../src/keys/pool/memory-pool-state.js').MemoryPoolState>;
type Rules = Parameters<State['setRules']>[1];

interface Shape {
  readonly name: string;
  readonly keys: number;
  readonly rules?: Partial<Rules>;
  readonly groups?: number;
  /** How many of the keys are at rest. */
  readonly resting?: number;
  /** Models that the calls go through in turn. */
  readonly models?: number;
  /** Half of the keys rest for each of the models. */
  readonly modelRests?: boolean;
}

const TIMES = 200_000;
const OK = { blame: 'none', reason: 'ok', retry: 'no' } as const;
const LIMITS = [{ rpm: 1e6, tpm: 1e9, rpd: 1e7, concurrency: 50 }];
const NONE = new Set<string>();
const REST = { status: 'cooling', reason: 'bench', until: Number.MAX_SAFE_INTEGER, streak: 1 } as const;

const SHAPES: readonly Shape[] = [
  { name: '10 keys', keys: 10 },
  { name: '10 keys, four limits', keys: 10, rules: { limits: LIMITS } },
  { name: '10 keys, four limits, half at rest', keys: 10, rules: { limits: LIMITS }, resting: 5 },
  { name: '1,000 keys, four limits, half at rest', keys: 1000, rules: { limits: LIMITS }, resting: 500 },
  { name: '10,000 keys', keys: 10_000 },
  { name: '10,000 keys, four limits', keys: 10_000, rules: { limits: LIMITS } },
  { name: '10,000 keys, four limits, half at rest', keys: 10_000, rules: { limits: LIMITS }, resting: 5000 },
  { name: '10,000 keys in 100 groups, four limits', keys: 10_000, rules: { limits: LIMITS }, groups: 100 },
  {
    name: '10,000 keys, least_in_flight',
    keys: 10_000,
    rules: { limits: LIMITS, rotation: 'least_in_flight' },
  },
  { name: '10,000 keys, random', keys: 10_000, rules: { limits: LIMITS, rotation: 'random' } },
  { name: '10,000 keys, all full', keys: 10_000, rules: { limits: [{ rpm: 5 }] } },
  { name: '10,000 keys, 50 models', keys: 10_000, rules: { limits: LIMITS }, models: 50 },
  {
    name: '10,000 keys, 50 models, half at rest in each',
    keys: 10_000,
    rules: { limits: LIMITS },
    models: 50,
    modelRests: true,
  },
];

/** What one lease and its settlement cost in the memory of one process, by size and shape of the pool. */
export async function lease({ rounds, tell }: Effort): Promise<Section> {
  const { MemoryPoolState } = await built<typeof import('../../src/keys/pool/memory-pool-state.js')>(
    'keys/pool/memory-pool-state.js',
  );
  const found = SHAPES.map((shape) => {
    tell(shape.name);
    const before = heldMib();
    const state = filled(new MemoryPoolState(), shape);
    timed(state, shape);
    const micros = Array.from({ length: Math.max(3, rounds) }, () => timed(state, shape));
    return { micros: median(micros), mib: heldMib() - before };
  });
  const change = [10, 10_000].map((keys) => changed(new MemoryPoolState(), keys));
  const flat = flatness(new MemoryPoolState(), new MemoryPoolState(), Math.max(5, rounds));
  const at = (name: string) => found[SHAPES.findIndex((shape) => shape.name === name)]!;
  return {
    title: 'A lease and its settlement, in memory',
    head: ['pool', 'µs', 'MiB'],
    rows: SHAPES.map(({ name }, index) => [
      name,
      found[index]!.micros.toFixed(2),
      found[index]!.mib.toFixed(1),
    ]),
    findings: [
      atMost('time of 10,000 keys by that of 10, four limits, half at rest,', 1.05, flat),
      atMost('µs of a change of one key of 10,000', 100, change[1]!, 1),
      atMost('MiB of 10,000 keys with 50 models', 100, at('10,000 keys, 50 models').mib, 1),
      atMost('MiB of the same with half of them at rest in each model', 100, found.at(-1)!.mib, 1),
    ],
    notes: [`a change of one key: ${change[0]!.toFixed(1)} µs of 10, ${change[1]!.toFixed(1)} µs of 10,000`],
  };
}

function filled(state: State, { keys, rules, groups, resting = 0, models = 0, modelRests }: Shape): State {
  void state.setRules('u', { rotation: 'round_robin', limits: [], dayZone: 'America/Los_Angeles', ...rules });
  state.putKeys(
    'u',
    Array.from({ length: keys }, (_, n) => ({ ...key(n), ...(groups && { quotaGroup: `g${n % groups}` }) })),
  );
  for (let n = 0; n < resting; n += 1) state.rest('u', `k${2 * n}`, undefined, REST);
  for (let model = 0; model < models; model += 1) {
    state.rest('u', 'k0', `m${model}`, REST);
    for (let n = 0; modelRests && n < keys; n += 2) state.rest('u', `k${n}`, `m${model}`, REST);
  }
  return state;
}

function key(n: number, weight = 1 + (n % 3)) {
  return { id: `k${n}`, weight, priority: 0, limits: [] };
}

/** The time of a large pool by that of a small one, by turns. */
function flatness(small: State, large: State, rounds: number): number {
  const [few, many] = [10, 10_000].map((keys) => ({
    name: '',
    keys,
    rules: { limits: LIMITS },
    resting: keys / 2,
  }));
  filled(small, few!);
  filled(large, many!);
  const pairs = Array.from({ length: rounds + 1 }, () => [timed(small, few!), timed(large, many!)] as const);
  // The first warms up.
  const kept = pairs.slice(1);
  return ratio(
    kept.map(([, time]) => time),
    kept.map(([time]) => time),
  );
}

/** Microseconds of a change of one key while calls go on. */
function changed(state: State, keys: number): number {
  filled(state, { name: '', keys, rules: { limits: LIMITS } });
  const now = Date.now();
  const times = Array.from({ length: 1000 }, (_, n) => {
    const began = performance.now();
    state.putKeys('u', [key(n % keys, 1 + (n % 5))]);
    const took = performance.now() - began;
    state.acquire({ upstreamId: 'u', model: 'm0', tokens: 100, tried: NONE, now });
    return took * 1000;
  });
  return median(times);
}

/** Microseconds of one. */
function timed(state: State, { models = 0 }: Shape): number {
  let now = Date.now();
  const began = performance.now();
  for (let n = 0; n < TIMES; n += 1) {
    if (n % 100 === 0) now += 1;
    const model = `m${models > 0 ? n % models : 0}`;
    const grant = state.acquire({ upstreamId: 'u', model, tokens: 100, tried: NONE, now });
    if (grant.keyId !== undefined) state.settle(grant, { verdict: OK, tokens: 90, now });
  }
  return ((performance.now() - began) * 1000) / TIMES;
}
