import { Injectable, type OnModuleInit } from '@nestjs/common';
import { In } from 'typeorm';
import { type Change, ChangeFeed, EVERYTHING } from '../database/change-feed.js';
import { Store } from '../database/store.js';
import { TokenLimiter } from './token-limiter.js';
import { TokenRow, tokenOf } from './token-row.js';
import { TokenTable } from './token-table.js';

/** Rows asked for by one query; databases bound the number of parameters. */
const BATCH = 500;

/** Keeps the token table as the database has it: whole at boot, then token by token. */
@Injectable()
export class TokenSync implements OnModuleInit {
  constructor(
    private readonly store: Store,
    private readonly feed: ChangeFeed,
    private readonly table: TokenTable,
    private readonly limiter: TokenLimiter,
  ) {}

  async onModuleInit(): Promise<void> {
    this.feed.on('tokens', (changes) => this.apply(changes));
    await this.reload();
  }

  private async apply(changes: readonly Change[]): Promise<void> {
    const ids = [...new Set(changes.map((change) => change.ref))];
    if (ids.includes(EVERYTHING)) return this.reload();
    for (let start = 0; start < ids.length; start += BATCH) {
      const batch = ids.slice(start, start + BATCH);
      const rows = await this.store.manager.getRepository(TokenRow).findBy({ id: In(batch) });
      this.replace(batch, rows);
    }
  }

  private async reload(): Promise<void> {
    this.replace(this.table.ids(), await this.store.manager.getRepository(TokenRow).find());
  }

  /** Takes over the rows; those of `ids` that have no row any more are dropped. */
  private replace(ids: readonly string[], rows: readonly TokenRow[]): void {
    const gone = new Set(ids);
    for (const row of rows) {
      gone.delete(row.id);
      this.table.put(tokenOf(row), row.digest);
      this.limiter.restore(row.id, { spent: row.spent, day: row.dayCount });
    }
    for (const id of gone) {
      this.table.remove(id);
      this.limiter.forget(id);
    }
  }
}
