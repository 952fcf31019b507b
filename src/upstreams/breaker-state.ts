export type BreakerState = 'closed' | 'open' | 'half_open';

const BUCKET_MS = 1000;
const BUCKETS = 10;
/** So many keys of each second are remembered as working: that some work is all that is asked. */
const MOST_WORKING = 64;
/** Fewer failures than this say nothing. */
const LEAST_FAILURES = 5;
const OPEN_MS = 1000;
const LONGEST_OPEN_MS = 30_000;
/** A probe that was never heard of again gives way to another after this time. */
const PROBE_MS = 5000;
/** Opening again within this time of a closing makes the rest longer. */
const RELAPSE_MS = 60_000;

/**
 * The breaker of one upstream. It opens when, within ten seconds, at least five attempts failed, they are more
 * than half, and no key is known to work: none whose latest attempt of these ten seconds succeeded, of the first
 * 64 that did in each second. It stays open for 1 s, doubling to 30 s as long as it fails again, and then lets one
 * attempt at a time through; the first success closes it. All methods are O(1).
 */
export class Breaker {
  private readonly good = new Array<number>(BUCKETS).fill(0);
  private readonly bad = new Array<number>(BUCKETS).fill(0);
  private newest = 0;
  /** Keys whose attempts succeeded; those whose latest one failed are in none of them. */
  private readonly working = Array.from({ length: BUCKETS }, () => new Set<string>());
  private openUntil = 0;
  private probeUntil = 0;
  private relapses = 0;
  private closedAt = -Infinity;
  /** `open` covers half-open: what was decided last, without asking the clock. */
  current: 'closed' | 'open' = 'closed';

  state(now: number): BreakerState {
    if (this.current === 'closed') return 'closed';
    return now < this.openUntil ? 'open' : 'half_open';
  }

  closedFor(now: number): number | undefined {
    if (this.current === 'closed') return undefined;
    if (now < this.openUntil) return this.openUntil - now;
    if (now < this.probeUntil) return this.probeUntil - now;
    this.probeUntil = now + PROBE_MS;
    return undefined;
  }

  forgo(): void {
    this.probeUntil = 0;
  }

  record(good: boolean, now: number, keyId: string | undefined): void {
    if (this.current === 'open') return this.recordProbe(good, now);
    this.turnTo(now);
    const counts = good ? this.good : this.bad;
    const bucket = this.newest % BUCKETS;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
    if (good) this.works(keyId, bucket);
    else {
      this.worksNot(keyId);
      if (this.isDown()) this.open(now);
    }
  }

  private works(keyId: string | undefined, bucket: number): void {
    const keys = this.working[bucket]!;
    if (keyId !== undefined && keys.size < MOST_WORKING) keys.add(keyId);
  }

  private worksNot(keyId: string | undefined): void {
    for (const keys of this.working) {
      if (keyId === undefined) keys.clear();
      else keys.delete(keyId);
    }
  }

  /** Only what happens while a probe is out counts: late ends of older attempts tell of the past. */
  private recordProbe(good: boolean, now: number): void {
    if (now < this.openUntil || this.probeUntil === 0) return;
    this.probeUntil = 0;
    if (good) this.close(now);
    else this.open(now);
  }

  private isDown(): boolean {
    const failures = sum(this.bad);
    if (failures < LEAST_FAILURES || failures <= sum(this.good)) return false;
    return this.working.every(({ size }) => size === 0);
  }

  private open(now: number): void {
    const again = this.current === 'open' || now - this.closedAt < RELAPSE_MS;
    this.relapses = again ? this.relapses + 1 : 0;
    this.openUntil = now + Math.min(LONGEST_OPEN_MS, OPEN_MS * 2 ** Math.min(this.relapses, 10));
    this.probeUntil = 0;
    this.current = 'open';
  }

  private close(now: number): void {
    this.current = 'closed';
    this.closedAt = now;
    this.good.fill(0);
    this.bad.fill(0);
    for (const keys of this.working) keys.clear();
  }

  /** Empties the buckets that the time has passed over; a clock that steps back stays in the newest one. */
  private turnTo(now: number): void {
    const bucket = Math.floor(now / BUCKET_MS);
    const steps = Math.min(bucket - this.newest, BUCKETS);
    for (let step = 1; step <= steps; step++) {
      const emptied = (bucket - steps + step) % BUCKETS;
      this.good[emptied] = 0;
      this.bad[emptied] = 0;
      this.working[emptied]!.clear();
    }
    this.newest = Math.max(this.newest, bucket);
  }
}

function sum(numbers: readonly number[]): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
