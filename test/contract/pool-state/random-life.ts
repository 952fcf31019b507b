import fc from 'fast-check';
import { expect } from 'vitest';
import type { KeyEffect, Verdict } from '../../../src/kernel/verdict.js';
import { type PoolKey, ROTATIONS } from '../../../src/keys/pool/pool-state.js';
import { type CreateState, Driver, OK } from './driver.js';
import { NaiveModel } from './naive-model.js';

const MODELS = [undefined, 'm-1', 'm-2', 'n'] as const;
const model = fc.constantFrom(...MODELS);

const limit = fc.record(
  {
    models: fc.constantFrom(undefined, 'm-*', 'n'),
    rpm: fc.integer({ min: 1, max: 6 }),
    tpm: fc.integer({ min: 1, max: 300 }),
    rpd: fc.integer({ min: 3, max: 30 }),
    concurrency: fc.integer({ min: 1, max: 4 }),
  },
  { requiredKeys: [] },
);

const limits = fc.uniqueArray(limit, { maxLength: 2, selector: ({ models }) => models ?? '*' });

const keyShape = fc.record(
  {
    weight: fc.integer({ min: 1, max: 10 }),
    priority: fc.integer({ min: 0, max: 2 }),
    quotaGroup: fc.constantFrom('g', 'h'),
    limits,
  },
  { requiredKeys: ['weight', 'priority', 'limits'] },
);

const effect = fc.record(
  {
    to: fc.constantFrom<KeyEffect['to']>('cooling', 'cooling', 'exhausted', 'invalid'),
    share: fc.constantFrom<KeyEffect['share']>('key', 'group'),
    models: fc.constantFrom<KeyEffect['models']>('this', 'all'),
    hint: fc.integer({ min: -1000, max: 90_000 }),
    confirm: fc.boolean(),
  },
  { requiredKeys: ['to', 'share', 'models'] },
);

const outcome = fc.oneof(
  { weight: 6, arbitrary: fc.constant<'ok'>('ok') },
  {
    weight: 1,
    arbitrary: fc.constantFrom<'caller' | 'upstream' | 'unknown'>('caller', 'upstream', 'unknown'),
  },
  { weight: 2, arbitrary: effect },
);

const index = fc.nat({ max: 1000 });

