import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Log } from '../../logging/log.js';
import { PoolState } from '../pool/pool-state.js';
import { KeyMemories } from './key-memories.js';

/** With the time of one write, a change rests at most a second in memory alone. */
const FLUSH_AFTER_MS = 500;
const CHUNK = 100;

/** Writes behind what the pool learns of its keys. What could not be written is tried again. */
@Injectable()
export class MemoryWriter implements BeforeApplicationShutdown {
  private dirty = new Map<string, Set<string>>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly state: PoolState,
    private readonly memories: KeyMemories,
    private readonly log: Log,
  ) {}

  /** Marks keys whose rests or day counts changed. Cheap enough for the hot path; never throws. */
  changed(upstreamId: string, keyIds: readonly string[]): void {
    let ids = this.dirty.get(upstreamId);
    if (!ids) this.dirty.set(upstreamId, (ids = new Set()));
    for (const id of keyIds) ids.add(id);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.flush();
    }, FLUSH_AFTER_MS).unref();
  }

  /** Writes everything that is marked now; what fails stays marked. */
  flush(): Promise<void> {
    this.writing = this.writing.then(() => this.writeAll());
    return this.writing;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
    clearTimeout(this.timer);
  }

  private async writeAll(): Promise<void> {
    const dirty = this.dirty;
    this.dirty = new Map();
    for (const [upstreamId, ids] of dirty) {
      // One order for all instances, so that their transactions do not block each other.
      const sorted = [...ids].sort();
      for (let at = 0; at < sorted.length; at += CHUNK)
        await this.write(upstreamId, sorted.slice(at, at + CHUNK));
    }
  }

  private async write(upstreamId: string, keyIds: readonly string[]): Promise<void> {
    try {
      await this.memories.save(upstreamId, await this.state.memory(upstreamId, keyIds));
    } catch (error) {
      this.log.warn({ err: error, keys: keyIds.length }, 'cooldowns are not stored yet, trying again');
      this.changed(upstreamId, keyIds);
    }
  }
}
