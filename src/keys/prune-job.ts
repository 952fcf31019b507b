import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { LessThan } from 'typeorm';
import { Store } from '../database/store.js';
import { Clock } from '../kernel/clock.js';
import { Log } from '../logging/log.js';
import { PinnedResourceRow } from './rows/pinned-resource-row.js';

/** Deletes pins whose resource the provider has deleted, too. */
@Injectable()
export class PruneJob {
  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  @Interval('prune-pins', 3600_000)
  async prune(): Promise<void> {
    try {
      const expiresAt = LessThan(this.clock.now());
      await this.store.write((tx) => tx.delete(PinnedResourceRow, { expiresAt }));
    } catch (error) {
      this.log.warn({ err: error }, 'expired pins could not be deleted, trying again in an hour');
    }
  }
}
