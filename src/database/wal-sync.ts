import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Brings SQLite's write-ahead log to the disk without holding up the event loop: SQLite itself would do it inside
 * the commit. What was committed lies at the log's end, and a sync covers all of it, so commits that come together
 * share one. SQLite syncs the log on its own before it moves anything out of it (https://sqlite.org/wal.html), so
 * a commit is either in a log that was synced here or in the database that was synced there.
 */
export class WalSync {
  private running: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;

  constructor(private readonly sync: () => Promise<void>) {}

  /** For the database at this path; its log exists as long as a connection is open. */
  static of(path: string): WalSync {
    let isNamed = false;
    return new WalSync(async () => {
      await syncFile(`${path}-wal`);
      if (!isNamed) await syncDirectory(dirname(path));
      isNamed = true;
    });
  }

  /** Resolves when everything that was committed before the call is on the disk; rejects when the disk fails. */
  settled(): Promise<void> {
    // One that runs already may have begun before the caller's commit: it is the next that counts.
    this.next ??= this.running
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        return (this.running = this.sync());
      });
    return this.next;
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.datasync().finally(() => file.close());
}

/** A new file's name is on the disk only with its directory. Windows neither needs nor allows it. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  await directory.sync().finally(() => directory.close());
}
