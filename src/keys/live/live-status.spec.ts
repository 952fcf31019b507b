import { describe, expect, it } from 'vitest';
import type { KeyState } from '../pool/pool-state.js';
import type { StoredStatus } from '../rows/key-row.js';
import { liveStatus } from './live-status.js';

const NOW = 1_000;
const row = (status: StoredStatus, until: number | null = null) => ({ status, reason: 'stored', until });
const state = (parts: Partial<KeyState>): KeyState => ({
  keyId: 'k',
  status: 'free',
  models: [],
  inFlight: 0,
  usage: [],
  ...parts,
});
const rest = (model: string, status: 'cooling' | 'exhausted', until: number) => ({
  model,
  status,
  reason: `${model} rests`,
  until,
  streak: 1,
});

describe('liveStatus', () => {
  it.each([
    [
      'a person has the last word',
      row('disabled'),
      state({ status: 'cooling', until: 5_000 }),
      true,
      'disabled',
      null,
    ],
    [
      'what cannot be read is invalid',
      row('active'),
      state({ status: 'invalid' }),
      false,
      'invalid',
      'undecryptable',
    ],
    ['the row knows invalid keys', row('invalid'), state({}), true, 'invalid', 'stored'],
    [
      'the pool may know sooner',
      row('active'),
      state({ status: 'invalid', reason: 'x' }),
      true,
      'invalid',
      'x',
    ],
    [
      'the pool knows who rests',
      row('active'),
      state({ status: 'cooling', reason: 'r' }),
      true,
      'cooling',
      'r',
    ],
    ['and who came back', row('exhausted', 5_000), state({}), true, 'active', null],
    ['the row speaks for the pool', row('exhausted', 5_000), undefined, true, 'exhausted', 'stored'],
    ['until the rest is over', row('exhausted', NOW), undefined, true, 'active', null],
  ] as const)('%s', (_, stored, live, readable, status, reason) => {
    expect(liveStatus(stored, live, readable, NOW)).toMatchObject({ status, reason, models: [] });
  });

  it('tells the gravest rest of single models, and which they are', () => {
    const models = [rest('a', 'cooling', 2_000), rest('b', 'exhausted', 1_500), rest('over', 'cooling', NOW)];
    const live = liveStatus(row('active'), state({ models }), true, NOW);
    expect(live).toMatchObject({ status: 'exhausted', reason: 'b rests', until: 1_500 });
    expect(live.models.map(({ model }) => model)).toEqual(['a', 'b']);
  });

  it('names no models where the whole key rests', () => {
    const models = [rest('a', 'cooling', 2_000)];
    expect(
      liveStatus(row('active'), state({ status: 'cooling', until: 3_000, models }), true, NOW).models,
    ).toEqual([]);
  });
});
