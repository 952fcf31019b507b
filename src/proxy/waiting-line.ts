// The global of that name is a getter, which costs each call several times.
import { performance } from 'node:perf_hooks';
/** For so long new calls are taken up in one turn of the event loop; those beyond stand in line. */
const SHARE_MS = 10;
/** So many are in any case: where this process has to share its core, most of that time may not have been its own. */
const LEAST = 16;
/** So long a line must have stood before it says anything: a burst or a pause is over by then. */
const STANDING_MS = 500;

/**
 * Where new calls wait while more come than this process can serve. Turns of the event loop stay short so, whatever
 * comes: timers are on time, answers of upstreams are passed on, and connections are accepted.
 */
export class WaitingLine {
  private turnBegan: number | undefined;
  private takenInTurn = 0;
  /** Those who wait, from `first` on. */
  private line: (() => void)[] = [];
  private first = 0;
  /** Since when the line is looked at, and how many were taken from it since. */
  private since = 0;
  private taken = 0;
  /** Milliseconds from one call that is taken up to the next; 0 while no line stands. */
  private eachMs = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** How long one that came now would wait in a line that stands. */
  get waitMs(): number {
    return this.waiting * this.eachMs;
  }

  /** When a new call may go on, in order of arrival; undefined where that is now. */
  turn(): Promise<void> | undefined {
    if (this.waiting === 0 && this.takes()) return undefined;
    return new Promise((resolve) => this.line.push(resolve));
  }

  private get waiting(): number {
    return this.line.length - this.first;
  }

  private takes(): boolean {
    const now = this.now();
    if (this.turnBegan === undefined) {
      this.turnBegan = now;
      setImmediate(this.turnEnds);
    }
    if (this.takenInTurn >= LEAST && now - this.turnBegan > SHARE_MS) return false;
    this.takenInTurn += 1;
    this.taken += 1;
    return true;
  }

  // Node runs immediates when all sockets that were ready have been looked at.
  private readonly turnEnds = (): void => {
    this.turnBegan = undefined;
    this.takenInTurn = 0;
    this.measure();
    this.letOneGo();
  };

  /** And, when that one has done what it can do at once, the next. */
  private readonly letOneGo = (): void => {
    if (this.waiting === 0 || !this.takes()) return;
    this.line[this.first]!();
    this.first += 1;
    if (this.first >= this.line.length / 2) {
      this.line = this.line.slice(this.first);
      this.first = 0;
    }
    queueMicrotask(this.letOneGo);
  };

  private measure(): void {
    const now = this.now();
    const isNew = this.since === 0;
    if (this.waiting > 0 && !isNew && now - this.since < STANDING_MS) return;
    this.eachMs = this.waiting > 0 && !isNew ? (now - this.since) / this.taken : 0;
    this.since = this.waiting > 0 ? now : 0;
    this.taken = 0;
  }
}
