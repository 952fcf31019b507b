import type { Verdict } from '../kernel/verdict.js';
import { KeywheelError, type ErrorCode } from '../kernel/errors.js';

/** Why no complete answer came: what it means, and the error for the client if nothing better comes. */
export interface Failure {
  readonly verdict: Verdict;
  readonly error: KeywheelError;
  /** Surely nothing of the call reached the upstream's application, so a repeat is safe whatever the method. */
  readonly unsent: boolean;
}

/** A time-out of the engine itself, on its way through undici as the reason of an abort. */
export class TimeOut extends Error {
  constructor(readonly phase: 'first_byte' | 'idle') {
    super(`time-out: ${phase}`);
  }
}

const CONNECT_FAILURES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * FACTS of the wire: connect and TLS failures, and a reset of a reused connection before any byte came back,
 * are repeated whatever the method; a reset after the body was sent only where a repeat harms nothing. No key
 * is ever blamed for them.
 */
export function judgeFailure(thrown: Error, progress: { sent: boolean; answered: boolean }): Failure {
  const { sent, answered } = progress;
  if (thrown instanceof KeywheelError) return ownFailure(thrown);
  if (thrown instanceof TimeOut) {
    return failure(
      'upstream_timeout',
      `timeout_${thrown.phase}`,
      'The upstream did not answer in time.',
      false,
    );
  }
  const code = codeOf(thrown);
  if (!sent && (CONNECT_FAILURES.has(code) || isTls(code))) {
    const reason = isTls(code) ? 'tls_failed' : 'connect_failed';
    return unreachable(reason);
  }
  const unsent = !sent || (!answered && wasReused(thrown));
  return failure('upstream_broken', 'connection_lost', 'The upstream closed the connection.', unsent);
}

/** Not the upstream's doing: its address is not allowed, the client's body is too large, or we shut down. */
function ownFailure(error: KeywheelError): Failure {
  const blame = error.code === 'upstream_refused' ? 'setup' : 'unknown';
  return { verdict: { blame, reason: error.code, retry: 'no' }, error, unsent: true };
}

function failure(code: ErrorCode, reason: string, message: string, unsent: boolean): Failure {
  return {
    verdict: { blame: 'upstream', reason, retry: 'attempt' },
    error: new KeywheelError(code, message),
    unsent,
  };
}

/** Whatever key the call had: none was shown. */
function unreachable(reason: string): Failure {
  const { verdict, ...rest } = failure('upstream_broken', reason, 'The upstream could not be reached.', true);
  return { verdict: { ...verdict, elsewhere: true }, ...rest };
}

function codeOf(thrown: Error): string {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code !== undefined) return code;
  return thrown.cause instanceof Error ? codeOf(thrown.cause) : '';
}

function isTls(code: string): boolean {
  return (
    code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || code.includes('CERT') || code === 'EPROTO'
  );
}

/** undici tells how many bytes the socket had read before: more than none means that it had served others. */
function wasReused(thrown: Error): boolean {
  const { socket } = thrown as { socket?: { bytesRead?: number } };
  return (socket?.bytesRead ?? 0) > 0;
}
