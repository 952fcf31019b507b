import { failsForAllKeys } from '../../kernel/verdict.js';
import type { HeldKey } from './held-key.js';
import type { KeyRecord } from './key-record.js';
import type { Settlement } from './pool-state.js';
import { SilentKeys } from './silent-keys.js';
import { SoonestFirst } from './soonest-first.js';

const SHORTEST = 5_000;
const LONGEST = 60_000;

/**
 * Keys whose last attempt failed by the upstream's fault. They stand behind the sound ones for a while that grows
 * with each such failure: some gateways and accounts fail for single keys only, and no verdict may take a key out
 * of the pool for that. Those that have just fallen silent stand there too.
 */
export class ShakyKeys {
  private readonly ends = new SoonestFirst<KeyRecord>();
  private readonly silent: SilentKeys;

  /** @param changed the key has become shaky, or sound. */
  constructor(private readonly changed: (key: KeyRecord) => void) {
    this.silent = new SilentKeys(changed);
  }

  lent(held: HeldKey): void {
    this.silent.lent(held);
  }

  answered(held: HeldKey, now: number): void {
    this.silent.answered(held, now);
  }

  note(held: HeldKey, settlement: Settlement): void {
    const { key, at } = held;
    const { verdict, now } = settlement;
    const gaveUp = this.silent.settled(held, settlement);
    const failed = verdict.blame === 'upstream' && !failsForAllKeys(verdict);
    if (failed || gaveUp) this.failed(key, at, now);
    else if (key.shaky && (verdict.blame === 'none' || verdict.blame === 'caller')) this.sound(key);
  }

  /** Makes those sound whose time is over. */
  advance(now: number): void {
    this.silent.advance(now);
    for (let key = this.ends.takeDue(now); key; key = this.ends.takeDue(now)) {
      if (!key.shaky?.stands) continue;
      if (key.shaky.until > now) {
        this.ends.add(key.shaky.until, key);
        continue;
      }
      key.shaky.stands = false;
      this.changed(key);
    }
  }

  /** Calls that were under way when the key failed last say nothing new. */
  private failed(key: KeyRecord, sentAt: number, now: number): void {
    const known = key.shaky;
    if (known && sentAt < known.failedAt) return;
    const streak = (known?.streak ?? 0) + 1;
    const until = now + Math.min(LONGEST, SHORTEST * 2 ** Math.min(streak - 1, 10));
    const stood = known?.stands === true;
    key.shaky = { streak, until, failedAt: now, stands: true };
    if (stood) return;
    this.ends.add(until, key);
    this.changed(key);
  }

  private sound(key: KeyRecord): void {
    const stood = key.shaky?.stands === true;
    key.shaky = undefined;
    if (stood) this.changed(key);
  }
}
