import type { Clock } from '../../kernel/clock.js';
import { type MaybePromise, isPromise } from '../../kernel/maybe-promise.js';
import type { Lease, LeaseRequest } from './lease.js';
import type { Refusal } from './pool-state.js';
import { isPlain, type Waiter, WaitingQueue } from './waiting-queue.js';

/** What the room needs of the pool. */
export interface Server {
  ask(request: LeaseRequest, since: number): MaybePromise<Lease | Refusal>;
  /** The lease came after its call had left. */
  giveBack(lease: Lease): void;
  /** The error for a call that waited in vain, or need not wait. */
  refusal(request: LeaseRequest, refusal: Refusal): MaybePromise<Error>;
}

/** A timer for longer would be no use: what is known of the future changes. */
const LONGEST_SLEEP_MS = 60_000;

/** Where calls wait for a key, in order of arrival per upstream, model and pinned key. One timer serves all. */
export class WaitingRoom {
  /** Counts the times that something may have become free. */
  events = 0;
  private readonly queues = new Map<string, WaitingQueue>();
  private readonly waiting = new Map<string, number>();
  private count = 0;
  private timer: NodeJS.Timeout | undefined;
  private wakeAt = Infinity;

  constructor(
    private readonly server: Server,
    private readonly clock: Clock,
  ) {}

  get size(): number {
    return this.count;
  }

  /** How many calls wait for a key of this upstream. */
  of(upstreamId: string): number {
    return this.waiting.get(upstreamId) ?? 0;
  }

  /** Whether a newcomer has to stand behind others, and may not take a key first. */
  isBusy(request: LeaseRequest): boolean {
    return this.count > 0 && (this.queues.get(nameOf(request))?.hasPlain ?? false);
  }

  /** When those who wait for the same keys expect one, epoch ms; Infinity where nobody knows. */
  readyAt(request: LeaseRequest): number {
    return this.queues.get(nameOf(request))?.readyAt ?? Infinity;
  }

  /** Lets the call wait. `readyAt`: when a key may be free, as far as the state has told. */
  enter(waiter: Waiter, readyAt: number): void {
    const name = nameOf(waiter.request);
    const { upstreamId } = waiter.request;
    let queue = this.queues.get(name);
    if (!queue) this.queues.set(name, (queue = new WaitingQueue(upstreamId, name)));
    queue.add(waiter);
    queue.readyAt = Math.min(queue.readyAt, readyAt);
    this.count += 1;
    this.waiting.set(upstreamId, this.of(upstreamId) + 1);
    this.sleepUntil(Math.min(queue.readyAt, waiter.request.waitUntil));
  }

  /** False where it has been served before. */
  leave(waiter: Waiter): boolean {
    const queue = this.queues.get(nameOf(waiter.request));
    return queue !== undefined && this.remove(queue, waiter);
  }

  /** A key of this upstream may have become free. */
  wake(upstreamId: string): void {
    this.events += 1;
    if (this.of(upstreamId) === 0) return;
    const queues = [...this.queues.values()].filter((queue) => queue.upstreamId === upstreamId);
    queues.sort((a, b) => a.since - b.since);
    for (const queue of queues) void this.serve(queue);
  }

  private remove(queue: WaitingQueue, waiter: Waiter): boolean {
    if (!queue.remove(waiter)) return false;
    this.count -= 1;
    const left = this.of(queue.upstreamId) - 1;
    if (left > 0) this.waiting.set(queue.upstreamId, left);
    else this.waiting.delete(queue.upstreamId);
    if (queue.size === 0) this.queues.delete(queue.name);
    return true;
  }

  /** Asks for the waiting calls in their order. In the same turn as long as the state answers so. Never rejects. */
  private async serve(queue: WaitingQueue): Promise<void> {
    queue.again = true;
    if (queue.isServed) return;
    queue.isServed = true;
    while (queue.again && queue.size > 0) {
      queue.again = false;
      queue.readyAt = Infinity;
      for (const waiter of queue) {
        const asked = this.ask(waiter);
        const answer = isPromise(asked) ? await asked : asked;
        if (this.deal(queue, waiter, answer)) break;
      }
    }
    queue.isServed = false;
    if (queue.size > 0) this.sleepUntil(queue.readyAt);
  }

  private ask({ request, since }: Waiter): MaybePromise<Lease | Refusal | Error> {
    try {
      const asked = this.server.ask(request, since);
      return isPromise(asked) ? asked.catch(asError) : asked;
    } catch (error) {
      return asError(error);
    }
  }

  /** True where nobody behind this waiter can do better. */
  private deal(queue: WaitingQueue, waiter: Waiter, answer: Lease | Refusal | Error): boolean {
    const isHere = queue.has(waiter);
    if (answer instanceof Error) {
      if (this.remove(queue, waiter)) waiter.reject(answer);
      return false;
    }
    if (answer.keyId !== undefined) {
      if (!isHere) this.server.giveBack(answer);
      else if (this.remove(queue, waiter)) waiter.resolve(answer);
      return false;
    }
    queue.readyAt = Math.min(queue.readyAt, answer.readyAt);
    if (isHere && !isWorthWaiting(answer, waiter.request)) this.refuse(queue, waiter, answer);
    return isPlain(waiter);
  }

  private refuse(queue: WaitingQueue, waiter: Waiter, refusal: Refusal): void {
    if (!this.remove(queue, waiter)) return;
    const error = this.server.refusal(waiter.request, refusal);
    if (isPromise(error)) error.then(waiter.reject, waiter.reject);
    else waiter.reject(error);
  }

  private tick(): void {
    const now = this.clock.now();
    for (const queue of [...this.queues.values()]) if (queue.readyAt <= now) void this.serve(queue);
    let next = Infinity;
    for (const queue of [...this.queues.values()]) {
      for (const waiter of queue) {
        if (waiter.request.waitUntil > now) next = Math.min(next, waiter.request.waitUntil);
        else
          this.refuse(queue, waiter, { keyId: undefined, readyAt: queue.readyAt, early: false, why: 'busy' });
      }
      if (queue.size > 0 && !queue.isServed) next = Math.min(next, queue.readyAt);
    }
    this.sleepUntil(next);
  }

  private sleepUntil(at: number): void {
    if (at >= this.wakeAt || this.count === 0) return;
    clearTimeout(this.timer);
    this.wakeAt = at;
    const delay = Math.min(LONGEST_SLEEP_MS, Math.max(1, Math.ceil(at - this.clock.now())));
    this.timer = setTimeout(() => {
      this.wakeAt = Infinity;
      this.tick();
    }, delay).unref();
  }
}

/** Waiting is for those who may get a key before their time is over. */
export function isWorthWaiting(refusal: Refusal, { waitUntil }: LeaseRequest): boolean {
  return refusal.readyAt <= waitUntil || refusal.early;
}

function nameOf({ upstreamId, model, only }: LeaseRequest): string {
  return JSON.stringify([upstreamId, model, only]);
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
