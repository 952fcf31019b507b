import type { HeldKey } from './held-key.js';
import type { KeyRecord } from './key-record.js';
import type { Settlement } from './pool-state.js';
import { UsualWait } from './usual-wait.js';

/** Of the watched keys, so many are looked at for each pick, by turns; each lease brings one at most. */
const LOOKS = 2;

/**
 * Keys that have just fallen silent: calls wait for their first word from them, and for longer than this upstream
 * nearly ever takes. They stand behind the others from then on, before the first of these calls has met its
 * time-out, and until they say something. Found out when the next key is picked, so nothing has to be timed.
 */
export class SilentKeys {
  private readonly usual = new UsualWait();
  /** Keys that calls wait for. */
  private readonly watched: KeyRecord[] = [];
  private next = 0;

  /** @param changed the key has fallen silent, or spoken. */
  constructor(private readonly changed: (key: KeyRecord) => void) {}

  lent({ key, at }: HeldKey): void {
    key.waiting += 1;
    if (key.waiting === 1) key.waitingSince = at;
    if (!key.isWatched && !key.isSilent) this.watch(key);
  }

  /** The first word of an answer. */
  answered(held: HeldKey, now: number): void {
    if (held.isHeard) return;
    this.usual.add(now - held.at);
    this.heard(held, now);
  }

  /** Whether the key is given up in silence: nobody waits for it any more, and it has said nothing. */
  settled(held: HeldKey, { verdict, unsent, now }: Settlement): boolean {
    const { key } = held;
    if (held.isHeard) return false;
    if (verdict.blame !== 'unknown' && verdict.blame !== 'upstream') this.heard(held, now);
    else {
      held.isHeard = true;
      key.waiting -= 1;
    }
    if (!key.isSilent || key.waiting > 0) return false;
    this.speaks(key);
    return verdict.blame === 'unknown' && unsent !== true;
  }

  /** Finds who has fallen silent. */
  advance(now: number): void {
    for (let looks = 0; looks < LOOKS && this.watched.length > 0; looks++) {
      if (this.next >= this.watched.length) this.next = 0;
      const key = this.watched[this.next]!;
      const isLong = key.waiting > 0 && now - key.waitingSince > this.usual.longestMs;
      if (key.waiting > 0 && !isLong) {
        this.next += 1;
        continue;
      }
      this.unwatch(key);
      if (!isLong) continue;
      key.isSilent = true;
      this.changed(key);
    }
  }

  private heard(held: HeldKey, now: number): void {
    const { key } = held;
    held.isHeard = true;
    key.waiting -= 1;
    key.waitingSince = now;
    if (key.isSilent) this.speaks(key);
  }

  private speaks(key: KeyRecord): void {
    key.isSilent = false;
    if (key.waiting > 0) this.watch(key);
    this.changed(key);
  }

  private watch(key: KeyRecord): void {
    key.isWatched = true;
    this.watched.push(key);
  }

  /** The one at `next`; the last takes its place. */
  private unwatch(key: KeyRecord): void {
    key.isWatched = false;
    const last = this.watched.pop()!;
    if (last !== key) this.watched[this.next] = last;
  }
}
