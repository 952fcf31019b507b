import type { Behaviour } from './behaviour.ts';
import type { Failure, FailureContext } from './envelopes.ts';

const REQUEST_ID = 'req_011CSHoEeqs5C35K2UUqR7Fy';

const error = (type: string, message: string, details?: unknown) => ({
  type: 'error',
  error: { ...(details === undefined ? {} : { details }), type, message },
  request_id: REQUEST_ID,
});

const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  404: 'not_found_error',
  413: 'request_too_large',
  415: 'invalid_request_error',
  529: 'overloaded_error',
};

export function anthropicComplaint(status: number, message: string): Failure {
  return {
    status,
    body: error(TYPES[status] ?? 'invalid_request_error', message),
    headers: { 'request-id': REQUEST_ID },
  };
}

export function anthropicFailure(
  { kind, status = 500, retryAfter }: Behaviour,
  { key, model }: FailureContext,
): Failure | undefined {
  const headers = { 'request-id': REQUEST_ID };
  switch (kind) {
    case 'unauthorized':
    case 'invalid_key':
      return { status: 401, body: error('authentication_error', 'invalid x-api-key'), headers };
    case 'forbidden':
      return {
        status: 403,
        body: error(
          'permission_error',
          'Your API key does not have permission to use the specified resource.',
        ),
        headers,
      };
    case 'suspended':
      return { status: 403, body: error('permission_error', `The key ${key} has been disabled.`), headers };
    case 'rate_limited': {
      const body = error(
        'rate_limit_error',
        "This request would exceed your organization's rate limit of 50 requests per minute.",
      );
      return {
        status: 429,
        body,
        headers:
          retryAfter === undefined
            ? headers
            : {
                ...headers,
                'retry-after': String(Math.ceil(retryAfter)),
                'anthropic-ratelimit-requests-remaining': '0',
              },
      };
    }
    case 'exhausted':
      return {
        status: 429,
        body: error('rate_limit_error', 'Your organization has reached its enforced spend limit.', {
          error_code: 'enforced_spend_limit_reached',
        }),
        headers,
      };
    case 'server_error':
      return {
        status,
        body: error(TYPES[status] ?? 'api_error', status === 529 ? 'Overloaded' : 'Internal server error'),
        headers,
      };
    case 'context_too_long':
      return {
        status: 400,
        body: error('invalid_request_error', 'prompt is too long: 208310 tokens > 200000 maximum'),
        headers,
      };
    case 'unknown_model':
      return { status: 404, body: error('not_found_error', `model: ${model}`), headers };
    default:
      return undefined;
  }
}
