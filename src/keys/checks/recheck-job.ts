import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Log } from '../../logging/log.js';
import { CheckPlan } from './check-plan.js';
import { ProbeQueue } from './probe-queue.js';

const TICK_MS = 1_000;
/** Claimed ahead of the probes that run; the rest stays for the other instances. */
const AHEAD = 24;

/** Probes keys that are out or rest long when their time has come, also when the whole pool is out. */
@Injectable()
export class RecheckJob {
  private busy = false;

  constructor(
    private readonly plan: CheckPlan,
    private readonly queue: ProbeQueue,
    private readonly log: Log,
  ) {}

  @Interval('recheck-keys', TICK_MS)
  async tick(): Promise<void> {
    const room = AHEAD - this.queue.size;
    if (this.busy || room <= 0) return;
    this.busy = true;
    try {
      for (const keyId of await this.plan.claim(room)) this.queue.add(keyId);
    } catch (error) {
      this.log.warn({ err: error }, 'due key checks cannot be read, trying again');
    } finally {
      this.busy = false;
    }
  }
}
