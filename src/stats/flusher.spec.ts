import { describe, expect, it } from 'vitest';
import { ManualClock } from '../kernel/clock.js';
import { RecordingLog } from '../logging/log.fixture.js';
import { callRecord } from './call-record.fixture.js';
import type { Counted } from './counted.js';
import { Flusher } from './flusher.js';
import { recorderAt } from './recorder.fixture.js';
import type { SliceTable } from './slice-table.js';

/** Keeps flushes by id; fails as told. */
class FakeTable {
  readonly flushes = new Map<string, number>();
  fails = 0;
  reachable = true;

  async add(id: string, { cells, deltas }: Counted): Promise<void> {
    if (this.fails > 0) {
      this.fails -= 1;
      throw new Error('no');
    }
    this.flushes.set(id, cells.length + deltas.count);
  }

  isFlushed = async (id: string) => this.flushes.has(id);
  answers = async () => this.reachable;
}

function setUp() {
  const clock = new ManualClock(1_000_000);
  const { recorder } = recorderAt(clock);
  const table = new FakeTable();
  const log = new RecordingLog();
  const flusher = new Flusher(recorder, table as unknown as SliceTable, clock, log);
  return { clock, recorder, table, log, flusher };
}

describe('Flusher', () => {
  it('writes nothing when nothing happened', async () => {
    const { flusher, table } = setUp();
    await flusher.flush();
    expect(table.flushes.size).toBe(0);
  });

  it('keeps a failed flush as it was, says so once, and goes on after it', async () => {
    const { flusher, table, recorder, log } = setUp();
    table.fails = 3;
    recorder.call(callRecord());
    for (let i = 0; i < 3; i++) await flusher.flush();
    recorder.call(callRecord({ model: 'other' }));
    await flusher.flush();
    expect([...table.flushes.values()]).toEqual([2, 2]);
    expect(log.lines.map((line) => line.level)).toEqual(['warn', 'info']);
  });

  it('gives a flush up only when the database answers and still refuses it', async () => {
    const { flusher, table, recorder, log } = setUp();
    table.fails = 30;
    table.reachable = false;
    recorder.call(callRecord());
    for (let i = 0; i < 20; i++) await flusher.flush();
    expect(log.lines.map((line) => line.level)).toEqual(['warn']);
    table.reachable = true;
    await flusher.flush();
    expect(log.lines.at(-1)).toMatchObject({ level: 'error', fields: { rows: 2 } });
    table.fails = 0;
    recorder.call(callRecord());
    await flusher.flush();
    expect(table.flushes.size).toBe(1);
  });

  it('writes all keys that served, however many, and then only those that served since', async () => {
    const { flusher, table, recorder } = setUp();
    const serve = (keys: number) => {
      for (let i = 0; i < keys; i++) recorder.call(callRecord({ keyId: `key-${i}` }));
    };
    const written = () => [...table.flushes.values()];
    serve(5000);
    await flusher.flush();
    expect(written()).toEqual([5001]);
    serve(600);
    await flusher.flush();
    await flusher.flush();
    expect(written()).toEqual([5001, 601]);
  });

  it('writes many rows in parts, stops at a failure, and goes on there next time', async () => {
    const { flusher, table, recorder } = setUp();
    for (let i = 0; i < 5000; i++)
      recorder.call(callRecord({ keyId: undefined, upstream: `upstream-${i % 900}`, tokenId: `token-${i}` }));
    table.fails = 1;
    await flusher.flush();
    expect(table.flushes.size).toBe(0);
    await flusher.beforeApplicationShutdown();
    expect([...table.flushes.values()]).toEqual([2000, 2000, 1000]);
  });
});
