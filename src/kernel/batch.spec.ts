import { describe, expect, it } from 'vitest';
import { Batch } from './batch.js';

function aBatch() {
  const done: string[] = [];
  const scheduled: (() => void)[] = [];
  const batch = new Batch<string>(
    (item) => done.push(item),
    (run) => scheduled.push(run),
  );
  return { batch, done, scheduled };
}

describe('a batch', () => {
  it('is scheduled once, and does all that was added until then, in order', () => {
    const { batch, done, scheduled } = aBatch();
    for (const item of ['a', 'b', 'c']) batch.add(item);
    expect([done, scheduled.length]).toEqual([[], 1]);
    scheduled[0]!();
    expect(done).toEqual(['a', 'b', 'c']);
  });

  it('is scheduled anew for what comes later', () => {
    const { batch, done, scheduled } = aBatch();
    batch.add('a');
    scheduled[0]!();
    batch.add('b');
    expect(scheduled).toHaveLength(2);
    scheduled[1]!();
    expect(done).toEqual(['a', 'b']);
  });

  it('leaves what its own work adds for the next time', () => {
    const done: number[] = [];
    const scheduled: (() => void)[] = [];
    const batch: Batch<number> = new Batch<number>(
      (item) => {
        done.push(item);
        if (item < 2) batch.add(item + 1);
      },
      (run) => scheduled.push(run),
    );
    batch.add(0);
    scheduled[0]!();
    expect(done).toEqual([0]);
    while (scheduled.length > done.length) scheduled[done.length]!();
    expect(done).toEqual([0, 1, 2]);
  });
});
