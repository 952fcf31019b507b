import type { Behaviour } from './behaviour.ts';
import type { Speech } from './exchange.ts';
import { anthropicFailure } from './envelopes-anthropic.ts';
import { geminiFailure } from './envelopes-gemini.ts';
import { openaiFailure } from './envelopes-openai.ts';

/** An error answer in a provider's own words. */
export interface Failure {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FailureContext {
  readonly key: string;
  readonly model: string;
}

/** The error that a provider gives for this behaviour; undefined where the behaviour is no error answer. */
export function failureFor(
  speech: Speech,
  behaviour: Behaviour,
  context: FailureContext,
): Failure | undefined {
  const table = {
    openai: openaiFailure,
    anthropic: anthropicFailure,
    gemini: geminiFailure,
    http: plainFailure,
  };
  return table[speech](behaviour, context);
}

function plainFailure(
  { kind, status = 500, retryAfter }: Behaviour,
  { key }: FailureContext,
): Failure | undefined {
  const hint: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  if (kind === 'unauthorized' || kind === 'invalid_key')
    return { status: 401, body: { message: 'Bad credentials' }, headers: { 'www-authenticate': 'Bearer' } };
  if (kind === 'forbidden') return { status: 403, body: { message: 'Forbidden' } };
  if (kind === 'suspended') return { status: 403, body: { message: `Key ${key} is suspended` } };
  if (kind === 'rate_limited' || kind === 'exhausted')
    return { status: 429, body: { message: 'Too many requests' }, headers: hint };
  if (kind === 'server_error') return { status, body: { message: 'Something broke' } };
  return undefined;
}
