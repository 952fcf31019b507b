import { describe, expect, it } from 'vitest';
import { AT_ONCE_MS, type Death, replacementFor } from './replacement.js';

const killed: Death = { code: undefined, livedMs: AT_ONCE_MS, before: 0, wasReady: true, othersServe: true };

describe('the replacement of a worker', () => {
  it.each<[string, Partial<Death>, object]>([
    ['starts at once after a long life', {}, { waitMs: 0, deaths: 0 }],
    ['forgets earlier deaths after a long life', { before: 9 }, { waitMs: 0, deaths: 0 }],
    ['waits after an early death', { livedMs: 5 }, { waitMs: 100, deaths: 1 }],
    ['waits longer after each', { livedMs: 5, before: 3 }, { waitMs: 800, deaths: 4 }],
    ['never waits longer than half a minute', { livedMs: 5, before: 60 }, { waitMs: 30_000, deaths: 61 }],
    [
      'does not count how long a start took',
      { wasReady: false, livedMs: 60_000 },
      { waitMs: 100, deaths: 1 },
    ],
    [
      'goes on while another serves',
      { wasReady: false, code: 78, before: 9 },
      { waitMs: 30_000, deaths: 10 },
    ],
    [
      'goes on when one that served died early',
      { livedMs: 5, before: 9, othersServe: false },
      { deaths: 10 },
    ],
  ])('%s', (_, death, expected) => {
    expect(replacementFor({ ...killed, ...death })).toMatchObject(expected);
  });

  it.each<[string, Partial<Death>, number]>([
    ['the environment is wrong', { code: 78 }, 78],
    ['five starts have failed', { code: 1, before: 4 }, 1],
    ['five starts were killed', { before: 4 }, 1],
    ['five starts ended in silence', { code: 0, before: 4 }, 1],
  ])('is given up where none serves and %s', (_, death, exit) => {
    expect(replacementFor({ ...killed, wasReady: false, othersServe: false, ...death })).toEqual({ exit });
  });
});
