import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Breakers } from './breaker.js';

const UP = 'upstream';
const START = 1_000_000_000_000;

function failed(breakers: Breakers, times: number, now: number, keyId?: string): void {
  for (let i = 0; i < times; i++) breakers.record(UP, false, now, keyId);
}

describe('Breakers', () => {
  it('stay closed below five failures, and without a majority of failures', () => {
    const breakers = new Breakers();
    failed(breakers, 4, START);
    expect(breakers.closedFor(UP, START)).toBeUndefined();
    for (let i = 0; i < 10; i++) breakers.record(UP, true, START);
    failed(breakers, 6, START);
    expect(breakers.state(UP, START)).toBe('closed');
  });

  it('open for a second, let one probe through, and close when it succeeds', () => {
    const breakers = new Breakers();
    const seen: string[] = [];
    breakers.onChange((id, state) => seen.push(`${id} ${state}`));
    failed(breakers, 5, START);
    expect(breakers.state(UP, START)).toBe('open');
    expect(breakers.closedFor(UP, START + 400)).toBe(600);

    const later = START + 1000;
    expect(breakers.state(UP, later)).toBe('half_open');
    expect(breakers.closedFor(UP, later)).toBeUndefined();
    expect(breakers.closedFor(UP, later)).toBeGreaterThan(0);
    breakers.record(UP, true, later + 50);
    expect(breakers.closedFor(UP, later + 50)).toBeUndefined();
    expect(seen).toEqual([`${UP} open`, `${UP} closed`]);
  });

  it('rest longer each time a probe fails, at most 30 s', () => {
    const breakers = new Breakers();
    failed(breakers, 5, START);
    let now = START;
    const rests: number[] = [];
    for (let i = 0; i < 7; i++) {
      const rest = breakers.closedFor(UP, now) ?? 0;
      rests.push(rest);
      now += rest;
      expect(breakers.closedFor(UP, now)).toBeUndefined();
      breakers.record(UP, false, now);
    }
    expect(rests).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  it('take back a probe that asked nobody, and one that was lost', () => {
    const breakers = new Breakers();
    failed(breakers, 5, START);
    const later = START + 1000;
    expect(breakers.closedFor(UP, later)).toBeUndefined();
    breakers.forgo(UP);
    expect(breakers.closedFor(UP, later)).toBeUndefined();
    expect(breakers.closedFor(UP, later)).toBe(5000);
    expect(breakers.closedFor(UP, later + 5000)).toBeUndefined();
  });

  it('do not hear late ends of older attempts while open', () => {
    const breakers = new Breakers();
    failed(breakers, 5, START);
    breakers.record(UP, true, START + 10);
    failed(breakers, 50, START + 20);
    expect(breakers.closedFor(UP, START + 20)).toBe(980);
    breakers.record(UP, true, START + 1500);
    expect(breakers.state(UP, START + 1500)).toBe('half_open');
  });

  it('forget failures after ten seconds', () => {
    const breakers = new Breakers();
    failed(breakers, 4, START);
    failed(breakers, 4, START + 10_000);
    expect(breakers.state(UP, START + 10_000)).toBe('closed');
    failed(breakers, 1, START + 10_000);
    expect(breakers.state(UP, START + 10_000)).toBe('open');
  });

  it('stay closed while a key is known to work, however many others fail', () => {
    const breakers = new Breakers();
    let now = START;
    for (let round = 0; round < 100; round++) {
      breakers.record(UP, true, now, 'good');
      for (let key = 0; key < 9; key++) breakers.record(UP, false, now, `bad-${key}`);
      now += 500;
    }
    expect(breakers.state(UP, now)).toBe('closed');
    breakers.record(UP, false, now, 'good');
    expect(breakers.state(UP, now)).toBe('open');
  });

  it('know that some of many keys work until each that was remembered has failed', () => {
    const breakers = new Breakers();
    for (let key = 0; key < 1000; key++) breakers.record(UP, true, START, `key-${key}`);
    failed(breakers, 2000, START + 1000, 'bad');
    for (let key = 0; key < 63; key++) breakers.record(UP, false, START + 1000, `key-${key}`);
    expect(breakers.state(UP, START + 1000)).toBe('closed');
    breakers.record(UP, false, START + 1000, 'key-63');
    expect(breakers.state(UP, START + 1000)).toBe('open');
  });

  it('know of no key that works after a failure that was of none', () => {
    const breakers = new Breakers();
    breakers.record(UP, true, START, 'good');
    failed(breakers, 4, START + 1000);
    breakers.record(UP, true, START + 1000, 'good');
    failed(breakers, 4, START + 1000, 'bad');
    expect(breakers.state(UP, START + 1000)).toBe('closed');
    failed(breakers, 1, START + 1000);
    expect(breakers.state(UP, START + 1000)).toBe('open');
  });

  it('forget after ten seconds that a key has worked', () => {
    const breakers = new Breakers();
    breakers.record(UP, true, START, 'good');
    failed(breakers, 9, START + 9_000, 'bad');
    expect(breakers.state(UP, START + 9_000)).toBe('closed');
    failed(breakers, 1, START + 10_000, 'bad');
    expect(breakers.state(UP, START + 10_000)).toBe('open');
  });

  it('know nothing of a dropped upstream, nor of another one', () => {
    const breakers = new Breakers();
    failed(breakers, 5, START);
    expect(breakers.state('other', START)).toBe('closed');
    breakers.drop(UP);
    expect(breakers.state(UP, START)).toBe('closed');
  });

  it('never open on good results, let at most one attempt through while open, and always come back', () => {
    const step = fc.record({
      wait: fc.integer({ min: 0, max: 4000 }),
      good: fc.boolean(),
      key: fc.constantFrom('a', 'b', 'c'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const breakers = new Breakers();
        let now = START;
        for (const { wait, good, key } of steps) {
          now += wait;
          const rest = breakers.closedFor(UP, now);
          if (rest !== undefined) {
            expect(rest).toBeGreaterThan(0);
            expect(rest).toBeLessThanOrEqual(30_000);
            continue;
          }
          const probe = breakers.state(UP, now) === 'half_open';
          if (probe) expect(breakers.closedFor(UP, now)).toBeGreaterThan(0);
          breakers.record(UP, good, now, key);
          if (good) expect(breakers.state(UP, now)).toBe('closed');
        }
        now += 30_000;
        expect(breakers.closedFor(UP, now)).toBeUndefined();
      }),
    );
  });
});
