import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SystemClock } from '../../../src/kernel/clock.js';
import { KeywheelError } from '../../../src/kernel/errors.js';
import { Secret } from '../../../src/kernel/secret.js';
import { KeyRing } from '../../../src/keys/key-ring.js';
import { KeyPool } from '../../../src/keys/pool/key-pool.js';
import type { Lease, LeaseRequest } from '../../../src/keys/pool/lease.js';
import { MemoryPoolState } from '../../../src/keys/pool/memory-pool-state.js';
import type { PoolKey, PoolState } from '../../../src/keys/pool/pool-state.js';
import { RecordingLog } from '../../../src/logging/log.fixture.js';
import { DelayedPoolState } from './delayed-pool-state.js';
import { CALLER_FAULT, declare, key, limited, OK } from './driver.js';

const ONE_AT_A_TIME = declare({ concurrency: 1 });

class House {
  readonly ring = new KeyRing();
  readonly log = new RecordingLog();
  readonly pool: KeyPool;

  private constructor(readonly state: PoolState) {
    this.pool = new KeyPool(state, this.ring, new SystemClock(), this.log);
  }

  static async of(state: PoolState, ...keys: PoolKey[]): Promise<House> {
    const house = new House(state);
    for (const { id } of keys) house.ring.set(id, new Secret(`secret of ${id}`));
    await state.setRules('u', { rotation: 'round_robin', limits: [], dayZone: 'UTC' });
    await state.putKeys('u', keys);
    return house;
  }

  request(more: Partial<LeaseRequest> = {}): LeaseRequest {
    return { upstreamId: 'u', tokens: 1, tried: new Set(), waitUntil: Date.now() + 10_000, ...more };
  }

  async lease(more: Partial<LeaseRequest> = {}): Promise<Lease> {
    return this.pool.lease(this.request(more));
  }

  /** A call that waits: what became of it is told by `outcomes` in the order in which it came. */
  waits(name: string, outcomes: string[], more: Partial<LeaseRequest> = {}): void {
    this.lease(more).then(
      (lease) => outcomes.push(`${name} got ${lease.keyId}`),
      (error: unknown) => outcomes.push(`${name} ${(error as KeywheelError).code}`),
    );
  }

  async fails(more: Partial<LeaseRequest> = {}): Promise<KeywheelError> {
    const outcome = await this.lease(more).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(KeywheelError);
    return outcome as KeywheelError;
  }
}

const settled = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-16T20:00:00Z') });
});

afterEach(() => {
  vi.useRealTimers();
});

