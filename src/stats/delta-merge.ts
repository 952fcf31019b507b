import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { PARTS } from './deltas.js';
import { Flusher } from './flusher.js';
import { SliceTable } from './slice-table.js';

/** Carries what many keys have counted into their slices, one part of the keys after the other. */
@Injectable()
export class DeltaMerge implements BeforeApplicationShutdown {
  #stopped = false;

  constructor(
    private readonly table: SliceTable,
    private readonly flusher: Flusher,
  ) {}

  beforeApplicationShutdown(): void {
    this.#stopped = true;
  }

  async merge(): Promise<void> {
    for (let part = 0; part < PARTS && !this.#stopped; part += 1) {
      for (let more = true; more && !this.#stopped;)
        more = await this.flusher.between(() => this.table.mergeDeltas(part));
    }
  }
}
