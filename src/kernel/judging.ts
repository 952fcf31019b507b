import { retryHint } from './retry-hints.js';
import { type Answer, type KeyEffect, OK, type Verdict } from './verdict.js';

/*
 * What the judges of all protocols have in common: the statuses that mean the same everywhere, the shapes of
 * verdicts, and reading of error bodies that may be anything.
 */

/** How long a key rests whose account or network an operator has to set up first. */
export const SETUP_REST_MS = 10 * 60_000;

/** A row of a judge's table: the first one whose status and condition fit gives the verdict. */
export interface Rule<Fault> {
  readonly status: number | readonly number[];
  readonly when?: (fault: Fault, answer: Answer) => boolean;
  readonly then: (answer: Answer, fault: Fault) => Verdict;
}

export function firstFitting<Fault>(
  rules: readonly Rule<Fault>[],
  answer: Answer,
  fault: Fault,
): Verdict | undefined {
  for (const { status, when, then } of rules) {
    const fits = typeof status === 'number' ? status === answer.status : status.includes(answer.status);
    if (fits && (when?.(fault, answer) ?? true)) return then(answer, fault);
  }
  return undefined;
}

/** Success, and failures of the upstream itself; undefined where the body has to tell. */
export function judgeStatus({ status, body }: Answer): Verdict | undefined {
  if (status < 300 || status === 304) return OK;
  // Redirects are not followed: an API that sends one has another base URL than the operator wrote.
  if (status < 400) return { blame: 'setup', reason: 'redirected', retry: 'no' };
  if (status === 408) return upstreamFault('upstream_timeout');
  // Another Keywheel, or this one. Shared hosts have a meaning of their own for 508.
  if (status === 508 && body.includes('"loop_detected"')) return LOOP;
  // 501 and 505 are about the request; a repeat gets the same answer.
  if (status >= 500 && status !== 501 && status !== 505) {
    return upstreamFault(status === 529 || status === 503 ? 'overloaded' : 'upstream_error');
  }
  return undefined;
}

/** The upstream leads back to where the call came from, and would with every key. */
const LOOP: Verdict = Object.freeze({
  blame: 'setup',
  reason: 'loop_detected',
  retry: 'no',
  elsewhere: true,
});

export function upstreamFault(reason: string): Verdict {
  return { blame: 'upstream', reason, retry: 'attempt' };
}

/** The key is refused; with `confirm` it is out at once but invalid only when a check agrees. */
export function refused(reason: string, confirm = true): Verdict {
  const effect: KeyEffect = { to: 'invalid', share: 'key', models: 'all', ...(confirm && { confirm }) };
  return { blame: 'key', reason, effect, retry: 'next_key' };
}

/** A rate limit: the group rests for the called model, until the latest of the upstream's hints. */
export function rateLimited(
  answer: Answer,
  reason = 'rate_limited',
  scope: Pick<KeyEffect, 'share' | 'models'> = { share: 'group', models: 'this' },
  fromBody: readonly (number | undefined)[] = [],
): Verdict {
  const hint = retryHint(answer.headers, fromBody, answer.now);
  const until = hint === undefined ? {} : { until: answer.now + hint };
  return { blame: 'quota', reason, effect: { to: 'cooling', ...scope, ...until }, retry: 'next_key' };
}

/** Credit or quota is gone: no quick retry. Without `until` the pool tries again in growing intervals. */
export function exhausted(
  reason: string,
  until?: number,
  scope: Pick<KeyEffect, 'share' | 'models'> = { share: 'group', models: 'all' },
): Verdict {
  const effect: KeyEffect = { to: 'exhausted', ...scope, ...(until !== undefined && { until }) };
  return { blame: 'quota', reason, effect, retry: 'next_key' };
}

/** An operator has to act. With `restMs` the key rests that long, else for the pool's own interval. */
export function misconfigured(
  { now }: Answer,
  reason: string,
  models: KeyEffect['models'],
  restMs?: number,
): Verdict {
  const until = restMs === undefined ? {} : { until: now + restMs };
  return {
    blame: 'setup',
    reason,
    effect: { to: 'cooling', share: 'key', models, ...until },
    retry: 'next_key',
  };
}

/** This key cannot serve this request, but another may; it says nothing about other requests. */
export function unsuited(blame: 'quota' | 'setup', reason: string): Verdict {
  return { blame, reason, retry: 'next_key' };
}

/** The request is longer than this model, or this provider, takes. */
export const TOO_LONG: Verdict = Object.freeze({
  blame: 'caller',
  reason: 'context_too_long',
  retry: 'no',
  elsewhere: true,
});

/** This provider has no such model, or not for this account. */
export const UNKNOWN_MODEL: Verdict = Object.freeze({
  blame: 'caller',
  reason: 'unknown_model',
  retry: 'no',
  elsewhere: true,
});

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An own property of an object or an element of an array, however deep; undefined where the way ends. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<string | number, unknown>)[step];
  }
  return here;
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** A text or number as text; anything else as an empty one. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
