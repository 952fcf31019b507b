import { nextMonthUtc } from '../../../kernel/calendar.js';
import {
  at,
  exhausted,
  firstFitting,
  judgeStatus,
  misconfigured,
  parseJson,
  rateLimited,
  refused,
  type Rule,
  SETUP_REST_MS,
  textOf,
  TOO_LONG,
  UNKNOWN_MODEL,
  unsuited,
} from '../../../kernel/judging.js';
import { LONGEST_SPEND_HINT } from '../../../kernel/retry-hints.js';
import { type Answer, CALLER_FAULT, type Verdict } from '../../../kernel/verdict.js';

interface AnthropicFault {
  readonly type: string;
  readonly message: string;
  /** `error.details.error_code`. */
  readonly code: string;
}

const OWN_LIMIT_WORDS = /^you have reached your specified (workspace )?api usage limits/i;
const TOO_LONG_WORDS = /^prompt is too long|exceeds? context limit|context window exceeded/i;
const REGAIN = /regain access on (\d{4}-\d{2}-\d{2}) at (\d{2}:\d{2}) UTC/i;

/** https://docs.anthropic.com/en/api/errors and https://docs.anthropic.com/en/api/rate-limits */
const RULES: readonly Rule<AnthropicFault>[] = [
  // The limit that the organisation or workspace set itself.
  {
    status: 400,
    when: ({ message }) => OWN_LIMIT_WORDS.test(message),
    then: ({ now }, { message }) => exhausted('own_spend_limit', regainedAt(message, now)),
  },
  {
    status: [400, 403],
    when: ({ message }) => /credit balance is too low/i.test(message),
    then: () => exhausted('credit_balance'),
  },
  {
    status: [400, 403],
    when: ({ message }) => /organization has been disabled/i.test(message),
    then: () => refused('organization_disabled'),
  },
  // "prompt is too long: 208310 tokens > 200000 maximum"; 413 is for bodies beyond 32 MB.
  { status: 400, when: ({ message }) => TOO_LONG_WORDS.test(message), then: () => TOO_LONG },
  { status: 413, then: () => TOO_LONG },
  // "model: claude-x"
  { status: 404, when: ({ message }) => /^model:/i.test(message), then: () => UNKNOWN_MODEL },
  { status: 401, then: () => refused('invalid_key') },
  { status: 402, then: () => exhausted('payment_required') },
  // "Request not allowed": where the call comes from, not what it asks.
  {
    status: 403,
    when: ({ message }) => /^request not allowed/i.test(message),
    then: (answer) => misconfigured(answer, 'location_not_supported', 'all', SETUP_REST_MS),
  },
  { status: 403, then: (answer) => misconfigured(answer, 'forbidden', 'this') },
  // The tier's monthly cap: pauses until the 1st of the next month, without a retry-after.
  {
    status: 429,
    when: ({ code }) => code === 'enforced_spend_limit_reached',
    then: ({ now }) => exhausted('spend_limit', nextMonthUtc(now)),
  },
  // The account's tier does not serve long prompts; shorter ones are fine.
  {
    status: 429,
    when: ({ message }) => /required for long context requests/i.test(message),
    then: () => unsuited('setup', 'long_context_not_enabled'),
  },
  { status: 429, then: (answer) => rateLimited(answer) },
];

/** What an answer of Anthropic says. */
export function judge(answer: Answer): Verdict {
  return judgeStatus(answer) ?? firstFitting(RULES, answer, readFault(answer.body)) ?? CALLER_FAULT;
}

function readFault(body: string): AnthropicFault {
  const error = at(parseJson(body), 'error');
  return {
    type: textOf(at(error, 'type')),
    message: textOf(at(error, 'message')),
    code: textOf(at(error, 'details', 'error_code')) || textOf(at(error, 'error_code')),
  };
}

/** The message says when; where it does not, months are what such limits turn by. */
function regainedAt(message: string, now: number): number {
  const [, day, time] = REGAIN.exec(message) ?? [];
  const said = day && time ? Date.parse(`${day}T${time}:00Z`) : NaN;
  if (Number.isNaN(said) || said <= now) return nextMonthUtc(now);
  return Math.min(said, now + LONGEST_SPEND_HINT);
}
