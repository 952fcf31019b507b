import { describe, expect, it } from 'vitest';
import { WalSync } from './wal-sync.js';

/** A disk whose syncs end when they are told to. */
function slowDisk() {
  const begun: PromiseWithResolvers<void>[] = [];
  const wal = new WalSync(() => {
    const sync = Promise.withResolvers<void>();
    begun.push(sync);
    return sync.promise;
  });
  const settled: string[] = [];
  const commit = (name: string) =>
    wal.settled().then(
      () => settled.push(name),
      () => settled.push(`${name} failed`),
    );
  return { begun, settled, commit };
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

describe('WalSync', () => {
  it('lets commits that come together share a sync, and no commit an older one', async () => {
    const { begun, settled, commit } = slowDisk();
    void commit('a');
    void commit('b');
    await soon();
    expect(begun).toHaveLength(1);
    void commit('c');
    void commit('d');
    await soon();
    expect(begun).toHaveLength(1);
    begun[0]!.resolve();
    await soon();
    expect(settled).toEqual(['a', 'b']);
    expect(begun).toHaveLength(2);
    begun[1]!.resolve();
    await soon();
    expect(settled).toEqual(['a', 'b', 'c', 'd']);
  });

  it('says so when the disk fails, and goes on with the next', async () => {
    const { begun, settled, commit } = slowDisk();
    void commit('a');
    await soon();
    void commit('b');
    begun[0]!.reject(new Error('EIO'));
    await soon();
    begun[1]!.resolve();
    await soon();
    expect(settled).toEqual(['a failed', 'b']);
  });

  it('rejects where there is no log', async () => {
    await expect(WalSync.of('/nowhere/keywheel.db').settled()).rejects.toThrow('ENOENT');
  });
});
