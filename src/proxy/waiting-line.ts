// The global of that name is a getter, which costs each call several times.
import { performance } from 'node:perf_hooks';

/** For so long new calls are taken up in one turn of the event loop; those beyond stand in line. */
const SHARE_MS = 10;
/** So many go on together, each step for all of them in a row, and in each turn so many do in any case. */
const GROUP = 16;
/** So long a line must have stood before it says anything: a burst or a pause is over by then. */
const STANDING_MS = 500;

/**
 * Where new calls gather in each turn of the event loop, and wait while more come than this process can serve. Turns
 * stay short so, whatever comes: timers are on time, answers of upstreams are passed on, and connections are accepted.
 */
export class WaitingLine {
  private line: Group[] = [];
  private waiting = 0;
  private isScheduled = false;
  private turnBegan = 0;
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

  /** When a new call may go on, in order of arrival: when all sockets that were ready have been read, or later. */
  turn(): Promise<void> {
    this.waiting += 1;
    const last = this.line.at(-1);
    const group = last && last.size < GROUP ? last : this.newGroup();
    group.size += 1;
    return group.turn;
  }

  private newGroup(): Group {
    const group = new Group();
    this.line.push(group);
    this.schedule();
    return group;
  }

  /** Node runs immediates when all sockets that were ready have been read. */
  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(this.turnBegins);
  }

  private readonly turnBegins = (): void => {
    this.isScheduled = false;
    this.turnBegan = this.now();
    this.letSomeGo();
  };

  private letSomeGo(): void {
    const group = this.line.shift();
    if (!group) return;
    this.waiting -= group.size;
    this.taken += group.size;
    group.go();
    queueMicrotask(this.goOn);
  }

  /** When those have done what they can do at once, the next go, while there is time. */
  private readonly goOn = (): void => {
    if (this.line.length > 0 && this.now() - this.turnBegan <= SHARE_MS) return this.letSomeGo();
    this.measure();
    if (this.line.length > 0) this.schedule();
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

/** Calls that go on together. */
class Group {
  size = 0;
  readonly turn: Promise<void>;
  go!: () => void;

  constructor() {
    this.turn = new Promise((resolve) => {
      this.go = resolve;
    });
  }
}
