import type { KeyEffect } from '../../kernel/verdict.js';
import { hintedEnd, ownInterval, UNCONFIRMED_REASON } from './backoff.js';
import type { HeldKey } from './held-key.js';
import type { Rest, Settlement } from './pool-state.js';
import type { Rests } from './rests.js';

/** A rest that a verdict has set or made longer. */
export interface NewRest {
  readonly rests: Rests;
  readonly model: string | undefined;
  readonly until: number;
}

/**
 * What the end of a probe does to the rests it tried out: a success lifts them; a fault of the caller means the
 * key was accepted, so it lifts too; anything else lets the next call try. Results for an older state of the rest
 * change nothing. True when a rest was lifted.
 */
export function endProbes(held: HeldKey, { verdict, unsent, now }: Settlement): boolean {
  if (!held.probes) return false;
  const isGood = !unsent && (verdict.blame === 'none' || verdict.blame === 'caller');
  let lifted = false;
  for (const { rests, model, record, epoch } of held.probes) {
    if (record.epoch !== epoch) continue;
    record.probing = false;
    if (!isGood || rests.of(model) !== record) continue;
    rests.clear(model, now);
    lifted = true;
  }
  return lifted;
}

/** Puts to rest what the verdict names; undefined when a rest that is running already covers it. */
export function applyEffect(
  effect: KeyEffect,
  held: HeldKey,
  { verdict, now }: Settlement,
  random: () => number,
): NewRest | undefined {
  if (effect.to === 'invalid') {
    const rest = { status: 'cooling' as const, reason: UNCONFIRMED_REASON };
    return restLonger(held.key.rests, undefined, { rest, held, now, random });
  }
  const rests = held.key.restsFor(effect.share);
  const model = effect.models === 'this' ? held.model : undefined;
  const rest = { status: effect.to, reason: verdict.reason };
  return restLonger(rests, model, { rest, asked: effect.until, held, now, random });
}

interface Cause {
  readonly rest: Pick<Rest, 'status' | 'reason'>;
  /** Epoch ms until which the upstream asked for; absent, the pool takes its own interval. */
  readonly asked?: number;
  readonly held: HeldKey;
  readonly now: number;
  readonly random: () => number;
}

/**
 * A call that was sent before the rest on record began tells nothing new: it may make the rest longer by an
 * explicit hint, but does not count as one more in the row.
 */
function restLonger(rests: Rests, model: string | undefined, cause: Cause): NewRest | undefined {
  const { now, random } = cause;
  const { status, reason } = cause.rest;
  const known = rests.of(model);
  const isLate = known !== undefined && !cause.held.isProbeOf(known);
  const asked = cause.asked !== undefined && cause.asked > now ? cause.asked : undefined;
  if (isLate && asked === undefined && known.runs(now) && known.status === status) return undefined;
  const streak = isLate ? known.streak : (known?.streak ?? 0) + 1;
  const until =
    asked === undefined
      ? now + ownInterval(status, reason, streak, random)
      : hintedEnd(status, asked, now, random);
  if (known && known.until >= until) return undefined;
  rests.set(model, { status, reason, until, streak });
  return { rests, model, until };
}
