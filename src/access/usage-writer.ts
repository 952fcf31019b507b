import { Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { Store } from '../database/store.js';
import { Log } from '../logging/log.js';
import { TokenLimiter } from './token-limiter.js';
import { TokenRow } from './token-row.js';
import type { UsageDelta } from './token-usage.js';

/** A kill loses at most this much of what tokens have used. */
const INTERVAL_MS = 1_000;
/** Rows in one transaction: SQLite blocks the event loop while it writes. */
const BATCH = 100;

/** Writes down what tokens have spent and how often they called today, so that a restart forgives nothing. */
@Injectable()
export class UsageWriter implements OnModuleInit, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly limiter: TokenLimiter,
    private readonly store: Store,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.flush(), INTERVAL_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  /** Never rejects: what could not be written is kept for the next time. */
  flush(): Promise<void> {
    this.running = this.running.then(() => this.writeAll());
    return this.running;
  }

  private async writeAll(): Promise<void> {
    const deltas = this.limiter.takeDeltas();
    for (let start = 0; start < deltas.length; start += BATCH) {
      const batch = deltas.slice(start, start + BATCH);
      try {
        await this.store.write((tx) => writeBatch(tx, batch));
      } catch (error) {
        this.limiter.putBack(deltas.slice(start));
        this.log.warn({ err: error }, 'usage of access tokens could not be written, trying again');
        return;
      }
    }
  }
}

/** Adds instead of setting, because several instances write. */
async function writeBatch(tx: EntityManager, deltas: readonly UsageDelta[]): Promise<void> {
  const rows = tx.getRepository(TokenRow);
  // In order of id, so that two instances never wait for each other's row locks.
  const ordered = [...deltas].sort((a, b) => (a.tokenId < b.tokenId ? -1 : 1));
  for (const { tokenId, spent } of ordered) {
    // Also where nothing was spent: it locks the row until the count below is written.
    await rows.increment({ id: tokenId }, 'spent', spent);
  }
  const counted = await rows.find({
    select: { id: true, dayCount: true, lastUsedAt: true },
    where: { id: In(ordered.map((delta) => delta.tokenId)) },
  });
  const stored = new Map(counted.map((row) => [row.id, row]));
  for (const { tokenId, calls, day, lastUsedAt } of ordered) {
    const row = stored.get(tokenId);
    if (!row) continue;
    const before = row.dayCount?.day === day ? row.dayCount.count : 0;
    const dayCount = calls > 0 ? { day, count: before + calls } : row.dayCount;
    await rows.update({ id: tokenId }, { dayCount, lastUsedAt: lastUsedAt ?? row.lastUsedAt });
  }
}
