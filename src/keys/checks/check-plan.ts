import { Injectable } from '@nestjs/common';
import { In, LessThanOrEqual } from 'typeorm';
import { Store } from '../../database/store.js';
import { Clock } from '../../kernel/clock.js';
import { Settings } from '../../settings/settings.js';
import { KeyCheckRow } from '../rows/key-check-row.js';
import { nextInterval, spread } from './check-interval.js';

/** Longer than any probe takes; after it, a probe whose instance died may be claimed by another. */
const CLAIM_MS = 180_000;

/**
 * The last probe succeeded and the key is on trial: fails it before the next one, the interval doubles;
 * passes it that one too, its plan is forgotten.
 */
const PASSED = 'ok';

/** When which key is probed, in the database: so instances share the work and a restart forgets nothing. */
@Injectable()
export class CheckPlan {
  constructor(
    private readonly store: Store,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * Plans probes for keys that are out or rest long. What is planned already stays; a key on trial waits
   * twice as long as before. Answers those that had no plan.
   */
  async ensure(keyIds: readonly string[], reason: string): Promise<string[]> {
    if (keyIds.length === 0) return [];
    return this.store.write(async (tx) => {
      const known = new Map(
        (await tx.findBy(KeyCheckRow, { keyId: In([...keyIds]) })).map((row) => [row.keyId, row]),
      );
      const rows = keyIds
        .filter((keyId) => (known.get(keyId)?.lastReason ?? PASSED) === PASSED)
        .map((keyId) => this.failure(keyId, known.get(keyId), reason));
      if (rows.length > 0) await tx.upsert(KeyCheckRow, rows, ['keyId']);
      return keyIds.filter((keyId) => !known.has(keyId));
    });
  }

  /** Takes up to `limit` due probes for this instance alone. */
  async claim(limit: number): Promise<string[]> {
    const now = this.clock.now();
    const due = await this.store.manager.find(KeyCheckRow, {
      where: { nextAt: LessThanOrEqual(now) },
      order: { nextAt: 'ASC', keyId: 'ASC' },
      take: limit,
    });
    if (due.length === 0) return [];
    return this.store.write(async (tx) => {
      const claimed: string[] = [];
      for (const { keyId, nextAt } of due) {
        const result = await tx.update(KeyCheckRow, { keyId, nextAt }, { nextAt: now + CLAIM_MS });
        if (result.affected) claimed.push(keyId);
      }
      return claimed;
    });
  }

  /** The key is to blame for its failed probe: the next one comes after twice the interval. */
  async failed(keyId: string, reason: string): Promise<void> {
    await this.store.write(async (tx) => {
      const known = await tx.findOneBy(KeyCheckRow, { keyId });
      await tx.upsert(KeyCheckRow, this.failure(keyId, known ?? undefined, reason), ['keyId']);
    });
  }

  /** The probe said nothing about the key: the next one comes after the same interval. */
  async postponed(keyId: string): Promise<void> {
    const now = this.clock.now();
    await this.store.write(async (tx) => {
      const row = await tx.findOneBy(KeyCheckRow, { keyId });
      if (row)
        await tx.update(
          KeyCheckRow,
          { keyId },
          { nextAt: this.after(row.intervalSeconds, now), lastAt: now },
        );
    });
  }

  /** The key is good. Answers whether it was so far taken for bad (false: it was on trial, or had no plan). */
  async passed(keyId: string): Promise<boolean> {
    const now = this.clock.now();
    return this.store.write(async (tx) => {
      const row = await tx.findOneBy(KeyCheckRow, { keyId });
      if (!row) return false;
      if (row.lastReason === PASSED) {
        await tx.delete(KeyCheckRow, { keyId });
        return false;
      }
      const next = {
        nextAt: this.after(row.intervalSeconds, now),
        lastAt: now,
        lastReason: PASSED,
        failures: 0,
      };
      await tx.update(KeyCheckRow, { keyId }, next);
      return true;
    });
  }

  async forget(keyIds: readonly string[]): Promise<void> {
    if (keyIds.length > 0) await this.store.write((tx) => tx.delete(KeyCheckRow, { keyId: In([...keyIds]) }));
  }

  private failure(keyId: string, known: KeyCheckRow | undefined, reason: string): KeyCheckRow {
    const now = this.clock.now();
    const base = this.settings.values.recheckIntervalSeconds;
    const intervalSeconds = known ? nextInterval(known.intervalSeconds, base) : base;
    return {
      keyId,
      intervalSeconds,
      nextAt: this.after(intervalSeconds, now),
      lastAt: now,
      lastReason: reason.slice(0, 100),
      failures: (known?.failures ?? 0) + 1,
    };
  }

  private after(intervalSeconds: number, now: number): number {
    return now + spread(intervalSeconds, Math.random());
  }
}
