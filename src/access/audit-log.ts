import { Injectable } from '@nestjs/common';
import { Store } from '../database/store.js';
import { Clock } from '../kernel/clock.js';
import { newId } from '../kernel/ids.js';
import { AuditRow } from './audit-row.js';

export type AuditEntry = Omit<AuditRow, 'id' | 'at' | 'detail'> & {
  /** Never a value that came with the request. */
  readonly detail: { readonly name?: string; readonly fields?: readonly string[] } | null;
};

/** Writes who did what. An entry is stored when `write` returns. */
@Injectable()
export class AuditLog {
  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
  ) {}

  async write(entry: AuditEntry): Promise<void> {
    const at = this.clock.now();
    const row = {
      ...entry,
      id: newId(at),
      at,
      actor: entry.actor.slice(0, 100),
      action: entry.action.slice(0, 100),
      target: entry.target.slice(0, 300),
      ip: entry.ip.slice(0, 64),
    };
    await this.store.write((tx) => tx.insert(AuditRow, row));
  }
}
