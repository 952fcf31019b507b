import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/kernel/clock.js';
import { callRecord } from '../../../src/stats/call-record.fixture.js';
import { FLUSHES_KEPT, SLICES_KEPT } from '../../../src/stats/retention.js';
import { databasesUnderTest } from '../../support/servers.js';
import { instanceOn, statsDatabase } from './stats-database.js';

const HOUR = 3_600_000;
const NOON = 1_800_000_000_000 - (1_800_000_000_000 % HOUR);

describe.each(await databasesUnderTest())('statistics on $name', (database) => {
  let db: Awaited<ReturnType<typeof statsDatabase>>;
  let clock: ManualClock;

  beforeAll(async () => {
    db = await statsDatabase(database);
  });
  beforeEach(async () => {
    await db.empty();
    clock = new ManualClock(NOON);
  });
  afterAll(() => db.close());

  const instance = () => instanceOn(db.store, clock);

  async function rows(where = '1 = 1'): Promise<number> {
    const [row] = await db.source.query(`SELECT COUNT(*) AS n FROM stats_slices WHERE ${where}`);
    return Number(row.n);
  }

  async function puts(): Promise<number> {
    const [row] = await db.source.query('SELECT COUNT(*) AS n FROM stats_deltas');
    return Number(row.n);
  }

  it('reads what it wrote, and what it has not written yet', async () => {
    const { recorder, flusher, queries } = instance();
    recorder.call(callRecord({ attempts: 3, waitedMs: 250, cachedTokens: 30 }));
    recorder.attempt({ upstream: 'openai', keyId: 'key-1', reason: 'rate_limited' });
    await flusher.flush();
    recorder.call(callRecord({ outcome: 'upstream_broken', status: 502, model: 'gpt-mini', keyId: 'key-2' }));
    recorder.call(callRecord({ outcome: 'missing_token', status: 401, ...nameless }));

    const report = await queries.report('1h');
    expect(report).toMatchObject({
      window: '1h',
      totals: { calls: 3, failures: 1, attempts: 4, failovers: 2, waits: 1, waitedMs: 250 },
      outcomes: { ok: 1, upstream_broken: 1, missing_token: 1 },
    });
    expect(report.totals).toMatchObject({ inputTokens: 300, outputTokens: 60, cachedTokens: 30 });
    expect(report.totals.successRate).toBeCloseTo(2 / 3, 10);
    expect(report.byUpstream).toMatchObject([{ upstream: 'openai', calls: 2 }]);
    expect(report.byModel.map(({ model, calls }) => [model, calls])).toEqual([
      ['gpt-5', 1],
      ['gpt-mini', 1],
    ]);
    expect(report.byToken).toMatchObject([{ token: 'token-1', calls: 2 }]);
    expect(report.byKey).toMatchObject([
      {
        ...{ key: 'key-1', upstream: 'openai', calls: 1, attempts: 2 },
        verdicts: { ok: 1, rate_limited: 1 },
      },
      { key: 'key-2', calls: 1, failures: 1 },
    ]);
    expect(report.byKey.length).toBe(2);
  });

  it('adds to a slice that is there, from any instance', async () => {
    const [first, second] = [instance(), instance()];
    for (const { recorder, flusher } of [first, second, first]) {
      recorder.call(callRecord());
      await flusher.flush();
    }
    await Promise.all(
      [first, second].map(({ flusher, recorder }) => (recorder.call(callRecord()), flusher.flush())),
    );
    expect(await rows()).toBe(2);
    expect((await first.queries.report('1m')).totals).toMatchObject({ calls: 5, inputTokens: 500 });
    expect((await first.queries.report('1m')).totals.latencyMs.p50).toBeCloseTo(120, -1);
  });

  it('does not double a flush whose acknowledgement was lost', async () => {
    const { recorder, flusher, queries, table } = instance();
    recorder.call(callRecord());
    table.mishaps.push('after', 'before', 'after');
    await flusher.flush();
    recorder.call(callRecord());
    expect((await queries.report('1m')).totals.calls).toBe(2);
    for (let i = 0; i < 4; i++) await flusher.flush();
    expect((await queries.report('1m')).totals.calls).toBe(2);
    expect((await instance().queries.report('1m')).totals.calls).toBe(2);
  });

  it('has every key of a busy second at rest after one flush, however many there are', async () => {
    const { recorder, flusher } = instance();
    const serve = async (keys: number) => {
      for (let i = 0; i < keys; i++) recorder.call(callRecord({ keyId: `key-${i}` }));
      await flusher.flush();
    };
    // Over the turn of slices: the first of ten seconds, then those of a minute.
    for (let second = 0; second < 4; second++, clock.advance(4000)) await serve(2100);
    // Another process reads the same as the one that may now be killed, whether or not they are in their rows.
    for (const keyRows of [0, 2100]) {
      for (const span of [10, 60]) expect(await rows(`span = ${span} AND key_id <> ''`)).toBe(keyRows);
      const report = await instance().queries.report('1h');
      expect(report.totals.calls).toBe(4 * 2100);
      expect(report.byKey[0]).toMatchObject({ calls: 4, inputTokens: 400, latencyMs: { p50: 119.9 } });
      await instance().merging.merge();
    }
    const [sum] = await db.source.query("SELECT SUM(calls) AS n FROM stats_slices WHERE key_id <> ''");
    expect(Number(sum.n)).toBe(4 * 2100);
    expect(await puts()).toBe(0);
  });

  it('puts many keys down as a few texts, once whatever happens, and merges them once whoever does', async () => {
    const [first, second] = [instance(), instance()];
    const serve = ({ recorder }: typeof first) => {
      for (let i = 0; i < 150; i++) recorder.call(callRecord({ keyId: `key-${i}` }));
    };
    for (const one of [first, second]) serve(one);
    clock.advance(10_000);
    first.table.mishaps.push('after', 'before', 'after');
    for (let second_ = 0; second_ < 5; second_ += 1) {
      for (const one of [first, second]) {
        serve(one);
        await one.flusher.flush();
      }
    }
    expect(await puts()).toBeGreaterThan(0);
    expect(await puts()).toBeLessThanOrEqual(5 * 2 * 8);
    const sums = async () => {
      const { byKey, totals } = await instance().queries.report('1h');
      return [totals.calls, ...byKey.map(({ calls }) => calls)];
    };
    const before = await sums();
    expect(before.slice(0, 2)).toEqual([12 * 150, 12]);
    await Promise.all([first.merging.merge(), second.merging.merge(), first.merging.merge()]);
    expect(await sums()).toEqual(before);
    expect([await puts(), await rows("span = 60 AND key_id <> ''")]).toEqual([0, 150]);
    await first.merging.merge();
    expect(await sums()).toEqual(before);
  });

  it('takes any number of additions to one slice', async () => {
    const { recorder, flusher, log } = instance();
    for (let flush = 0; flush < 40; flush++) {
      for (let bucket = 0; bucket < 320; bucket++)
        recorder.call(callRecord({ durationMs: 2 ** (bucket / 16) }));
      await flusher.flush();
    }
    expect(log.lines).toEqual([]);
    const { totals } = await instance().queries.report('1m');
    expect(totals.calls).toBe(40 * 320);
    expect(totals.latencyMs.p50! / 2 ** (158.5 / 16)).toBeCloseTo(1, 1);
  });

  it('counts every call once, whatever fails and in whatever order things come', async () => {
    const step = fc.oneof(
      fc.record({ call: fc.integer({ min: 0, max: 3 }), ms: fc.integer({ min: 1, max: 5000 }) }),
      fc.constantFrom('flush', 'lost', 'refused', 'later', 'crowd', 'merge', 'compact'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        await db.empty();
        clock.set(NOON);
        const one = instance();
        let calls = 0;
        for (const each of steps) {
          if (typeof each === 'object') {
            one.recorder.call(
              callRecord({ keyId: `key-${each.call}`, model: `m${each.call}`, durationMs: each.ms }),
            );
            calls += 1;
          } else if (each === 'flush') await one.flusher.flush();
          else if (each === 'lost') one.table.mishaps.push('after');
          else if (each === 'refused') one.table.mishaps.push('before');
          else if (each === 'later') clock.advance(HOUR / 2);
          else if (each === 'merge') await one.merging.merge();
          else if (each === 'crowd') {
            for (let key = 0; key < 101; key += 1) one.recorder.call(callRecord({ keyId: `key-${key}` }));
            calls += 101;
          } else await one.rollups.compact();
        }
        expect((await one.queries.report('7d')).totals.calls).toBe(calls);
        one.table.mishaps.length = 0;
        await one.flusher.flush();
        await one.flusher.flush();
        const stored = (await instance().queries.report('7d')).totals;
        expect(stored).toMatchObject({ calls, attempts: calls, inputTokens: calls * 100 });
        await one.merging.merge();
        const [ofKeys] = await db.source.query("SELECT SUM(calls) AS n FROM stats_slices WHERE key_id <> ''");
        expect(Number(ofKeys.n)).toBe(calls);
      }),
      { numRuns: 12 },
    );
  });

  it('rolls up without losing a count, with two instances at once', async () => {
    const { recorder, flusher, rollups, queries } = instance();
    const started = clock.now();
    for (let minute = 0; minute < 90; minute++) {
      for (const seconds of [0, 10, 20]) {
        clock.set(started + minute * 60_000 + seconds * 1000);
        recorder.call(
          callRecord({ durationMs: 10 + minute, model: minute % 2 ? 'a' : 'b', keyId: `k${minute % 7}` }),
        );
        await flusher.flush();
      }
    }
    const before = await queries.report('24h');
    clock.set(started + 4 * HOUR);
    await Promise.all([rollups.compact(), instance().rollups.compact()]);
    expect(await rows('span = 10')).toBe(0);
    expect(await rows('span = 60')).toBe(90);
    expect(await rows('span = 3600')).toBe(2 * 7);
    expect({ ...(await queries.report('24h')), from: 0, to: 0 }).toEqual({ ...before, from: 0, to: 0 });

    clock.set(started + 28 * HOUR);
    await Promise.all([rollups.compact(), instance().rollups.compact()]);
    expect(await rows('span = 60')).toBe(0);
    expect(await rows('span = 3600')).toBe(2 * (2 + 7));
    const after = await queries.report('7d');
    expect({ ...after, ...same }).toEqual({ ...before, ...same });
    expect(after.totals.latencyMs.p50! / 54).toBeGreaterThan(0.977);
    expect(after.totals.latencyMs.p50! / 54).toBeLessThan(1.023);
  });

  it('forgets what is past its time', async () => {
    const { recorder, flusher, merging, rollups, retention } = instance();
    for (let i = 0; i < 130; i++) recorder.call(callRecord({ keyId: `key-${i}` }));
    await flusher.flush();
    await merging.merge();
    clock.advance(26 * HOUR);
    await rollups.compact();
    expect(await rows('span = 3600')).toBe(131);
    clock.set(NOON + SLICES_KEPT - HOUR);
    recorder.call(callRecord());
    await flusher.flush();
    await merging.merge();
    await retention.prune();
    expect(await rows()).toBe(133);
    clock.advance(2 * HOUR);
    await retention.prune();
    expect(await rows()).toBe(2);
    const [flushes] = await db.source.query('SELECT COUNT(*) AS n FROM stats_flushes');
    expect(Number(flushes.n)).toBe(1);
    expect(FLUSHES_KEPT).toBeGreaterThan(HOUR);
  });

  it('takes any name a client may think of', async () => {
    const { recorder, flusher, log } = instance();
    for (const model of [
      "'; DROP TABLE stats_slices; --",
      'a\u0000b',
      'x\ud800',
      'GPT-5',
      'gpt-5',
      '模型🙂',
      'y '.repeat(300),
    ]) {
      recorder.call(callRecord({ model }));
      await flusher.flush();
    }
    recorder.call(callRecord({ inputTokens: 1.5, outputTokens: Number.NaN, cachedTokens: 1e300 }));
    await flusher.flush();
    expect(log.lines).toEqual([]);
    const { byModel, totals } = await instance().queries.report('1m');
    expect(totals).toMatchObject({ calls: 8, inputTokens: 702, outputTokens: 140, cachedTokens: 0 });
    expect(byModel.map(({ model }) => model)).toEqual(
      expect.arrayContaining(['GPT-5', 'gpt-5', '模型🙂', 'ab']),
    );
  });
});

const nameless = {
  ...{ upstream: undefined, model: undefined, keyId: undefined, tokenId: undefined },
  ...{ attempts: 0, goodAttempt: false, firstByteMs: undefined },
};
/** What differs between windows. */
const same = { window: '', from: 0, to: 0 };
