/*
 * What one lease and its settlement cost, in pools of 10 and 10,000 keys. After `npm run build`:
 * node --expose-gc bench/micro/lease.ts
 */

const { MemoryPoolState } = (await import(
  new URL('../../dist/keys/pool/memory-pool-state.js', import.meta.url).href
)) as typeof import('../../src/keys/pool/memory-pool-state.js');
type Rules = Parameters<InstanceType<typeof MemoryPoolState>['setRules']>[1];

interface Shape {
  readonly name: string;
  readonly keys: number;
  readonly rules?: Partial<Rules>;
  readonly groups?: number;
  /** How many of the keys are at rest. */
  readonly resting?: number;
  /** Models with a rest of their own, which the calls go through in turn. */
  readonly models?: number;
}

const ROUNDS = 300_000;
const OK = { blame: 'none', reason: 'ok', retry: 'no' } as const;
const LIMITS = [{ rpm: 1e6, tpm: 1e9, rpd: 1e7, concurrency: 50 }];
const NONE = new Set<string>();

const SHAPES: Shape[] = [
  { name: '10 keys', keys: 10 },
  { name: '10 keys, four limits', keys: 10, rules: { limits: LIMITS } },
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
];

function fill({ keys, rules, groups, resting = 0, models = 0 }: Shape) {
  const state = new MemoryPoolState();
  const rest = { status: 'cooling', reason: 'bench', until: Number.MAX_SAFE_INTEGER, streak: 1 } as const;
  state.setRules('u', { rotation: 'round_robin', limits: [], dayZone: 'America/Los_Angeles', ...rules });
  state.putKeys(
    'u',
    Array.from({ length: keys }, (_, n) => ({
      id: `k${n}`,
      weight: 1 + (n % 3),
      priority: 0,
      limits: [],
      ...(groups && { quotaGroup: `g${n % groups}` }),
    })),
  );
  for (let n = 0; n < resting; n += 1) state.rest('u', `k${(2 * n) % keys}`, undefined, rest);
  for (let n = 0; n < models; n += 1) state.rest('u', 'k0', `m${n}`, rest);
  return state;
}

function run(state: ReturnType<typeof fill>, models: number, rounds: number): number {
  let now = Date.now();
  const began = performance.now();
  for (let n = 0; n < rounds; n += 1) {
    if (n % 100 === 0) now += 1;
    const model = `m${models > 0 ? n % models : 0}`;
    const grant = state.acquire({ upstreamId: 'u', model, tokens: 100, tried: NONE, now });
    if (grant.keyId !== undefined) state.settle(grant, { verdict: OK, tokens: 90, now });
  }
  return ((performance.now() - began) * 1000) / rounds;
}

const memory = () => {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
};

const rows = SHAPES.map((shape) => {
  const before = memory();
  const state = fill(shape);
  run(state, shape.models ?? 0, ROUNDS / 3);
  const micros = [1, 2, 3].map(() => run(state, shape.models ?? 0, ROUNDS)).sort((a, b) => a - b)[1]!;
  return {
    pool: shape.name,
    'µs a lease and settlement': micros.toFixed(2),
    MiB: (memory() - before).toFixed(1),
  };
});
console.table(rows);
