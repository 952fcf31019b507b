import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../kernel/clock.js';
import type { MaybePromise } from '../kernel/maybe-promise.js';

export interface Pin {
  readonly keyId: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Where pins rest; `keys/stored-pins.ts` keeps them in the database. */
export abstract class PinStore {
  abstract find(upstreamId: string, name: string): Promise<Pin | undefined>;
  abstract put(upstreamId: string, name: string, pin: Pin): Promise<void>;
  /** As `put`, a moment later and together with others; never throws. */
  abstract putSoon(upstreamId: string, name: string, pin: Pin): void;
  abstract remove(upstreamId: string, name: string): Promise<void>;
}

const REMEMBERED = 10_000;

/**
 * Which key made a file, a cached content or a kept answer, because no other key can use it. Memory answers for what
 * was used lately, the store for the rest.
 */
@Injectable()
export class Pins {
  private readonly recent = new LRUCache<string, Pin>({ max: REMEMBERED });

  constructor(
    private readonly store: PinStore,
    private readonly clock: Clock,
  ) {}

  /** The key's id; undefined where nothing is known of the resource or its time is over. */
  keyFor(upstreamId: string, name: string): MaybePromise<string | undefined> {
    const slot = slotOf(upstreamId, name);
    const pin = this.recent.get(slot);
    return pin ? this.valid(pin) : this.look(upstreamId, name);
  }

  /**
   * Keeps a resource (`files/abc`, `cachedContents/abc`) with its key. Resolves when it is stored: answer the
   * client only then, or a restart would lose the file. `expiresAt` in epoch milliseconds.
   */
  async pin(upstreamId: string, name: string, keyId: string, expiresAt: number): Promise<void> {
    const pin: Pin = { keyId, expiresAt };
    this.recent.set(slotOf(upstreamId, name), pin);
    await this.store.put(upstreamId, name, pin);
  }

  /** As `pin`, for answers that wait for nothing: this process knows it at once, the store a moment later. */
  note(upstreamId: string, name: string, keyId: string, expiresAt: number): void {
    const pin: Pin = { keyId, expiresAt };
    this.recent.set(slotOf(upstreamId, name), pin);
    this.store.putSoon(upstreamId, name, pin);
  }

  async unpin(upstreamId: string, name: string): Promise<void> {
    this.recent.delete(slotOf(upstreamId, name));
    await this.store.remove(upstreamId, name);
  }

  private async look(upstreamId: string, name: string): Promise<string | undefined> {
    const pin = await this.store.find(upstreamId, name);
    if (!pin) return undefined;
    this.recent.set(slotOf(upstreamId, name), pin);
    return this.valid(pin);
  }

  private valid(pin: Pin): string | undefined {
    return pin.expiresAt > this.clock.now() ? pin.keyId : undefined;
  }
}

// No upstream id holds a blank.
const slotOf = (upstreamId: string, name: string) => `${upstreamId} ${name}`;
