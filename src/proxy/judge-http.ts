import { exhausted, judgeStatus, rateLimited, refused, unsuited } from '../kernel/judging.js';
import { type Answer, CALLER_FAULT, OK, type Verdict } from '../kernel/verdict.js';

/** Beyond this, a reset is a point in time and not a delay; in seconds. */
const EPOCH_SECONDS = 1_000_000_000;

/**
 * What an answer of any HTTP API says. Its body is the caller's business, so only status and headers are read:
 *
 * - 401: the key is refused; out at once, invalid when a check confirms it
 * - 402: the key's account has nothing left
 * - 429, and 403 with a sign of a rate limit (GitHub's secondary limits): the key rests
 * - any other 403: another key may have the right; the key keeps its place, since it may be the caller who asks
 *   for what nobody may have, and such calls must not empty the pool
 * - 408 and 5xx: the upstream
 * - redirects are answers like others, and passed on
 */
export function judge(answer: Answer): Verdict {
  const { status } = answer;
  if (status < 400) return OK;
  const general = judgeStatus(answer);
  if (general) return general;
  if (status === 401) return refused('unauthorized');
  if (status === 402) return exhausted('payment_required');
  if (status === 429 || (status === 403 && saysRateLimit(answer))) {
    return rateLimited(answer, 'rate_limited', { share: 'group', models: 'all' }, [resetDelay(answer)]);
  }
  return status === 403 ? unsuited('setup', 'forbidden') : CALLER_FAULT;
}

function saysRateLimit({ headers }: Answer): boolean {
  return headers['retry-after'] !== undefined || headers['x-ratelimit-remaining']?.trim() === '0';
}

/** `RateLimit-Reset` is a delay in seconds; `X-RateLimit-Reset` is that, or a point in time (GitHub). */
function resetDelay({ headers, now }: Answer): number | undefined {
  const text = headers['ratelimit-reset'] ?? headers['x-ratelimit-reset'];
  if (text === undefined || !/^\s*\d+\s*$/.test(text)) return undefined;
  const seconds = Number(text);
  return seconds < EPOCH_SECONDS ? seconds * 1000 : Math.max(0, seconds * 1000 - now);
}
