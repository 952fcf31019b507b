import { KeywheelError } from '../../kernel/errors.js';
import type { Verdict } from '../../kernel/verdict.js';

/**
 * Most bytes of an answer, or of one event of a stream, that are read to be written anew, as many as a client may send:
 * several generated images fit, and reading them takes about a second in which nothing else is done.
 */
export const LARGEST_ANSWER = 32 * 1024 * 1024;

/** Another key would answer no less. */
export const TOO_LARGE: Verdict = Object.freeze({
  blame: 'caller',
  reason: 'answer_too_large',
  retry: 'no',
  elsewhere: true,
});

export function tooLarge(): KeywheelError {
  const most = `${LARGEST_ANSWER / 1024 / 1024} MiB`;
  return new KeywheelError(
    'upstream_too_large',
    `The upstream’s answer is longer than ${most}, which is too large to be translated.`,
  );
}
