/** What comes closer together than this was sent at once. */
const SAME_BURST_MS = 8;
/** Longer gaps are pauses, from which nothing can be told of the next one. */
const LONGEST_GAP_MS = 1000;
/** Share of the newest gap in the estimate. */
const NEWEST = 0.4;
/** What was held back should be out just before more comes. */
const USED = 0.9;

/** Learns how long it takes an upstream, as a rule, to send more. */
export class GapEstimate {
  private burstAt: number | undefined;
  private gapMs: number | undefined;

  /**
   * Something has come.
   * @param now milliseconds of a clock that never goes back
   * @returns until when more will hardly have come; `now` where nothing can be told yet
   */
  next(now: number): number {
    if (this.burstAt === undefined) this.burstAt = now;
    const gap = now - this.burstAt;
    if (gap >= SAME_BURST_MS) {
      const known = Math.min(gap, LONGEST_GAP_MS);
      this.gapMs = this.gapMs === undefined ? known : this.gapMs + NEWEST * (known - this.gapMs);
      this.burstAt = now;
    }
    return this.gapMs === undefined ? now : Math.max(now, this.burstAt + this.gapMs * USED);
  }
}
