/** Answers to learn from before anybody is taken for silent. */
const FEWEST = 20;
/** Longer than nine of ten answers took, by this factor, is unusual; less than this never is. */
const FACTOR = 4;
const LEAST_MS = 2000;
/** How the estimate follows each wait: one of ten above it and nine below keep it where it is. */
const UP = 1.18;
const DOWN = 0.982;

/**
 * How long an upstream may be silent before that is unusual, learnt from how long its first words took. An estimate of
 * one number: where one of ten waits is longer it stays, else it follows, ten times as much within twenty answers.
 */
export class UsualWait {
  private ms = 1;
  private seen = 0;

  add(waitedMs: number): void {
    this.seen += 1;
    if (this.seen <= FEWEST) this.ms = Math.max(this.ms, waitedMs);
    else this.ms = Math.max(1, this.ms * (waitedMs > this.ms ? UP : DOWN));
  }

  /** Milliseconds; Infinity while too little is known. */
  get longestMs(): number {
    return this.seen < FEWEST ? Infinity : Math.max(LEAST_MS, FACTOR * this.ms);
  }
}