describe.each<[string, () => PoolState]>([
  ['in memory', () => new MemoryPoolState(() => 0)],
  ['answering later', () => new DelayedPoolState(new MemoryPoolState(() => 0), Math.random)],
])('key pool over a state %s', (_, create) => {
  it('lends a key with its secret, and takes it back', async () => {
    const house = await House.of(create(), key('a', ONE_AT_A_TIME));
    const lease = await house.lease();
    expect(lease).toMatchObject({ keyId: 'a', waitedMs: 0 });
    expect(lease.secret?.reveal()).toBe('secret of a');
    house.pool.settle(lease, OK, 5);
    expect((await house.lease()).keyId).toBe('a');
  });

  it('lets calls wait in order of arrival, and newcomers behind them', async () => {
    const house = await House.of(create(), key('a', ONE_AT_A_TIME));
    const first = await house.lease();
    const outcomes: string[] = [];
    for (const name of ['one', 'two', 'three']) {
      house.waits(name, outcomes);
      await settled();
    }
    expect(house.pool.waiting('u')).toBe(3);
    await vi.advanceTimersByTimeAsync(500);
    house.pool.settle(first, OK);
    house.waits('late', outcomes);
    await settled();
    expect(outcomes).toEqual(['one got a']);
    expect(house.pool.waiting('u')).toBe(3);
  });

  it('tells how long a call waited', async () => {
    const house = await House.of(create(), key('a', ONE_AT_A_TIME));
    const first = await house.lease();
    const waiting = house.lease();
    await vi.advanceTimersByTimeAsync(1234);
    house.pool.settle(first, OK);
    expect((await waiting).waitedMs).toBe(1234);
  });

  it('waits for the soonest rest to end, half-open one by one', async () => {
    const house = await House.of(create(), key('a'));
    house.pool.settle(await house.lease(), limited({ until: Date.now() + 2000 }));
    const outcomes: string[] = [];
    house.waits('one', outcomes);
    house.waits('two', outcomes);
    await vi.advanceTimersByTimeAsync(1999);
    expect(outcomes).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(outcomes).toEqual(['one got a']);
  });

  it('leaves in time with 429 and the time of the soonest', async () => {
    const house = await House.of(create(), key('a', ONE_AT_A_TIME), key('b'));
    await house.lease();
    house.pool.settle(await house.lease({ only: 'b' }), limited({ until: Date.now() + 25_000 }));
    const failing = house.fails();
    await vi.advanceTimersByTimeAsync(9_999);
    expect(house.pool.waiting('u')).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    const error = await failing;
    expect(error).toMatchObject({ code: 'no_key_free', status: 429, retryAfterMs: 15_000 });
    expect(error.message).toContain('Of 2 keys: 1 cooling');
    expect(house.pool.waiting('u')).toBe(0);
  });

  it('does not wait in vain', async () => {
    const house = await House.of(create(), key('a'));
    house.pool.settle(await house.lease(), limited({ to: 'exhausted', until: Date.now() + 3_600_000 }));
    expect(await house.fails()).toMatchObject({ code: 'no_key_free', retryAfterMs: 3_600_000 });
    expect(await house.fails({ waitUntil: 0 })).toMatchObject({ code: 'no_key_free' });
    expect(await house.fails({ upstreamId: 'nobody' })).toMatchObject({ retryAfterMs: 60_000 });
    expect(house.pool.waiting('u')).toBe(0);
  });

  it('waits although the soonest rest is too long, where a call in flight may end before', async () => {
    const house = await House.of(create(), key('a', declare({ tpm: 100 })));
    const first = await house.lease({ tokens: 90 });
    const outcomes: string[] = [];
    house.waits('one', outcomes, { tokens: 50 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(outcomes).toEqual([]);
    house.pool.settle(first, OK, 10);
    await settled();
    expect(outcomes).toEqual(['one got a']);
  });

  it('a client that leaves is taken out of the line, and no slot is lost', async () => {
    const house = await House.of(create(), key('a', ONE_AT_A_TIME));
    const first = await house.lease();
    const outcomes: string[] = [];
    const leaving = new AbortController();
    house.waits('one', outcomes, { signal: leaving.signal });
    house.waits('two', outcomes);
    await settled();
    leaving.abort();
    await settled();
    expect(outcomes).toEqual(['one client_gone']);
    house.pool.settle(first, OK);
    await settled();
    expect(outcomes).toEqual(['one client_gone', 'two got a']);
    expect(await house.fails({ signal: AbortSignal.abort() })).toMatchObject({ code: 'client_gone' });
  });

  it('a client that leaves while the state is asked gets no key, and no slot is lost', async () => {
    const house = await House.of(create(), key('a', ONE_AT_A_TIME));
    const first = await house.lease();
    const leaving = new AbortController();
    const outcomes: string[] = [];
    house.waits('one', outcomes, { signal: leaving.signal });
    await settled();
    house.pool.settle(first, OK);
    leaving.abort();
    await settled();
    if (outcomes[0] === 'one client_gone') expect((await house.lease()).keyId).toBe('a');
    else expect(outcomes).toEqual(['one got a']);
  });

  it('waits for a key that it has tried, once it comes back from its rest', async () => {
    const house = await House.of(create(), key('a'), key('b'));
    const tried = new Set<string>();
    for (let n = 0; n < 2; n += 1) {
      const lease = await house.lease({ tried });
      tried.add(lease.keyId);
      house.pool.settle(lease, limited({ until: Date.now() + 1000 }));
    }
    const outcomes: string[] = [];
    house.waits('again', outcomes, { tried });
    await vi.advanceTimersByTimeAsync(1000);
    expect(outcomes).toEqual(['again got a']);
  });

  it('does not wait for keys that it has tried and that do not rest', async () => {
    const house = await House.of(create(), key('a'));
    const error = await house.fails({ tried: new Set(['a']) });
    expect(error.message).toContain('was tried');
  });

  it('a call that has tried all keys does not hold up those behind it', async () => {
    const house = await House.of(create(), key('a', ONE_AT_A_TIME), key('b', ONE_AT_A_TIME));
    const held = [await house.lease(), await house.lease()];
    const outcomes: string[] = [];
    house.waits('picky', outcomes, { tried: new Set(['a']) });
    await settled();
    house.waits('plain', outcomes);
    await settled();
    house.pool.settle(
      held.find(({ keyId }) => keyId === 'a')!,
      OK,
    );
    await settled();
    expect(outcomes).toEqual(['plain got a']);
    house.pool.settle(
      held.find(({ keyId }) => keyId === 'b')!,
      OK,
    );
    await settled();
    expect(outcomes).toEqual(['plain got a', 'picky got b']);
  });

  it('a call that waits for one model or one key does not hold up others', async () => {
    const house = await House.of(create(), key('a'), key('b', ONE_AT_A_TIME));
    house.pool.settle(
      await house.lease({ model: 'm', only: 'a' }),
      limited({ models: 'this', until: Date.now() + 5000 }),
    );
    await house.lease({ only: 'b' });
    const outcomes: string[] = [];
    house.waits('m', outcomes, { model: 'm' });
    house.waits('pinned', outcomes, { only: 'b' });
    await settled();
    expect((await house.lease({ model: 'n' })).keyId).toBe('a');
    expect((await house.lease()).keyId).toBe('a');
    expect(outcomes).toEqual([]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(outcomes).toEqual(['m got a']);
  });

  it('hears of keys that are added and lifted', async () => {
    const house = await House.of(create(), key('a', ONE_AT_A_TIME));
    await house.lease();
    const outcomes: string[] = [];
    house.waits('one', outcomes);
    await settled();
    house.ring.set('b', new Secret('b'));
    await house.state.putKeys('u', [key('b')]);
    await settled();
    expect(outcomes).toEqual(['one got b']);
  });

  it('never lends a key whose secret is not at hand, and holds none of its limits', async () => {
    const house = await House.of(create(), key('a', declare({ rpm: 1 })), key('b'), key('c'));
    house.ring.delete('a');
    house.ring.delete('c');
    for (let n = 0; n < 4; n += 1) {
      const lease = await house.lease();
      expect(lease.keyId).toBe('b');
      house.pool.settle(lease, OK);
    }
    const [a] = await house.state.state('u', Date.now(), ['a']);
    expect(a).toMatchObject({ reason: 'secret_missing', inFlight: 0, usage: [{ rpm: 0 }] });
    house.ring.set('a', new Secret('a'));
    await vi.advanceTimersByTimeAsync(5000);
    expect((await house.lease({ only: 'a' })).keyId).toBe('a');
  });

  it('fails in the end where no secret is at hand at all', async () => {
    const house = await House.of(create(), ...Array.from({ length: 250 }, (_, n) => key(`k${n}`)));
    for (let n = 0; n < 250; n += 1) house.ring.delete(`k${n}`);
    expect(await house.fails({ waitUntil: Date.now() + 10 })).toMatchObject({ code: 'no_key_free' });
  });

  it('a wait may be longer than a minute', async () => {
    const house = await House.of(create(), key('a'));
    house.pool.settle(await house.lease(), limited({ until: Date.now() + 150_000 }));
    const outcomes: string[] = [];
    house.waits('patient', outcomes, { waitUntil: Date.now() + 200_000 });
    await vi.advanceTimersByTimeAsync(149_000);
    expect(outcomes).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(outcomes).toEqual(['patient got a']);
  });

  it('tells those who are too many to come again', async () => {
    const house = await House.of(create(), key('a', ONE_AT_A_TIME));
    await house.lease();
    const outcomes: string[] = [];
    for (let n = 0; n < 10_000; n += 1) house.waits('one', outcomes);
    await settled();
    expect(house.pool.waiting('u')).toBe(10_000);
    expect(await house.fails()).toMatchObject({ code: 'no_key_free' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(outcomes).toHaveLength(10_000);
    expect(house.pool.waiting('u')).toBe(0);
  });

  it('settling never throws, a lease without a key included', async () => {
    const house = await House.of(create(), key('a'));
    house.pool.settle({ keyId: '', secret: undefined, grant: undefined, waitedMs: 0 }, OK);
    const lease = await house.lease();
    house.state.settle = () => {
      throw new Error('broken');
    };
    house.pool.settle(lease, CALLER_FAULT);
    house.state.settle = () => Promise.reject(new Error('broken later'));
    house.pool.settle(lease, CALLER_FAULT);
    await settled();
    expect(house.log.lines.filter(({ level }) => level === 'error')).toHaveLength(2);
    expect(JSON.stringify(house.log.lines)).not.toContain('secret of');
  });

  it('a state that breaks fails the calls that wait, and serves the next', async () => {
    const house = await House.of(create(), key('a', ONE_AT_A_TIME));
    const first = await house.lease();
    const waiting = house.lease().catch((error: unknown) => error);
    await settled();
    const acquire = house.state.acquire.bind(house.state);
    house.state.acquire = () => Promise.reject(new Error('broken'));
    house.pool.settle(first, OK);
    await settled();
    expect(await waiting).toMatchObject({ message: 'broken' });
    house.state.acquire = acquire;
    expect((await house.lease()).keyId).toBe('a');
  });

  it('says whom the next call would get', async () => {
    const house = await House.of(create(), key('a'), key('b'));
    expect(await house.pool.free('u')).toEqual({ keyId: 'a' });
    expect(house.pool.isEmpty('u')).toBe(false);
    expect(house.pool.isEmpty('nobody')).toBe(true);
  });

  it('serves everyone in the end, never too many at once, whatever the order of events', async () => {
    const calls = fc.array(
      fc.record({
        at: fc.nat({ max: 300 }),
        takes: fc.nat({ max: 50 }),
        leavesAfter: fc.option(fc.nat({ max: 100 })),
      }),
      { minLength: 1, maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(calls, fc.integer({ min: 1, max: 3 }), async (calls, room) => {
        const house = await House.of(
          create(),
          key('a', declare({ concurrency: room })),
          key('b', ONE_AT_A_TIME),
        );
        const inUse = new Map<string, number>();
        let open = 0;
        const one = async ({ at, takes, leavesAfter }: (typeof calls)[number]) => {
          await new Promise((resolve) => setTimeout(resolve, at));
          const leaving = new AbortController();
          if (leavesAfter !== null) setTimeout(() => leaving.abort(), leavesAfter);
          open += 1;
          try {
            const lease = await house.lease({ signal: leaving.signal, waitUntil: Date.now() + 60_000 });
            const now = (inUse.get(lease.keyId) ?? 0) + 1;
            inUse.set(lease.keyId, now);
            expect(now).toBeLessThanOrEqual(lease.keyId === 'a' ? room : 1);
            await new Promise((resolve) => setTimeout(resolve, takes));
            inUse.set(lease.keyId, (inUse.get(lease.keyId) ?? 0) - 1);
            house.pool.settle(lease, OK);
          } catch (error) {
            expect(error).toMatchObject({ code: 'client_gone' });
          }
          open -= 1;
        };
        const all = Promise.all(calls.map(one));
        await vi.advanceTimersByTimeAsync(5_000);
        expect(open).toBe(0);
        await all;
        const states = await house.state.state('u', Date.now());
        expect(states.map(({ inFlight }) => inFlight)).toEqual([0, 0]);
        expect(house.pool.waiting('u')).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe('key pool in memory', () => {
  it('answers in the same turn where a key is free', async () => {
    const house = await House.of(new MemoryPoolState(), key('a'));
    const lease = house.pool.lease(house.request());
    expect(lease).not.toBeInstanceOf(Promise);
    expect((lease as Lease).keyId).toBe('a');
  });

  it('does not look at the signal unless the call has to wait', async () => {
    const house = await House.of(new MemoryPoolState(), key('a'));
    const lazy = Object.defineProperty(house.request(), 'signal', {
      get: () => {
        throw new Error('was read');
      },
    });
    expect((house.pool.lease(lazy) as Lease).keyId).toBe('a');
  });
});
