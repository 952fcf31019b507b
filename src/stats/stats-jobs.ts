import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Log } from '../logging/log.js';
import { DeltaMerge } from './delta-merge.js';
import { Flusher } from './flusher.js';
import { Retention } from './retention.js';
import { Rollups } from './rollups.js';

const SECOND = 1000;

/** When statistics are written, made coarser and removed. */
@Injectable()
export class StatsJobs {
  readonly #running = new Set<string>();

  constructor(
    private readonly flusher: Flusher,
    private readonly merging: DeltaMerge,
    private readonly rollups: Rollups,
    private readonly retention: Retention,
    private readonly log: Log,
  ) {}

  @Interval('stats-flush', SECOND)
  flush(): Promise<void> {
    return this.flusher.flush();
  }

  @Interval('stats-merge', 60 * SECOND)
  merge(): Promise<void> {
    return this.#tidy('merged', () => this.merging.merge());
  }

  @Interval('stats-compact', 60 * SECOND)
  compact(): Promise<void> {
    return this.#tidy('rolled up', () => this.rollups.compact());
  }

  @Interval('stats-prune', 3600 * SECOND)
  prune(): Promise<void> {
    return this.#tidy('pruned', () => this.retention.prune());
  }

  /** Each one at a time; what fails is tried again at its next hour. */
  async #tidy(what: string, work: () => Promise<unknown>): Promise<void> {
    if (this.#running.has(what)) return;
    this.#running.add(what);
    try {
      await work();
    } catch (err) {
      this.log.warn({ err }, `statistics could not be ${what}; it is tried again`);
    } finally {
      this.#running.delete(what);
    }
  }
}
