import type { Behaviour } from './behaviour.ts';
import type { Failure, FailureContext } from './envelopes.ts';

const SERVICE = 'generativelanguage.googleapis.com';
const STATUS: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  415: 'INVALID_ARGUMENT',
  500: 'INTERNAL',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

const rpc = (type: string, fields: Record<string, unknown>) => ({
  '@type': `type.googleapis.com/google.rpc.${type}`,
  ...fields,
});
const error = (code: number, message: string, status: string, details?: unknown[]) => ({
  error: { code, message, status, ...(details ? { details } : {}) },
});

export function geminiComplaint(status: number, message: string): Failure {
  return { status, body: error(status, message, STATUS[status] ?? 'UNKNOWN') };
}

export function geminiFailure(
  { kind, status = 500, retryAfter }: Behaviour,
  { key, model }: FailureContext,
): Failure | undefined {
  switch (kind) {
    case 'invalid_key':
      return { status: 400, body: invalidKey() };
    case 'unauthorized':
      return {
        status: 401,
        body: error(
          401,
          'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
          'UNAUTHENTICATED',
        ),
      };
    case 'forbidden':
      return { status: 403, body: disabled() };
    case 'suspended':
      return { status: 403, body: suspended(key) };
    case 'rate_limited':
      return {
        status: 429,
        body: quota('GenerateRequestsPerMinutePerProjectPerModel-FreeTier', model, retryAfter),
      };
    case 'exhausted':
      return {
        status: 429,
        body: quota('GenerateRequestsPerDayPerProjectPerModel-FreeTier', model, retryAfter ?? 17),
      };
    case 'server_error':
      return {
        status,
        body: error(
          status,
          status === 503
            ? 'The model is overloaded. Please try again later.'
            : 'An internal error has occurred.',
          STATUS[status] ?? 'INTERNAL',
        ),
      };
    case 'context_too_long': {
      const message =
        'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).';
      return { status: 400, body: error(400, message, 'INVALID_ARGUMENT') };
    }
    case 'unknown_model': {
      const message = `models/${model} is not found for API version v1beta, or is not supported for generateContent.`;
      return { status: 404, body: error(404, message, 'NOT_FOUND') };
    }
    default:
      return undefined;
  }
}

function invalidKey() {
  const message = 'API key not valid. Please pass a valid API key.';
  const info = rpc('ErrorInfo', {
    reason: 'API_KEY_INVALID',
    domain: 'googleapis.com',
    metadata: { service: SERVICE },
  });
  return error(400, message, 'INVALID_ARGUMENT', [
    info,
    rpc('LocalizedMessage', { locale: 'en-US', message }),
  ]);
}

function disabled() {
  const message = 'Generative Language API has not been used in project 123456 before or it is disabled.';
  return error(403, message, 'PERMISSION_DENIED', [
    rpc('ErrorInfo', {
      reason: 'SERVICE_DISABLED',
      domain: 'googleapis.com',
      metadata: { service: SERVICE, consumer: 'projects/123456' },
    }),
  ]);
}

function suspended(key: string) {
  const message = `Permission denied: Consumer 'api_key:${key}' has been suspended.`;
  const metadata = { service: SERVICE, consumer: 'projects/123456', containerInfo: `api_key:${key}` };
  const info = rpc('ErrorInfo', { reason: 'CONSUMER_SUSPENDED', domain: 'googleapis.com', metadata });
  return error(403, message, 'PERMISSION_DENIED', [
    info,
    rpc('LocalizedMessage', { locale: 'en-US', message }),
  ]);
}

/** Without a hint the API sometimes sends no details at all. */
function quota(quotaId: string, model: string, retryAfter: number | undefined) {
  const message = 'You exceeded your current quota, please check your plan and billing details.';
  if (retryAfter === undefined)
    return error(429, 'Resource has been exhausted (e.g. check quota).', 'RESOURCE_EXHAUSTED');
  const violation = {
    quotaMetric: `${SERVICE}/generate_content_free_tier_requests`,
    quotaId,
    quotaDimensions: { location: 'global', model },
    quotaValue: '10',
  };
  return error(429, `${message}\nPlease retry in ${retryAfter}s.`, 'RESOURCE_EXHAUSTED', [
    rpc('QuotaFailure', { violations: [violation] }),
    rpc('Help', {
      links: [
        {
          description: 'Learn more about Gemini API quotas',
          url: 'https://ai.google.dev/gemini-api/docs/rate-limits',
        },
      ],
    }),
    rpc('RetryInfo', { retryDelay: `${retryAfter}s` }),
  ]);
}
