import type { Spoken } from './programmed-upstream.ts';

/** The body of a 400 as the provider writes it. */
export function refusalOf(spoken: Spoken, complaint: string): string {
  const message = `STRICT: ${complaint}`;
  const type = 'invalid_request_error';
  switch (spoken) {
    case 'gemini':
      return JSON.stringify({ error: { code: 400, message, status: 'INVALID_ARGUMENT' } });
    case 'anthropic':
      return JSON.stringify({ type: 'error', error: { type, message }, request_id: null });
    case 'chat':
    case 'responses':
      return JSON.stringify({ error: { message, type, param: null, code: null } });
  }
}
