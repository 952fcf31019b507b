import type { Lease, LeaseRequest } from './lease.js';

/** A call that waits for a key. */
export interface Waiter {
  readonly request: LeaseRequest;
  /** Epoch ms. */
  readonly since: number;
  readonly resolve: (lease: Lease) => void;
  readonly reject: (error: unknown) => void;
  /** Stops listening to the client's leaving. */
  readonly release: () => void;
}

/** Calls that wait for the same keys (upstream, model, pinned key), in order of arrival. */
export class WaitingQueue {
  /** When the soonest key may be free, epoch ms; Infinity when only an event can free one. */
  readyAt = Infinity;
  /** Somebody is asking the state for this queue. */
  isServed = false;
  /** Something became free meanwhile. */
  again = false;
  private readonly waiters = new Set<Waiter>();
  private plain = 0;

  constructor(
    readonly upstreamId: string,
    readonly name: string,
  ) {}

  get size(): number {
    return this.waiters.size;
  }

  /** Whether a call that could take any of the keys waits here: then newcomers have to stand behind it. */
  get hasPlain(): boolean {
    return this.plain > 0;
  }

  /** Epoch ms of the first arrival. */
  get since(): number {
    return this.waiters.values().next().value?.since ?? Infinity;
  }

  has(waiter: Waiter): boolean {
    return this.waiters.has(waiter);
  }

  add(waiter: Waiter): void {
    this.waiters.add(waiter);
    if (isPlain(waiter)) this.plain += 1;
  }

  /** False where it had left before. */
  remove(waiter: Waiter): boolean {
    if (!this.waiters.delete(waiter)) return false;
    if (isPlain(waiter)) this.plain -= 1;
    waiter.release();
    return true;
  }

  [Symbol.iterator](): Iterator<Waiter> {
    return this.waiters.values();
  }
}

/** A call that has tried nothing takes whatever key is free; if it gets none, nobody behind it does. */
export function isPlain({ request }: Waiter): boolean {
  return request.tried.size === 0 && !request.soundOnly;
}
