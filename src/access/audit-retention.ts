import { setImmediate as nextTurn } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { In, LessThan } from 'typeorm';
import { Store } from '../database/store.js';
import { Clock } from '../kernel/clock.js';
import { Log } from '../logging/log.js';
import { AuditRow } from './audit-row.js';

const HOUR = 3_600_000;
/** Longer than a year, so that a yearly review finds the whole year. */
export const AUDIT_KEPT = 400 * 24 * HOUR;
/** Rows in one transaction: SQLite blocks the event loop while it writes. */
const BATCH = 100;

/** Removes entries of the audit log that are past their time. */
@Injectable()
export class AuditRetention implements BeforeApplicationShutdown {
  private pruning: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Never rejects: what fails is tried again at the next hour. */
  @Interval('audit-prune', HOUR)
  prune(): Promise<void> {
    this.pruning ??= this.removeOld(this.clock.now() - AUDIT_KEPT)
      .catch((err: unknown) => this.log.warn({ err }, 'the audit log could not be pruned; it is tried again'))
      .finally(() => (this.pruning = undefined));
    return this.pruning;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.pruning;
  }

  private async removeOld(before: number): Promise<void> {
    for (let rows = BATCH; rows === BATCH && !this.stopped; await nextTurn()) {
      const old = await this.store.manager.find(AuditRow, {
        select: { id: true },
        where: { at: LessThan(before) },
        order: { at: 'ASC' },
        take: BATCH,
      });
      rows = old.length;
      if (rows > 0) await this.store.write((tx) => tx.delete(AuditRow, { id: In(old.map(({ id }) => id)) }));
    }
  }
}
