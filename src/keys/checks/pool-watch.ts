import { Injectable } from '@nestjs/common';
import { Log } from '../../logging/log.js';
import { KeyStatuses } from '../key-statuses.js';
import type { PoolListener } from '../pool/pool-state.js';
import { MemoryWriter } from '../sync/memory-writer.js';
import { CheckPlan } from './check-plan.js';
import { ProbeQueue } from './probe-queue.js';

const RETRY_MS = 5_000;

/** Hears what the pool learns of its keys and has it kept, confirmed or stored. */
@Injectable()
export class PoolWatch implements PoolListener {
  constructor(
    private readonly writer: MemoryWriter,
    private readonly statuses: KeyStatuses,
    private readonly plan: CheckPlan,
    private readonly queue: ProbeQueue,
    private readonly log: Log,
  ) {}

  onFree(): void {
    // Whoever waits for a key listens for itself.
  }

  onChanged(upstreamId: string, keyIds: readonly string[]): void {
    this.writer.changed(upstreamId, keyIds);
  }

  onInvalid(upstreamId: string, keyId: string, reason: string, confirm: boolean): void {
    (confirm ? this.confirm(keyId, reason) : this.store(upstreamId, keyId, reason)).catch(
      (error: unknown) => {
        this.log.warn({ err: error, key: keyId, reason }, 'a refused key is not stored yet, trying again');
        setTimeout(() => this.onInvalid(upstreamId, keyId, reason, confirm), RETRY_MS).unref();
      },
    );
  }

  /** At once the first time; a key that fails calls and passes checks in turns waits for its planned probe. */
  private async confirm(keyId: string, reason: string): Promise<void> {
    for (const fresh of await this.plan.ensure([keyId], reason)) this.queue.add(fresh);
  }

  private async store(upstreamId: string, keyId: string, reason: string): Promise<void> {
    if (await this.statuses.refuse(upstreamId, keyId, reason)) await this.plan.ensure([keyId], reason);
  }
}
