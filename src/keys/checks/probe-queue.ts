import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Log } from '../../logging/log.js';
import { KeyProber } from './key-prober.js';

/** Probes at once, so that ten thousand of them are no burst for the provider. */
const CONCURRENCY = 8;

/** Runs probes in the background, each key once at a time. */
@Injectable()
export class ProbeQueue implements BeforeApplicationShutdown {
  private readonly waiting = new Set<string>();
  private readonly running = new Map<string, Promise<void>>();
  private ended = false;

  constructor(
    private readonly prober: KeyProber,
    private readonly log: Log,
  ) {}

  /** Probes that wait or run. */
  get size(): number {
    return this.waiting.size + this.running.size;
  }

  add(keyId: string): void {
    if (this.ended || this.running.has(keyId)) return;
    this.waiting.add(keyId);
    this.fill();
  }

  /** Resolves when nothing waits or runs. */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.race(this.running.values());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.ended = true;
    this.waiting.clear();
    await this.idle();
  }

  private fill(): void {
    for (const keyId of this.waiting) {
      if (this.running.size >= CONCURRENCY) return;
      this.waiting.delete(keyId);
      this.running.set(keyId, this.run(keyId));
    }
  }

  private async run(keyId: string): Promise<void> {
    try {
      await this.prober.probe(keyId);
    } catch (error) {
      this.log.warn({ err: error, key: keyId }, 'a key could not be checked, trying again later');
    } finally {
      this.running.delete(keyId);
      this.fill();
    }
  }
}
