import { nextMidnight } from '../../../kernel/calendar.js';
import {
  exhausted,
  firstFitting,
  judgeStatus,
  misconfigured,
  rateLimited,
  refused,
  type Rule,
  SETUP_REST_MS,
  TOO_LONG,
  UNKNOWN_MODEL,
} from '../../../kernel/judging.js';
import { type Answer, CALLER_FAULT, type Verdict } from '../../../kernel/verdict.js';
import { type GeminiFault, readFault } from './fault.js';

/** Where Google's day turns: https://ai.google.dev/gemini-api/docs/rate-limits */
const GOOGLE_ZONE = 'America/Los_Angeles';

/** Reasons of google.rpc.ErrorInfo: https://github.com/googleapis/googleapis/blob/master/google/api/error_reason.proto */
const DEAD_KEY = new Set(['API_KEY_INVALID', 'CONSUMER_SUSPENDED']);
const SETUP = new Set([
  'SERVICE_DISABLED',
  'BILLING_DISABLED',
  'CONSUMER_INVALID',
  'API_KEY_SERVICE_BLOCKED',
  'API_KEY_HTTP_REFERRER_BLOCKED',
  'API_KEY_IP_ADDRESS_BLOCKED',
  'API_KEY_ANDROID_APP_BLOCKED',
  'API_KEY_IOS_APP_BLOCKED',
  'USER_PROJECT_DENIED',
  'LOCATION_POLICY_VIOLATED',
]);

const perDay = (quotaId: string): boolean => /PerDay/i.test(quotaId);

const RULES: readonly Rule<GeminiFault>[] = [
  // A 400, of all things; the reason is what counts.
  {
    status: [400, 401, 403],
    when: ({ reasons }) => reasons.some((reason) => DEAD_KEY.has(reason)),
    then: (_, { reasons }) =>
      refused(reasons.includes('CONSUMER_SUSPENDED') ? 'suspended' : 'invalid_key', false),
  },
  {
    status: [400, 403],
    when: ({ message }) => /reported as leaked|has been suspended|api key (not valid|expired)/i.test(message),
    then: () => refused('invalid_key', false),
  },
  { status: 401, then: () => refused('invalid_key') },
  {
    status: [400, 403],
    when: ({ reasons }) => reasons.some((reason) => SETUP.has(reason)),
    then: (answer, { reasons }) =>
      misconfigured(
        answer,
        reasons.find((reason) => SETUP.has(reason))?.toLowerCase() ?? 'setup',
        'all',
        SETUP_REST_MS,
      ),
  },
  // "User location is not supported", or a free tier that the country does not have.
  {
    status: 400,
    when: ({ status, message }) =>
      status === 'FAILED_PRECONDITION' && /location|country|billing|free tier/i.test(message),
    then: (answer) => misconfigured(answer, 'location_not_supported', 'all', SETUP_REST_MS),
  },
  // "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."
  {
    status: 400,
    when: ({ message }) =>
      /token count.*exceeds the maximum|exceeds the maximum number of tokens/is.test(message),
    then: () => TOO_LONG,
  },
  // "models/x is not found for API version v1beta, …"; Vertex: "Publisher Model `…` was not found or …"
  {
    status: 404,
    when: ({ message }) =>
      /^models\/\S+ is not found|publisher model.* not found|model.* is no longer available/is.test(message),
    then: () => UNKNOWN_MODEL,
  },
  { status: 402, then: () => exhausted('payment_required') },
  // Somebody else's file or cached content, or one that is gone: not the key's fault.
  {
    status: 403,
    when: ({ message }) => /\bfile\b|cachedcontent|may not exist|tuned ?model/i.test(message),
    then: () => CALLER_FAULT,
  },
  { status: 403, then: (answer) => misconfigured(answer, 'forbidden', 'this') },

  // Until mid-2026 a 429: https://discuss.ai.google.dev/t/183654
  {
    status: 429,
    when: ({ message }) => /prepayment credits are depleted/i.test(message),
    then: () => exhausted('payment_required'),
  },
  {
    status: 429,
    when: ({ quotaIds }) => quotaIds.some(perDay),
    then: ({ now }) =>
      exhausted('daily_quota', nextMidnight(GOOGLE_ZONE, now), { share: 'group', models: 'this' }),
  },
  {
    status: 429,
    when: ({ quotaIds, retryDelays }) => quotaIds.length > 0 || retryDelays.length > 0,
    then: (answer, { retryDelays }) =>
      rateLimited(answer, 'rate_limited', { share: 'group', models: 'this' }, retryDelays),
  },
  // Without details it may be the model's capacity: only this key, only this model.
  {
    status: 429,
    then: (answer) => rateLimited(answer, 'resource_exhausted', { share: 'key', models: 'this' }),
  },
];

/** What an answer of the Gemini API, or of Vertex AI, says. */
export function judge(answer: Answer): Verdict {
  return judgeStatus(answer) ?? firstFitting(RULES, answer, readFault(answer.body)) ?? CALLER_FAULT;
}
