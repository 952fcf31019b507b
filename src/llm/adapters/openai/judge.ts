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
  unsuited,
  upstreamFault,
} from '../../../kernel/judging.js';
import { type Answer, CALLER_FAULT, type Verdict } from '../../../kernel/verdict.js';
import { type OpenAiFault, readFault } from './fault.js';

/**
 * Nothing left to spend. The type is `insufficient_quota` for all of OpenAI's; the code tells them apart.
 * https://platform.openai.com/docs/guides/error-codes, https://developers.openai.com/api/docs/guides/spend-limits
 */
const SPENT = new Set([
  'insufficient_quota',
  'credit_balance_exhausted',
  'organization_spend_limit_exceeded',
  'project_spend_limit_exceeded',
  'organization_usage_limit_exceeded',
  'billing_hard_limit_reached',
  'billing_not_active',
  // SiliconFlow: "Sorry, your account balance is insufficient", with 403.
  '30001',
]);

/** xAI, DeepSeek, OpenRouter and others say it in words, with 402, 403 or 429. */
const SPENT_WORDS =
  /insufficient (account )?(balance|credits|quota)|balance is insufficient|used all available credits|out of credits|exceeded your current quota|key limit exceeded/i;

const BAD_KEY_WORDS =
  /(incorrect|invalid|expired|disabled|revoked) api[ _-]?key|api[ _-]?key (is )?(not valid|invalid)/i;

/** The client's OpenAI-Organization or OpenAI-Project header does not fit this key; it may fit another. */
const OTHER_ORGANIZATION = new Set(['mismatched_organization', 'mismatched_project', 'invalid_organization']);

/**
 * How providers say that a prompt does not fit the model. OpenAI, Groq: `context_length_exceeded`; OpenRouter, DeepSeek,
 * vLLM: "maximum context length is …"; xAI: "maximum prompt length is …"; Mistral: "too large for model with … maximum
 * context length"; Together: "`inputs` tokens + `max_new_tokens` must be <= …".
 */
const TOO_LONG_WORDS =
  /maximum (context|prompt) length|context (length|window) (is |was )?exceed|exceeds? (the )?(model's )?(maximum )?context|max_new_tokens.* must be <=/i;
const TOO_LONG_CODES = new Set(['context_length_exceeded', 'model_max_prompt_tokens_exceeded']);

/** Ollama: "model 'x' not found"; OpenRouter: "No endpoints found for …", "… is not a valid model ID"; SiliconFlow: 20012. */
const UNKNOWN_MODEL_WORDS =
  /\bmodel\b.{0,200}(does not exist|not exist|not found|is not available|decommissioned)|no endpoints found|not a valid model id|invalid model\b|unable to access model|no such model/is;
const UNKNOWN_MODEL_CODES = new Set([
  'model_not_found',
  'model_not_available',
  'model_decommissioned',
  'invalid_model',
  'DeploymentNotFound',
  '20012',
]);

const spent = ({ code, type, message }: OpenAiFault): boolean =>
  SPENT.has(code) || type === 'insufficient_quota' || SPENT_WORDS.test(message);
const tooLong = ({ code, message }: OpenAiFault): boolean =>
  TOO_LONG_CODES.has(code) || TOO_LONG_WORDS.test(message);
const unknownModel = ({ code, type, message }: OpenAiFault): boolean =>
  UNKNOWN_MODEL_CODES.has(code) || type === 'invalid_model' || UNKNOWN_MODEL_WORDS.test(message);
const badKey = ({ code, message }: OpenAiFault): boolean =>
  code === 'invalid_api_key' || BAD_KEY_WORDS.test(message);

const RULES: readonly Rule<OpenAiFault>[] = [
  // OpenRouter: what runs already fills the budget in flight; it comes with Retry-After.
  {
    status: 402,
    when: ({ code, limitSource }) =>
      code === 'in_flight_budget_exhausted' || limitSource === 'openrouter_in_flight_budget',
    then: (answer) => rateLimited(answer, 'in_flight_budget', { share: 'group', models: 'all' }),
  },
  {
    status: 402,
    when: ({ code }) => code === 'weight_exceeds_budget',
    then: () => unsuited('quota', 'request_too_large'),
  },
  { status: 402, then: () => exhausted('payment_required') },
  { status: [400, 403, 429], when: spent, then: () => exhausted('insufficient_quota') },

  {
    status: 401,
    when: ({ code }) => OTHER_ORGANIZATION.has(code),
    then: () => unsuited('setup', 'other_organization'),
  },
  {
    status: 401,
    when: ({ message }) => /\bIP\b.*(not authorized|not allowed|allowlist)/i.test(message),
    then: (answer) => misconfigured(answer, 'ip_not_allowed', 'all', SETUP_REST_MS),
  },
  {
    status: [401, 403],
    when: ({ message }) => /missing scopes|insufficient permissions/i.test(message),
    then: (answer) => misconfigured(answer, 'missing_scope', 'this'),
  },
  { status: 401, then: () => refused('invalid_key') },
  // xAI says "Incorrect API key provided" with 400.
  { status: [400, 403], when: badKey, then: () => refused('invalid_key') },

  {
    status: 403,
    when: ({ code, message }) =>
      code === 'unsupported_country_region_territory' || /country, region, or territory/i.test(message),
    then: (answer) => misconfigured(answer, 'country_not_supported', 'all', SETUP_REST_MS),
  },
  {
    status: 403,
    when: ({ code, message }) => code === 'model_not_found' || /does not have access to model/i.test(message),
    then: (answer) => misconfigured(answer, 'model_not_allowed', 'this', SETUP_REST_MS),
  },
  // Together says it with 403.
  { status: [400, 403, 413, 422], when: tooLong, then: () => TOO_LONG },
  { status: [400, 404, 422], when: unknownModel, then: () => UNKNOWN_MODEL },
  // OpenRouter's moderation.
  { status: 403, when: ({ moderated }) => moderated, then: () => CALLER_FAULT },
  { status: 403, then: (answer) => misconfigured(answer, 'forbidden', 'this') },

  {
    status: 429,
    when: ({ code, message }) =>
      code === 'server_is_overloaded' || /engine is currently overloaded/i.test(message),
    then: () => upstreamFault('overloaded'),
  },
  // More tokens than this organisation gets in a minute: waiting does not help, a bigger account might.
  {
    status: 429,
    when: ({ message }) => /^request too large/i.test(message),
    then: () => unsuited('quota', 'request_too_large'),
  },
  {
    status: 429,
    when: ({ code }) => code === 'slow_down',
    then: (answer) => rateLimited(answer, 'slow_down'),
  },
  { status: 429, then: (answer) => rateLimited(answer) },
];

/** What an answer of OpenAI, or of a provider that took over its protocol, says. */
export function judge(answer: Answer): Verdict {
  return judgeStatus(answer) ?? firstFitting(RULES, answer, readFault(answer.body)) ?? CALLER_FAULT;
}
