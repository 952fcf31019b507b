import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MaybePromise } from '../../kernel/maybe-promise.js';

/** Keys in one step: a millisecond or two. */
const STEP = 500;

/**
 * Does `work` for the items in steps, the first in this turn and each other in a turn of its own, until `work`
 * answers false. Few items are done in this turn alone.
 */
export function inSteps<T>(
  items: readonly T[],
  work: (some: readonly T[]) => boolean,
  size = STEP,
): MaybePromise<void> {
  if (work(items.slice(0, size)) && items.length > size) return others(items, work, size);
}

async function others<T>(
  items: readonly T[],
  work: (some: readonly T[]) => boolean,
  size: number,
): Promise<void> {
  for (let at = size; at < items.length; at += size) {
    await nextTurn();
    if (!work(items.slice(at, at + size))) return;
  }
}
