import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Store } from '../../database/store.js';
import { Log } from '../../logging/log.js';
import { LentKeys } from '../lent-keys.js';
import { KeyRow } from '../rows/key-row.js';

const EVERY_MS = 30_000;
const CHUNK = 100;

/** Writes behind when keys were last used: coarse, because nothing but people reads it. */
@Injectable()
export class LastUseWriter implements BeforeApplicationShutdown {
  constructor(
    private readonly store: Store,
    private readonly lent: LentKeys,
    private readonly log: Log,
  ) {}

  @Interval('write-last-use', EVERY_MS)
  async flush(): Promise<void> {
    // One order for all instances, so that their transactions do not block each other.
    const used = this.lent.take().sort(([a], [b]) => (a < b ? -1 : 1));
    try {
      for (let at = 0; at < used.length; at += CHUNK) await this.write(used.slice(at, at + CHUNK));
    } catch (error) {
      this.log.warn({ err: error }, 'the last use of keys could not be stored');
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  /** The keys of a chunk share its latest time. */
  private async write(used: readonly (readonly [string, number])[]): Promise<void> {
    const lastUsedAt = Math.max(...used.map(([, at]) => at));
    const ids = used.map(([id]) => id);
    await this.store.write((tx) =>
      tx.createQueryBuilder().update(KeyRow).set({ lastUsedAt }).where('id IN (:...ids)', { ids }).execute(),
    );
  }
}
