import { describe, expect, it } from 'vitest';
import { KeywheelError } from '../kernel/errors.js';
import type { Verdict } from '../kernel/verdict.js';
import { RetryBudget } from '../upstreams/retry-budget.js';
import type { Upstream } from '../upstreams/upstream.js';
import { Attempts, type Tried } from './attempts.js';
import type { Call } from './call.js';
import type { Plan, Target } from './plan.js';

const BOUNDS = { maxAttempts: 3, maxWaitMs: 10_000, firstByteTimeoutMs: 60_000 };
const KEY_FAULT: Verdict = {
  blame: 'key',
  reason: 'bad',
  effect: { to: 'invalid', share: 'key', models: 'all' },
  retry: 'next_key',
};
const UNSUITED: Verdict = { blame: 'setup', reason: 'forbidden', retry: 'next_key' };
const UPSTREAM_FAULT: Verdict = { blame: 'upstream', reason: 'upstream_error', retry: 'attempt' };
const UNREACHABLE: Verdict = { ...UPSTREAM_FAULT, reason: 'connect_failed', elsewhere: true };
const SILENCE: Verdict = { blame: 'upstream', reason: 'timeout_first_byte', retry: 'attempt' };
const TOO_LONG: Verdict = { blame: 'caller', reason: 'context_too_long', retry: 'no', elsewhere: true };
const CALLER_FAULT: Verdict = { blame: 'caller', reason: 'caller_fault', retry: 'no' };

interface Scene {
  readonly repeatable?: boolean;
  readonly retryUnsafe?: boolean;
  readonly replayable?: boolean;
  readonly targets?: number;
}

function scene({ repeatable = true, retryUnsafe = false, replayable = true, targets = 1 }: Scene = {}) {
  let elapsedMs = 0;
  const call = { startedAt: Date.now(), attempts: 0, elapsedMs: () => elapsedMs } as Call;
  const target = (n: number): Target => ({
    upstream: { id: `u${n}`, retryUnsafe, timeouts: {} } as Upstream,
    model: undefined,
    path: '/',
    body: { length: 1, replayable, forDispatch: () => null },
  });
  const plan = {
    repeatable,
    targets: Array.from({ length: targets }, (_, n) => target(n)),
  } as unknown as Plan;
  const budget = new RetryBudget();
  const attempts = new Attempts(call, plan, budget, BOUNDS);
  const after = (verdict: Verdict, unsent = false, durationMs = 0): boolean => {
    call.attempts++;
    attempts.began();
    elapsedMs += durationMs;
    attempts.add({ target: attempts.target, lease: { keyId: 'k' }, verdict, unsent } as Tried);
    const where = attempts.mayGoOn();
    return where === 'elsewhere' ? attempts.moveOn() : where !== false;
  };
  const stand = (ms: number) => (elapsedMs += ms);
  return { call, attempts, after, stand, budget };
}

const refusal = (retryAfterMs: number) => new KeywheelError('no_key_free', 'none', { retryAfterMs });

