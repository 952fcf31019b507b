const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The longest rest that a hint may ask for: a rate limit, and a spend limit (which turns with the month). */
export const LONGEST_RATE_HINT = DAY;
export const LONGEST_SPEND_HINT = 31 * DAY;
const SHORTEST_HINT = SECOND;

const UNITS: Readonly<Record<string, number>> = {
  h: HOUR,
  m: MINUTE,
  s: SECOND,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/** Header names in lower case; repeated headers joined with a comma. */
type Headers = Readonly<Record<string, string | undefined>>;

/**
 * A duration as Go and protobuf write it: `26s`, `0.5s`, `6m0s`, `1h2m3.5s`, `20ms`. Milliseconds, or undefined
 * where the text is something else. A bare number has no unit and is none.
 */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/^(?:\d+(?:\.\d+)?(?:ms|us|µs|ns|h|m|s))+$/.test(trimmed) || trimmed.length > 64) return undefined;
  let total = 0;
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|us|µs|ns|h|m|s)/g)) {
    total += Number(amount) * (UNITS[unit ?? ''] ?? 0);
  }
  return Number.isFinite(total) ? total : undefined;
}

/**
 * How long an upstream asks us to leave a key alone, in milliseconds: the longest valid hint, held between 1 s
 * and `longest`. Undefined where there is no valid hint: then the pool's own interval applies.
 *
 * Read are `Retry-After` (seconds or an HTTP date), `retry-after-ms` (OpenAI), `x-ratelimit-reset-<resource>`
 * (OpenAI and those who copy it; where the answer tells what remains, only of the resource that is used up), and
 * `fromBody`: durations in milliseconds that a judge found in the body (Google's RetryInfo).
 */
export function retryHint(
  headers: Headers,
  fromBody: readonly (number | undefined)[],
  now: number,
  longest = LONGEST_RATE_HINT,
): number | undefined {
  const hints = [
    parseRetryAfter(headers['retry-after'], now),
    parseMilliseconds(headers['retry-after-ms']),
    ...resetHints(headers),
    ...fromBody,
  ].filter((hint) => hint !== undefined && Number.isFinite(hint) && hint >= 0) as number[];
  if (hints.length === 0) return undefined;
  return Math.min(longest, Math.max(SHORTEST_HINT, Math.ceil(Math.max(...hints))));
}

function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * SECOND;
  // Date.parse takes almost anything; an HTTP date begins with the name of a day.
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) || at <= now ? undefined : at - now;
}

function parseMilliseconds(value: string | undefined): number | undefined {
  const text = value?.trim();
  return text !== undefined && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}

const RESET = 'x-ratelimit-reset-';

function resetHints(headers: Headers): number[] {
  const found: number[] = [];
  for (const name in headers) {
    if (!name.startsWith(RESET)) continue;
    const remaining = headers[`x-ratelimit-remaining-${name.slice(RESET.length)}`]?.trim();
    if (remaining !== undefined && remaining !== '' && Number(remaining) > 0) continue;
    const hint = parseDuration(headers[name] ?? '');
    if (hint !== undefined) found.push(hint);
  }
  return found;
}
