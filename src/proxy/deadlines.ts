// The global of that name is a getter, which costs each call several times.
import { performance } from 'node:perf_hooks';
import { type Placed, PlacedList } from '../kernel/placed-list.js';

/** Node's timers take no more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Somebody who waits for a sign of life. */
export interface Waiting extends Placed {
  /** When the last sign was seen, or the wait began; monotonic milliseconds. */
  readonly movedAt: number;
  /** So long it waits for the next one; milliseconds. */
  readonly patienceMs: number;
  /** It has waited for so long in vain, and waits no more. */
  timedOut(): void;
}

/**
 * Who waits for how long, with one timer for all: one of Node's for each attempt costs more than to look through all of
 * them when the first may be due, which is seldom, since time-outs are long and nearly nobody reaches them.
 */
export class Deadlines {
  private readonly waiting = new PlacedList<Waiting>();
  private timer: NodeJS.Timeout | undefined;
  /** When the timer is due; monotonic milliseconds. */
  private dueAt = Infinity;

  /** From its `movedAt` on. To be called anew where its patience becomes shorter. */
  begin(one: Waiting): void {
    this.waiting.add(one);
    this.lookAt(one.movedAt + one.patienceMs);
  }

  end(one: Waiting): void {
    this.waiting.remove(one);
  }

  private lookAt(dueAt: number): void {
    if (dueAt >= this.dueAt) return;
    this.dueAt = dueAt;
    clearTimeout(this.timer);
    // What came while this process was busy is read first: timers run before sockets.
    const left = Math.min(LONGEST_TIMER_MS, Math.ceil(dueAt - performance.now()));
    this.timer = setTimeout(() => setImmediate(() => this.look()), left).unref();
  }

  private look(): void {
    const now = performance.now();
    this.dueAt = Infinity;
    const overdue = this.waiting.all().filter((one) => isOver(one, now));
    for (const one of overdue) this.end(one);
    let soonest = Infinity;
    for (const { movedAt, patienceMs } of this.waiting.all())
      soonest = Math.min(soonest, movedAt + patienceMs);
    if (soonest < Infinity) this.lookAt(soonest);
    for (const one of overdue) one.timedOut();
  }
}

function isOver({ movedAt, patienceMs }: Waiting, now: number): boolean {
  return now - movedAt >= patienceMs;
}
