/** Sixteen buckets to each doubling: a bucket is 4.4 % wide, so its middle is off by at most 2.2 %. */
const PER_DOUBLING = 16;
/** Bucket 0 holds everything up to 2^-4 ms (62.5 µs). */
const LOWEST = 4 * PER_DOUBLING;
/** The last bucket holds everything above 2^21 ms (35 minutes). */
const LAST = LOWEST + 21 * PER_DOUBLING;
const FIRST_WINDOW = 8;

const [DIGIT_0, DIGIT_9, COLON, COMMA] = [48, 57, 58, 44];

/** The bucket of a duration in milliseconds; its upper bound belongs to it. */
export function bucketOf(ms: number): number {
  if (!(ms > 0.0625)) return 0;
  const bucket = Math.ceil(Math.log2(ms) * PER_DOUBLING) + LOWEST;
  return bucket > LAST ? LAST : bucket;
}

/** The largest duration of a bucket, in milliseconds. */
export function upperBound(bucket: number): number {
  return 2 ** ((bucket - LOWEST) / PER_DOUBLING);
}

/**
 * Counts of durations in logarithmic buckets. Memory grows with the span of what was seen, not with the
 * scale. Stored as `bucket:count,` for each bucket in use, so that joining two texts adds two histograms:
 * a database can add without understanding.
 */
export class Histogram {
  /** The lowest bucket of the window; without a window the only one that was seen. */
  #base = 0;
  /** How often that was; 0 with a window. Of thousands of keys most have one call in a second. */
  #times = 0;
  #counts: Uint32Array | undefined;

  /** Counts a duration whose bucket is known. */
  count(bucket: number, times = 1): void {
    const counts = this.#counts;
    const at = bucket - this.#base;
    if (counts !== undefined && at >= 0 && at < counts.length) counts[at]! += times;
    else if (counts === undefined && (this.#times === 0 || at === 0)) {
      this.#base = bucket;
      this.#times += times;
    } else this.#windowWith(bucket)[bucket - this.#base]! += times;
  }

  add(other: Histogram): void {
    other.each((bucket, times) => this.count(bucket, times));
  }

  /** Adds what `encode` wrote, or several such texts joined. Text that is none is left out. */
  addEncoded(text: string): void {
    let bucket = -1;
    let number = -1;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= DIGIT_0 && code <= DIGIT_9) number = (number < 0 ? 0 : number * 10) + code - DIGIT_0;
      else if (code === COLON) [bucket, number] = [number, -1];
      else {
        if (code === COMMA && bucket >= 0 && bucket <= LAST && number > 0) this.count(bucket, number);
        bucket = number = -1;
      }
    }
  }

  each(visit: (bucket: number, times: number) => void): void {
    if (this.#times > 0) visit(this.#base, this.#times);
    const counts = this.#counts;
    if (counts === undefined) return;
    for (let i = 0; i < counts.length; i++) if (counts[i]! > 0) visit(this.#base + i, counts[i]!);
  }

  total(): number {
    let sum = 0;
    this.each((_, times) => (sum += times));
    return sum;
  }

  /** The duration below or at which the share `q` (0 to 1) of all lies, ± 2.2 %; undefined when empty. */
  quantile(q: number): number | undefined {
    const total = this.total();
    if (total === 0) return undefined;
    let left = Math.max(1, Math.ceil(q * total));
    let found = 0;
    this.each((bucket, times) => {
      if (left > 0) found = bucket;
      left -= times;
    });
    return upperBound(found - 0.5);
  }

  encode(): string {
    let text = '';
    this.each((bucket, times) => (text += `${bucket}:${times},`));
    return text;
  }

  #windowWith(bucket: number): Uint32Array {
    const window = (this.#counts ??= this.#firstWindow());
    const at = bucket - this.#base;
    return at >= 0 && at < window.length ? window : this.#grow(window, bucket);
  }

  /** Around the only bucket so far. */
  #firstWindow(): Uint32Array {
    const only = this.#base;
    this.#base = Math.max(0, only - FIRST_WINDOW / 2);
    const window = new Uint32Array(FIRST_WINDOW);
    window[only - this.#base] = this.#times;
    this.#times = 0;
    return window;
  }

  #grow(old: Uint32Array, bucket: number): Uint32Array {
    const slack = old.length;
    const low = Math.max(0, Math.min(this.#base, bucket < this.#base ? bucket - slack : bucket));
    const high = Math.min(
      LAST + 1,
      Math.max(this.#base + old.length, bucket < this.#base ? 0 : bucket + slack),
    );
    const grown = new Uint32Array(Math.max(high, this.#base + old.length) - low);
    grown.set(old, this.#base - low);
    this.#base = low;
    return (this.#counts = grown);
  }
}