const command = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('lend' as const),
      model,
      tokens: fc.nat({ max: 120 }),
      tried: fc.array(index, { maxLength: 2 }),
      soundOnly: fc.nat({ max: 9 }),
      prefer: fc.option(index, { nil: undefined }),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      index,
      outcome,
      tokens: fc.option(fc.nat({ max: 200 }), { nil: undefined }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.oneof(fc.nat({ max: 2000 }), fc.nat({ max: 70_000 }), fc.nat({ max: 3_600_000 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('waitForReturn' as const), model }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('put' as const),
      index,
      out: fc.constantFrom(undefined, 'disabled' as const, 'invalid' as const),
      weight: fc.integer({ min: 1, max: 10 }),
      priority: fc.integer({ min: 0, max: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), index }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lift' as const), index }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('rest' as const), index, model, ms: fc.nat({ max: 100_000 }) }),
  },
);

type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

export const life = fc.record({
  rotation: fc.constantFrom(...ROTATIONS),
  limits,
  keys: fc.array(keyShape, { minLength: 1, maxLength: 8 }),
  commands: fc.array(command, { minLength: 20, maxLength: 150 }),
});

type Life = typeof life extends fc.Arbitrary<infer T> ? T : never;

/** Lives a random life and checks each answer against the naive model. */
export class RandomLife {
  private readonly rules;
  private readonly declared: PoolKey[];
  private readonly model: NaiveModel;

  private constructor(
    private readonly pool: Driver,
    { rotation, limits, keys }: Life,
  ) {
    this.rules = { rotation, limits, dayZone: 'America/Los_Angeles' };
    this.declared = keys.map((shape, at) => ({ id: `k${at}`, ...shape }));
    this.model = new NaiveModel(this.rules);
  }

  static async run(create: CreateState, life: Life): Promise<void> {
    let seed = 42;
    const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    const run = new RandomLife(new Driver(create(random)), life);
    await run.pool.rules(run.rules);
    for (const key of run.declared) await run.put(key);
    for (const command of life.commands) {
      await run.carryOut(command);
      await run.checkCounts();
    }
    await run.end();
  }

  private async carryOut(command: Command): Promise<void> {
    const key = 'index' in command ? this.declared[command.index % this.declared.length]! : this.declared[0]!;
    const known = this.model.keys.get(key.id);
    switch (command.do) {
      case 'lend':
        return this.lend(command);
      case 'settle':
        return this.settle(command);
      case 'wait':
        this.pool.now += command.ms;
        return;
      case 'waitForReturn':
        return this.waitForReturn(command.model);
      case 'put':
        return this.put({ ...key, out: command.out, weight: command.weight, priority: command.priority });
      case 'drop':
        this.model.drop(key.id);
        this.refused.delete(key.id);
        this.declaredOut.delete(key.id);
        return this.pool.state.dropKeys('u', [key.id]);
      case 'lift':
        if (known) this.lifted(known);
        return this.pool.state.lift('u', key.id);
      case 'rest': {
        const rest = {
          status: 'cooling' as const,
          reason: 'x',
          until: this.pool.now + command.ms,
          streak: 1,
        };
        if (known) this.model.rested(known, command.model, rest);
        return this.pool.state.rest('u', key.id, command.model, rest);
      }
    }
  }

  private async put(key: PoolKey): Promise<void> {
    const known = this.model.keys.get(key.id);
    const declared = this.declaredOut.get(key.id);
    // A key that a verdict refused stays so until the stored key says invalid, and then that it is none.
    const staysRefused = known?.out === 'invalid' && declared === undefined && key.out === undefined;
    const wasRefused = this.refused.has(key.id) && !(declared === 'invalid' && key.out === undefined);
    if (!wasRefused) this.refused.delete(key.id);
    const out = key.out ?? (staysRefused || wasRefused ? ('invalid' as const) : undefined);
    this.declaredOut.set(key.id, key.out);
    this.model.put({ ...key, out });
    await this.pool.put(key);
  }

  private readonly declaredOut = new Map<string, PoolKey['out']>();
  private readonly refused = new Set<string>();

  private lifted(key: PoolKey): void {
    this.model.lifted(key);
    this.refused.delete(key.id);
    this.model.put({ ...key, out: this.declaredOut.get(key.id) });
  }

  private async lend(command: Extract<Command, { do: 'lend' }>): Promise<void> {
    const { now } = this.pool;
    const tried = new Set(command.tried.map((at) => `k${at % this.declared.length}`));
    const soundOnly = command.soundOnly === 0;
    const prefer = command.prefer === undefined ? undefined : `k${command.prefer % this.declared.length}`;
    const { model, tokens } = command;
    const answer = await this.pool.ask({ model, tokens, tried, soundOnly, prefer });
    if (answer.keyId === undefined) {
      expect(answer.readyAt).toBeGreaterThan(now);
      if (!soundOnly)
        expect(this.model.surelyFree(command.model, command.tokens, now, tried)).toBeUndefined();
      return;
    }
    expect(tried.has(answer.keyId)).toBe(false);
    const key = this.model.keys.get(answer.keyId);
    expect(key).toBeDefined();
    expect(this.model.objection(key!, command.model, command.tokens, now)).toBeUndefined();
    this.model.lent(key!, answer, { model: command.model, tokens: command.tokens, now });
  }

  /** With nobody in flight, waiting as long as the pool says brings a key in the end. */
  private async waitForReturn(model: string | undefined): Promise<void> {
    if (this.model.flights.length > 0) return;
    for (let n = 0; n < 100; n += 1) {
      const answer = await this.pool.ask({ model, tokens: 0 });
      if (answer.keyId !== undefined) {
        await this.pool.settle(answer, { blame: 'unknown', reason: 'x', retry: 'no' }, { unsent: true });
        return;
      }
      if (answer.why !== 'busy') return;
      expect(answer.early).toBe(false);
      expect(answer.readyAt).toBeLessThan(Infinity);
      this.pool.now = answer.readyAt;
    }
    throw new Error('no key ever came back');
  }

  private async settle({ index, outcome, tokens }: Extract<Command, { do: 'settle' }>): Promise<void> {
    const flight = this.model.flights[index % Math.max(1, this.model.flights.length)];
    if (!flight) return;
    const verdict = verdictOf(outcome, this.pool.now);
    const isSure = verdict.effect?.to === 'invalid' && !verdict.effect.confirm;
    if (isSure && this.model.isCurrent(flight)) this.refused.add(flight.key.id);
    this.model.settled(flight, verdict, tokens, this.pool.now);
    await this.pool.settle(flight.grant, verdict, { tokens });
  }

  private async checkCounts(): Promise<void> {
    const states = await this.pool.state.state('u', this.pool.now);
    const counts = await this.pool.state.counts('u', this.pool.now);
    const having = (...status: string[]) => states.filter((state) => status.includes(state.status)).length;
    // A key that rests for itself and with its group counts once, as either.
    const { cooling, exhausted, ...others } = counts;
    expect({ resting: cooling + exhausted, ...others }).toEqual({
      resting: having('cooling', 'exhausted'),
      keys: this.model.keys.size,
      free: having('free'),
      invalid: having('invalid'),
      disabled: having('disabled'),
      inFlight: this.model.flights.length,
    });
  }

  private async end(): Promise<void> {
    for (const { grant } of [...this.model.flights]) await this.pool.settle(grant, OK);
    for (const state of await this.pool.state.state('u', this.pool.now)) {
      expect(state.inFlight).toBe(0);
      for (const usage of state.usage) expect(usage.inFlight ?? 0).toBe(0);
    }
    expect((await this.pool.state.counts('u', this.pool.now)).inFlight).toBe(0);
  }
}

function verdictOf(outcome: Extract<Command, { do: 'settle' }>['outcome'], now: number): Verdict {
  if (outcome === 'ok') return OK;
  if (typeof outcome === 'string') return { blame: outcome, reason: outcome, retry: 'no' };
  const { hint, ...effect } = outcome;
  const until = hint === undefined ? {} : { until: now + hint };
  return { blame: 'quota', reason: 'limited', effect: { ...effect, ...until }, retry: 'next_key' };
}
