import { EventCutter } from './event-cutter.js';
import { GapEstimate } from './gap-estimate.js';
import { countGraphemes } from './graphemes.js';
import { cutEvent, type FindText, type TextEvent } from './text-event.js';

/** Shortest time between two pieces; a screen shows no more than every second or third frame of it. */
const STEP_MS = 20;
/** Graphemes of the smallest piece: cutting finer makes many events and is not seen. */
const SMALLEST = 3;
/** More than this is never held back. */
const MOST_BYTES = 64 * 1024;
/** Longer events are not looked at. */
const LONGEST_EVENT = 64 * 1024;

interface Text {
  readonly raw: Buffer;
  readonly event: TextEvent;
}

/**
 * Spreads text that comes in bursts over the time until more will come. Order stays; whatever is no text goes out at
 * once, and with it all text before it. What is held back leaves within the gap that was measured, at most a second,
 * and at once when the upstream has ended.
 */
export class Pacer {
  private readonly cutter = new EventCutter();
  private readonly gaps = new GapEstimate();
  private queue: Buffer[] = [];
  private queued = 0;
  private deadline = 0;
  private timer: NodeJS.Timeout | undefined;
  private blocked = false;

  /** @param write false when the client reads too slowly; then nothing more is written until `drained` */
  constructor(
    private readonly findText: FindText,
    private readonly write: (bytes: Buffer) => boolean,
  ) {}

  /** @returns whether there is room for more */
  take(chunk: Buffer): boolean {
    let texts: Text[] = [];
    for (const raw of this.cutter.cut(chunk)) {
      const event = raw.length > LONGEST_EVENT ? undefined : this.findText(raw.toString('utf8'));
      if (event) {
        texts.push({ raw, event });
        continue;
      }
      for (const text of texts) this.add(text.raw);
      texts = [];
      this.add(raw);
      this.release(this.queue.length);
    }
    if (texts.length > 0) this.spread(texts);
    return !this.blocked;
  }

  /** The client has read what there was. */
  drained(): void {
    this.blocked = false;
    if (this.timer === undefined && this.queue.length > 0) this.step();
  }

  /** Everything that is held back goes out now. */
  flush(): void {
    this.add(this.cutter.rest());
    this.blocked = false;
    this.release(this.queue.length);
  }

  /** Nothing more goes out. */
  stop(): void {
    this.stopTimer();
    this.queue = [];
    this.queued = 0;
  }

  private spread(texts: readonly Text[]): void {
    const now = performance.now();
    this.deadline = this.gaps.next(now);
    const steps = Math.floor((this.deadline - now) / STEP_MS);
    if (steps < 2) {
      for (const { raw } of texts) this.add(raw);
    } else {
      const total = texts.reduce((sum, { event }) => sum + countGraphemes(event.text), 0);
      const longest = Math.max(SMALLEST, Math.ceil(total / steps));
      for (const { raw, event } of texts) for (const piece of cutEvent(raw, event, longest)) this.add(piece);
    }
    if (this.queued > MOST_BYTES) this.release(this.queue.length);
    else this.step();
  }

  /** Lets out what is due now, and sets the time of the next step. */
  private readonly step = (): void => {
    this.stopTimer();
    const leftMs = this.deadline - performance.now();
    const steps = Math.max(1, Math.floor(leftMs / STEP_MS));
    this.release(Math.ceil(this.queue.length / steps));
    if (this.queue.length === 0 || this.blocked) return;
    this.timer = setTimeout(this.step, Math.max(STEP_MS, leftMs / (this.queue.length + 1)));
  };

  private add(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.queue.push(bytes);
    this.queued += bytes.length;
  }

  private release(count: number): void {
    if (this.blocked || count === 0) return;
    const out = count === this.queue.length ? this.queue : this.queue.slice(0, count);
    this.queue = count === this.queue.length ? [] : this.queue.slice(count);
    const bytes = out.length === 1 ? out[0]! : Buffer.concat(out);
    this.queued -= bytes.length;
    if (this.queue.length === 0) this.stopTimer();
    this.blocked = !this.write(bytes);
  }

  private stopTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
