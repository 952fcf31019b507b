import { KeywheelError } from '../kernel/errors.js';
import { OK, type Verdict } from '../kernel/verdict.js';
import type { Exchange } from './exchange.js';
import { judgeFailure } from './judge-failure.js';
import type { ReplyRules } from './plan.js';

/** Of an error's body, as much as a judge reads. */
const JUDGED_BYTES = 16 * 1024;

export interface Judged {
  readonly verdict: Verdict;
  /** Set where there is no answer to pass on. */
  readonly error: KeywheelError | undefined;
  readonly unsent: boolean;
}

const GOOD: Judged = Object.freeze({ verdict: OK, error: undefined, unsent: false });

/** The client left, or we are shutting down, before the answer said anything of the key. */
const STOPPED: Judged = Object.freeze({
  verdict: Object.freeze({ blame: 'unknown', reason: 'client_gone', retry: 'no' }),
  error: new KeywheelError('client_gone', 'The client went away.'),
  unsent: false,
});

/** A stream that was over before its protocol's end, and of which nothing has left yet. */
const ENDED_EARLY: Judged = Object.freeze({
  verdict: Object.freeze({ blame: 'upstream', reason: 'stream_broken', retry: 'attempt' }),
  error: new KeywheelError('upstream_broken', 'The upstream ended its answer before it was complete.'),
  unsent: false,
});

/** What an opened exchange says, whatever became of it. */
export function judgeExchange(exchange: Exchange, rules: ReplyRules, stopped: boolean): Judged {
  if (stopped) return STOPPED;
  const { failure, status, watch } = exchange;
  if (failure && (status === 0 || status < 400)) {
    return judgeFailure(failure, { sent: exchange.sent, answered: status > 0 });
  }
  if (watch?.failure) return { verdict: watch.failure, error: watch.error, unsent: false };
  if (exchange.ended && watch?.complete === false) return ENDED_EARLY;
  if (status < 400) return GOOD;
  const body = Buffer.concat(exchange.held).subarray(0, JUDGED_BYTES).toString('utf8');
  const verdict = rules.judge({ status, headers: exchange.headers(), body, now: Date.now() });
  return { verdict, error: undefined, unsent: false };
}