describe('Attempts', () => {
  it('goes through any number of keys that are themselves at fault', () => {
    const { after } = scene();
    for (let i = 0; i < 50; i++) expect(after(KEY_FAULT)).toBe(true);
  });

  it('gives up soon where no key seems to do', () => {
    const { after } = scene();
    expect([after(UNSUITED), after(UNSUITED), after(UNSUITED)]).toEqual([true, true, false]);
  });

  it('never repeats what the caller did wrong', () => {
    expect(scene().after(CALLER_FAULT)).toBe(false);
  });

  it('asks any key three times for the upstream’s failures, and from then on only sound ones', () => {
    const { attempts, after } = scene();
    expect([after(UPSTREAM_FAULT), attempts.soundOnly]).toEqual([true, false]);
    expect([after(UPSTREAM_FAULT), attempts.soundOnly]).toEqual([true, false]);
    expect([after(UPSTREAM_FAULT), attempts.soundOnly]).toEqual([true, true]);
  });

  it('ends when the time to wait is over, or after a hundred attempts', () => {
    const late = scene();
    for (let i = 0; i < 3; i++) late.after(UPSTREAM_FAULT);
    late.stand(BOUNDS.maxWaitMs);
    expect(late.after(UPSTREAM_FAULT)).toBe(false);
    const long = scene();
    let tries = 1;
    while (long.after(UPSTREAM_FAULT)) tries++;
    expect(tries).toBe(100);
  });

  it('asks no further keys where no connection can be made, but another upstream', () => {
    const alone = scene();
    const ends = [1, 2, 3].map(() => alone.after(UNREACHABLE, true));
    expect(ends).toEqual([true, true, false]);
    const { attempts, after } = scene({ targets: 2 });
    for (let n = 0; n < 3; n++) expect(after(UNREACHABLE, true)).toBe(true);
    expect(attempts.upstreamId).toBe('u1');
  });

  it('does not wait twice for a connection where there is another upstream', () => {
    const { attempts, after } = scene({ targets: 2 });
    expect([after(UNREACHABLE, true, 5000), attempts.upstreamId]).toEqual([true, 'u1']);
    expect([1, 2, 3].map(() => after(UNREACHABLE, true, 5000))).toEqual([true, true, false]);
  });

  it('goes on when the clock of the system is set', () => {
    const { call, after } = scene();
    for (let i = 0; i < 3; i++) after(UPSTREAM_FAULT);
    (call as { startedAt: number }).startedAt -= 3_600_000;
    expect(after(UPSTREAM_FAULT)).toBe(true);
  });

  it('does not count what attempts take as waiting, but bounds it', () => {
    const { after } = scene();
    const goesOn = (durationMs: number) => after(SILENCE, false, durationMs);
    expect([goesOn(60_000), goesOn(60_000), goesOn(60_000), goesOn(60_000)]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(goesOn(99_000)).toBe(true);
    expect(goesOn(2000)).toBe(false);
  });

  it('is less patient after silence, and anew with another upstream', () => {
    const { attempts, after } = scene({ targets: 2 });
    expect(attempts.patienceMs(10)).toBe(60_000);
    after(SILENCE, false, 60_000);
    expect([attempts.metSilence, attempts.patienceMs(10)]).toEqual([true, 30_000]);
    attempts.moveOn();
    expect([attempts.metSilence, attempts.patienceMs(10)]).toEqual([false, 60_000]);
  });

  it('does not repeat what may have been done, unless a repeat is harmless or surely nothing was sent', () => {
    expect(scene({ repeatable: false }).after(UPSTREAM_FAULT)).toBe(false);
    expect(scene({ repeatable: false }).after(UPSTREAM_FAULT, true)).toBe(true);
    expect(scene({ repeatable: false, retryUnsafe: true }).after(UPSTREAM_FAULT)).toBe(true);
    expect(scene({ replayable: false }).after(KEY_FAULT)).toBe(false);
  });

  it('turns to the next upstream after three failures of the first', () => {
    const { attempts, after } = scene({ targets: 2 });
    for (let i = 0; i < 3; i++) after(UPSTREAM_FAULT);
    expect(attempts.target.upstream.id).toBe('u1');
    expect(attempts.soundOnly).toBe(false);
  });

  it('turns to the next upstream for what only another one can do, and passes on what the last one said', () => {
    const { attempts, after } = scene({ targets: 2 });
    expect(after(TOO_LONG)).toBe(true);
    expect(attempts.upstreamId).toBe('u1');
    expect(after(TOO_LONG)).toBe(false);
    expect(scene({ targets: 2 }).after(CALLER_FAULT)).toBe(false);
  });

  it('turns to the next upstream where no key of the first seems to do, and counts anew there', () => {
    const { attempts, after } = scene({ targets: 2 });
    for (let i = 0; i < 3; i++) expect(after(UNSUITED)).toBe(true);
    expect([attempts.upstreamId, attempts.isFirstHere]).toEqual(['u1', true]);
    expect([after(UNSUITED), after(UNSUITED), after(UNSUITED)]).toEqual([true, true, false]);
  });

  it('asks every upstream before it waits, and waits for the one that may have a key first', () => {
    const { attempts, call } = scene({ targets: 3 });
    const visited: [string, boolean][] = [];
    const ready = [5000, 2000, 9000];
    let last = refusal(0);
    for (const retryAfterMs of [...ready, 2000]) {
      visited.push([attempts.upstreamId, attempts.waitUntil > call.startedAt]);
      last = refusal(retryAfterMs);
      if (!attempts.moveOn(last)) break;
    }
    expect(visited).toEqual([
      ['u0', false],
      ['u1', false],
      ['u2', false],
      ['u1', true],
    ]);
    expect(attempts.moveOn(last)).toBe(false);
    expect(attempts.refusal(refusal(60_000)).retryAfterMs).toBe(2000);
  });

  it('takes room in the retry budget of the upstream that it asks, and none for the first attempt there', async () => {
    const { attempts, after, budget } = scene({ targets: 2 });
    after(UPSTREAM_FAULT);
    await attempts.fitsBudget();
    for (let i = 0; i < 2; i++) budget.retryBegan('u0');
    expect(budget.mayRetry('u0')).toBe(false);
    after(UPSTREAM_FAULT);
    after(UPSTREAM_FAULT);
    expect([attempts.upstreamId, budget.mayRetry('u0'), await attempts.fitsBudget()]).toEqual([
      'u1',
      true,
      true,
    ]);
    attempts.end();
    expect(budget.mayRetry('u1')).toBe(true);
  });

  it('waits for room in the retry budget, and gives its place back', async () => {
    const { attempts, after, budget } = scene();
    expect(after(UPSTREAM_FAULT)).toBe(true);
    for (let i = 0; i < 3; i++) budget.retryBegan('u0');
    let fits: boolean | undefined;
    const waiting = attempts.fitsBudget().then((answer) => (fits = answer));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(fits).toBeUndefined();
    budget.retryEnded('u0');
    await waiting;
    expect(fits).toBe(true);
    expect(budget.mayRetry('u0')).toBe(false);
    attempts.end();
    expect(budget.mayRetry('u0')).toBe(true);
  });

  it('needs no room in the budget for repeats that cannot come in a burst', async () => {
    const { attempts, after, budget } = scene();
    for (let i = 0; i < 3; i++) budget.retryBegan('u0');
    after(SILENCE, false, 100);
    expect(await attempts.fitsBudget()).toBe(true);
    after(UPSTREAM_FAULT, false, 1000);
    expect(await attempts.fitsBudget()).toBe(true);
  });

  it('does not wait for the budget when the client has left, or for failures of keys', async () => {
    const { attempts, after, budget, call } = scene();
    for (let i = 0; i < 3; i++) budget.retryBegan('u0');
    after(KEY_FAULT);
    expect(await attempts.fitsBudget()).toBe(true);
    after(UPSTREAM_FAULT);
    call.stopped = 'gone';
    expect(await attempts.fitsBudget()).toBe(false);
  });
});
