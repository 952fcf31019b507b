import { KeywheelError } from '../kernel/errors.js';
import { upstreamFault } from '../kernel/judging.js';

/** An answer without content and without a word on why it has none: another attempt may do better. */
export const EMPTY = upstreamFault('empty_answer');
/** Cut off, or no answer of the protocol at all. */
export const UNREADABLE = upstreamFault('unreadable_answer');

export function emptyAnswer(): KeywheelError {
  return new KeywheelError('upstream_broken', 'The upstream’s answer is empty.');
}

export function unreadableAnswer(): KeywheelError {
  return new KeywheelError('upstream_broken', 'The upstream’s answer is not complete.');
}
