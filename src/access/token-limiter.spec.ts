import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../kernel/clock.js';
import { KeywheelError } from '../kernel/errors.js';
import type { AccessToken, TokenLimits } from './access-token.js';
import { TokenLimiter } from './token-limiter.js';

const NOON = Date.parse('2026-11-21T12:00:00Z');
const clock = new ManualClock();
let limiter: TokenLimiter;

beforeEach(() => {
  clock.set(NOON);
  limiter = new TokenLimiter(clock);
});

const tokenWith = (limits: TokenLimits): AccessToken => ({
  id: 't',
  name: 't',
  role: 'client',
  scopes: {},
  limits,
});

function refusal(token: AccessToken, tokens = 0): KeywheelError | undefined {
  try {
    limiter.reserve(token, tokens);
    return undefined;
  } catch (error) {
    if (error instanceof KeywheelError) return error;
    throw error;
  }
}

describe('the limits of a token', () => {
  it('lets no more calls through a minute than rpm, and says when the next may come', () => {
    const token = tokenWith({ rpm: 2 });
    expect([refusal(token), refusal(token)]).toEqual([undefined, undefined]);
    const refused = refusal(token);
    expect(refused).toMatchObject({ code: 'token_limit', status: 429 });
    const wait = refused?.retryAfterMs ?? 0;
    expect(wait).toBeGreaterThanOrEqual(60_000);
    expect(wait).toBeLessThan(62_000);
    clock.advance(wait);
    expect(refusal(token)).toBeUndefined();
  });

  it('corrects tpm by what a call really took', () => {
    const token = tokenWith({ tpm: 100 });
    const first = limiter.reserve(token, 90);
    expect(refusal(token, 20)).toBeDefined();
    limiter.settle(first, { tokens: 30 });
    const second = limiter.reserve(token, 20);
    limiter.settle(second, { tokens: 70 });
    expect(refusal(token, 1)).toBeDefined();
  });

  it('lets a call above tpm pass when nothing else was used', () => {
    const token = tokenWith({ tpm: 100 });
    expect(refusal(token, 500)).toBeUndefined();
    expect(refusal(token, 1)).toBeDefined();
  });

  it('counts the day by UTC, also over a restart', () => {
    const token = tokenWith({ rpd: 3 });
    limiter.restore('t', { spent: 0, day: { day: '2026-11-21', count: 2 } });
    expect(refusal(token)).toBeUndefined();
    expect(refusal(token)?.retryAfterMs).toBe(12 * 3_600_000);
    clock.advance(12 * 3_600_000);
    expect(refusal(token)).toBeUndefined();
  });

  it('frees a slot of concurrency once, however often it is settled', () => {
    const token = tokenWith({ concurrency: 2 });
    const first = limiter.reserve(token, 0);
    limiter.reserve(token, 0);
    expect(refusal(token)?.retryAfterMs).toBe(1_000);
    limiter.settle(first, {});
    limiter.settle(first, {});
    expect(refusal(token)).toBeUndefined();
    expect(refusal(token)).toBeDefined();
  });

  it('ends with the budget, and promises no time', () => {
    const token = tokenWith({ budget: 1 });
    limiter.restore('t', { spent: 0.5, day: null });
    limiter.settle(limiter.reserve(token, 0), { cost: 0.5 });
    expect(refusal(token)).toMatchObject({ code: 'token_limit', retryAfterMs: undefined });
  });

  it('takes nothing of the one limit where another refuses', () => {
    const token = tokenWith({ rpm: 10, concurrency: 1 });
    limiter.reserve(token, 0);
    for (let i = 0; i < 20; i++) expect(refusal(token)?.retryAfterMs).toBe(1_000);
    expect(limiter.usageOf('t').requests.used(clock.now())).toBe(1);
  });

  it('never exceeds rpm or concurrency, whatever happens in which order', () => {
    const step = fc.oneof(
      fc.constant({ settle: false, wait: 0 }),
      fc.constant({ settle: true, wait: 0 }),
      fc.integer({ min: 1, max: 30_000 }).map((wait) => ({ settle: false, wait })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        clock.set(NOON);
        limiter = new TokenLimiter(clock);
        const token = tokenWith({ rpm: 5, concurrency: 3 });
        const begun: number[] = [];
        const open: ReturnType<TokenLimiter['reserve']>[] = [];
        for (const { settle, wait } of steps) {
          clock.advance(wait);
          const done = settle ? open.shift() : undefined;
          if (done) limiter.settle(done, {});
          try {
            open.push(limiter.reserve(token, 0));
            begun.push(clock.now());
          } catch (error) {
            expect(error).toMatchObject({ code: 'token_limit' });
          }
          expect(open.length).toBeLessThanOrEqual(3);
          expect(begun.filter((at) => at > clock.now() - 60_000).length).toBeLessThanOrEqual(5);
        }
      }),
    );
  });
});

describe('what is written down', () => {
  it('tells each change once, and again when it could not be written', () => {
    const token = tokenWith({ rpd: 10 });
    limiter.settle(limiter.reserve(token, 0), { cost: 0.25 });
    const [delta, ...more] = limiter.takeDeltas();
    expect(more).toEqual([]);
    expect(delta).toEqual({ tokenId: 't', spent: 0.25, calls: 1, day: '2026-11-21', lastUsedAt: NOON });
    expect(limiter.takeDeltas()).toEqual([]);
    if (delta) limiter.putBack([delta]);
    expect(limiter.takeDeltas()).toEqual([delta]);
  });

  it('keeps lastUsedAt to the minute', () => {
    const token = tokenWith({});
    const use = () => limiter.settle(limiter.reserve(token, 0), {});
    use();
    expect(limiter.takeDeltas()).toHaveLength(1);
    clock.advance(59_999);
    use();
    expect(limiter.takeDeltas()).toEqual([]);
    clock.advance(1);
    use();
    expect(limiter.takeDeltas()).toHaveLength(1);
  });
});
