import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../kernel/clock.js';
import { OTHER } from './bounded-names.js';
import { callRecord } from './call-record.fixture.js';
import { type Cell, FAILOVERS, mergeCells, WAITS } from './cell.js';
import { cellsOf } from './counted.js';
import { recorderAt } from './recorder.fixture.js';
import { isFailure, MOST_MODELS, type Recorder } from './recorder.js';

/** Takes what was counted; answers the half that is of keys, in words or not. */
const keysOf = (recorder: Recorder) => cellsOf(recorder.buffer.take()).filter(({ keyId }) => keyId !== '');
/** The other half. */
const callsOf = (recorder: Recorder) => recorder.buffer.take().cells.filter(({ keyId }) => keyId === '');

/** One for each upstream and key, whatever the slice; costs to a millionth. */
const byKey = (cells: readonly Cell[]) =>
  mergeCells(cells, (cell) => ({ ...cell, span: 60, start: 0 }))
    .map((cell) => ({
      ...{ name: `${cell.upstream} ${cell.keyId}`, calls: cell.calls, failures: cell.failures },
      ...{ attempts: cell.attempts, waitedMs: cell.waitedMs, cost: Math.round(cell.cost * 1e6) },
      tokens: [cell.inputTokens, cell.outputTokens, cell.cachedTokens],
      latency: cell.latency.encode(),
      firstByte: cell.firstByte.encode(),
      tallies: cell.tallies.encode().split(',').sort().join(','),
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));

describe('Recorder', () => {
  it('counts a call under model and token, and under its key', () => {
    const { recorder } = recorderAt(new ManualClock(25_000));
    recorder.call(callRecord({ attempts: 3, waitedMs: 40 }));
    recorder.call(callRecord({ status: 502, outcome: 'upstream_broken', firstByteMs: undefined }));

    const [cell, ...keys] = recorder.buffer.take().cells;
    expect(cell).toMatchObject({
      ...{ span: 10, start: 20_000, upstream: 'openai', model: 'gpt-5', keyId: '', tokenId: 'token-1' },
      ...{ calls: 2, failures: 1, attempts: 4, waitedMs: 40, inputTokens: 200, outputTokens: 40 },
    });
    expect(cell!.latency.total()).toBe(2);
    expect(cell!.firstByte.total()).toBe(1);
    expect(cell!.tallies.encode()).toBe(`ok:1,${FAILOVERS}:2,${WAITS}:1,upstream_broken:1,`);

    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatchObject({ keyId: 'key-1', model: '', tokenId: '', calls: 2, attempts: 2 });
    expect(keys[0]!.tallies.encode()).toBe('@ok:2,ok:1,upstream_broken:1,');
  });

  it('blames attempts on the keys that made them', () => {
    const { recorder } = recorderAt();
    const attempt = { upstream: 'openai', keyId: 'key-1', reason: 'rate_limited' };
    recorder.attempt(attempt);
    recorder.attempt(attempt);
    recorder.call(callRecord({ keyId: 'key-2', attempts: 3 }));
    recorder.call(callRecord({ keyId: 'key-3', status: 404, outcome: 'caller_fault', goodAttempt: false }));
    expect(recorder.totals.get('openai')!.attempts.encode()).toBe('@rate_limited:2,@ok:1,');
    const keys = keysOf(recorder);
    expect(keys.map((cell) => [cell.keyId, cell.attempts, cell.tallies.encode()])).toEqual([
      ['key-1', 2, '@rate_limited:2,'],
      ['key-2', 1, '@ok:1,ok:1,'],
      ['key-3', 0, 'caller_fault:1,'],
    ]);
  });

  it('bounds the models that clients name, and begins anew after an hour', () => {
    const clock = new ManualClock(3_600_000);
    const { recorder } = recorderAt(clock);
    for (let i = 0; i < MOST_MODELS + 50; i++) recorder.call(callRecord({ model: `junk-${i}` }));
    const cells = callsOf(recorder);
    expect(cells).toHaveLength(MOST_MODELS + 1);
    expect(cells.at(-1)).toMatchObject({ model: OTHER, calls: 50 });

    clock.advance(3_600_000);
    recorder.call(callRecord({ model: 'gpt-6' }));
    expect(callsOf(recorder)[0]!.model).toBe('gpt-6');
  });

  it('makes names fit for every database', () => {
    const { recorder } = recorderAt();
    recorder.call(callRecord({ model: `a\u0000b\ud800${'x'.repeat(500)}`, outcome: '~odd:1,' }));
    const [cell] = callsOf(recorder);
    expect(cell!.model).toMatch(/^ab\ufffdx+$/);
    expect(cell!.model.length).toBeLessThanOrEqual(200);
    expect(cell!.tallies.encode()).toBe('_odd_1_:1,');
  });

  it('prices calls by the setting in force', () => {
    const { recorder, settings } = recorderAt();
    settings.replace({ ...settings.values, prices: { 'gpt-*': { input: 10, output: 100 } } });
    recorder.call(callRecord({ inputTokens: 1000, outputTokens: 100 }));
    expect(recorder.totals.size).toBe(1);
    settings.replace({ ...settings.values, prices: {} });
    recorder.call(callRecord());
    expect(callsOf(recorder)[0]!.cost).toBeCloseTo(0.02, 10);
  });

  it('hands over at any time what was counted since, and counts many keys by the minute', () => {
    const clock = new ManualClock(0);
    const { recorder } = recorderAt(clock);
    const serve = (keys: number) => {
      for (let i = 0; i < keys; i++) recorder.call(callRecord({ keyId: `key-${i}` }));
      return keysOf(recorder);
    };
    expect(serve(60)).toHaveLength(60);
    clock.set(9_999);
    expect(serve(101)).toHaveLength(101);
    clock.set(10_000);
    expect(serve(101)[0]).toMatchObject({ span: 60, start: 0, calls: 1 });
    clock.set(59_999);
    expect(serve(2)).toMatchObject([
      { span: 60, start: 0, calls: 1 },
      { span: 60, start: 0, calls: 1 },
    ]);
    clock.set(60_000);
    expect(serve(1)[0]).toMatchObject({ span: 60, start: 60_000 });
    clock.set(120_000);
    expect(serve(100)[0]).toMatchObject({ span: 10, start: 120_000 });
    clock.set(130_000);
    expect(serve(1)[0]).toMatchObject({ span: 10, start: 130_000 });
  });

  it('counts the same of many keys, which it puts into words, as of few', () => {
    const call = fc.record({
      keyId: fc.integer({ min: 0, max: 150 }).map((i) => `key-${i}`),
      upstream: fc.constantFrom('openai', 'gemini'),
      outcome: fc.constantFrom('ok', 'ok', 'ok', 'stream_broken'),
      goodAttempt: fc.boolean(),
      durationMs: fc.integer({ min: 0, max: 10_000 }),
      firstByteMs: fc.option(fc.integer({ min: 0, max: 1000 }), { nil: undefined }),
      waitedMs: fc.constantFrom(0, 0, 250),
      inputTokens: fc.constantFrom(0, 7),
      outputTokens: fc.constantFrom(0, 3),
      cachedTokens: fc.constantFrom(0, 0, 5),
      model: fc.constantFrom('gpt-5', 'priced'),
    });
    fc.assert(
      fc.property(fc.array(call, { minLength: 250, maxLength: 400 }), (calls) => {
        const many = recorderAt();
        many.settings.replace({ ...many.settings.values, prices: { priced: { input: 10, output: 100 } } });
        for (const one of calls) many.recorder.call(callRecord(one));
        const few = calls.map((one) => {
          const alone = recorderAt();
          alone.settings.replace(many.settings.values);
          alone.recorder.call(callRecord(one));
          return keysOf(alone.recorder)[0]!;
        });
        expect(byKey(keysOf(many.recorder))).toEqual(byKey(few));
      }),
      { numRuns: 20 },
    );
  });

  it('never throws, whatever it is given', () => {
    const { recorder } = recorderAt();
    recorder.call(undefined as never);
    recorder.attempt({ reason: null } as never);
    expect(recorder.totals.size).toBe(0);
    expect(recorder.lost).toBe(2);
  });

  it('writes one line per call, without a query', () => {
    const { recorder, log } = recorderAt();
    recorder.call(callRecord({ path: '/a"b', model: 'm\n"' }));
    expect(recorder.totals.size).toBe(1);
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toMatchObject({
      level: 'info',
      fields: { msg: 'call', path: '/a"b', model: 'm\n"' },
    });
  });
});

describe('isFailure', () => {
  it.each([
    [200, 'ok', false],
    [200, 'stream_broken', true],
    [400, 'caller_fault', false],
    [401, 'missing_token', false],
    [429, 'token_limit', false],
    [429, 'no_key_free', true],
    [499, 'client_gone', false],
    [502, 'upstream_broken', true],
    [504, 'upstream_timeout', true],
  ])('%i %s: %s', (status, outcome, failed) => {
    expect(isFailure({ status, outcome })).toBe(failed);
  });
});
