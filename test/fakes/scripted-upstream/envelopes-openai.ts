import type { Behaviour } from './behaviour.ts';
import type { Failure, FailureContext } from './envelopes.ts';

const error = (message: string, type: string, code: string | null, param: string | null = null) => ({
  error: { message, type, param, code },
});

export function openaiComplaint(
  status: number,
  message: string,
  param: string | null,
  code: string | null,
): Failure {
  return { status, body: error(message, 'invalid_request_error', code, param) };
}

/** OpenAI shows the ends of a key that it does not know. */
const shown = (key: string) =>
  `${key.slice(0, 8)}${'*'.repeat(Math.max(4, key.length - 12))}${key.slice(-4)}`;

export function openaiFailure(
  { kind, status = 500, retryAfter }: Behaviour,
  { key, model }: FailureContext,
): Failure | undefined {
  switch (kind) {
    case 'unauthorized':
    case 'invalid_key':
      return {
        status: 401,
        body: error(
          `Incorrect API key provided: ${shown(key)}. You can find your API key at https://platform.openai.com/account/api-keys.`,
          'invalid_request_error',
          'invalid_api_key',
        ),
      };
    case 'suspended':
      return {
        status: 401,
        body: error(
          `Your account behind ${key} has been deactivated.`,
          'invalid_request_error',
          'account_deactivated',
        ),
      };
    case 'forbidden':
      return {
        status: 403,
        body: error(
          'Country, region, or territory not supported',
          'request_forbidden',
          'unsupported_country_region_territory',
        ),
      };
    case 'rate_limited':
      return rateLimited(model, retryAfter);
    case 'exhausted':
      return {
        status: 429,
        body: error(
          'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.',
          'insufficient_quota',
          'insufficient_quota',
        ),
      };
    case 'server_error':
      return {
        status,
        body: error(
          'The server had an error while processing your request. Sorry about that!',
          'server_error',
          null,
        ),
      };
    case 'context_too_long':
      return {
        status: 400,
        body: error(
          "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens.",
          'invalid_request_error',
          'context_length_exceeded',
          'messages',
        ),
      };
    case 'unknown_model':
      return {
        status: 404,
        body: error(
          `The model \`${model}\` does not exist or you do not have access to it.`,
          'invalid_request_error',
          'model_not_found',
        ),
      };
    default:
      return undefined;
  }
}

function rateLimited(model: string, retryAfter: number | undefined): Failure {
  const wait = retryAfter === undefined ? '' : ` Please try again in ${retryAfter}s.`;
  const body = error(
    `Rate limit reached for ${model} in organization org-scripted on requests per min (RPM): Limit 3, Used 3, Requested 1.${wait}`,
    'requests',
    'rate_limit_exceeded',
  );
  if (retryAfter === undefined) return { status: 429, body };
  const headers = {
    'retry-after': String(Math.ceil(retryAfter)),
    'retry-after-ms': String(Math.round(retryAfter * 1000)),
    'x-ratelimit-limit-requests': '3',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': `${retryAfter}s`,
  };
  return { status: 429, body, headers };
}
