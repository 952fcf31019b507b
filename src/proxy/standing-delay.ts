const EVERY_MS = 100;
/** How many looks in a row make a delay a standing one. */
const LOOKS = 5;

/**
 * By how much this process is late with everything: the least delay of the last half second. A single pause, such as
 * a garbage collection, is over by the next look; a queue that stands shows in each (the idea of CoDel, RFC 8289).
 */
export class StandingDelay {
  private readonly seen = Array<number>(LOOKS).fill(0);
  private at = 0;
  private due: number;
  milliseconds = 0;

  constructor(private readonly now: () => number = () => performance.now()) {
    this.due = now() + EVERY_MS;
    setInterval(() => this.look(), EVERY_MS).unref();
  }

  look(): void {
    const now = this.now();
    this.seen[this.at] = Math.max(0, now - this.due);
    this.at = (this.at + 1) % LOOKS;
    this.due = now + EVERY_MS;
    this.milliseconds = Math.min(...this.seen);
  }
}
