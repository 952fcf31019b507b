import type { IncomingMessage } from 'node:http';
import type { Speech } from './exchange.ts';

export interface Presented {
  readonly key: string | undefined;
  /** A credential where none belongs, or two of them: a gateway that leaks its own. */
  readonly fault: string | undefined;
}

const PLACES = [
  'authorization',
  'x-api-key',
  'x-goog-api-key',
  'api-key',
  'x-keywheel-token',
  'cookie',
  '?key',
  '?api_key',
  '?access_token',
] as const;
type Place = (typeof PLACES)[number];

const ALLOWED: Readonly<Record<Speech, readonly Place[]>> = {
  openai: ['authorization'],
  // Current SDKs send an API key as a bearer.
  anthropic: ['x-api-key', 'authorization'],
  gemini: ['x-goog-api-key', '?key'],
  http: ['authorization', 'x-api-key', 'api-key', '?key', '?api_key'],
};

function found(request: IncomingMessage, query: URLSearchParams, place: Place): string[] {
  if (place.startsWith('?')) return query.getAll(place.slice(1));
  return request.headersDistinct[place] ?? [];
}

/** Reads the key from the provider's own place, and complains of any other credential. */
export function presentedKey(speech: Speech, request: IncomingMessage, query: URLSearchParams): Presented {
  const given: string[] = [];
  let fault: string | undefined;
  for (const place of PLACES) {
    const values = found(request, query, place);
    if (values.length === 0) continue;
    if (!ALLOWED[speech].includes(place)) fault = `stray credential in ${place}`;
    else
      given.push(
        ...values.map((value) =>
          place === 'authorization' ? value.replace(/^(?:Bearer|Token) /, '') : value,
        ),
      );
  }
  const keys = [...new Set(given)];
  if (keys.length > 1) fault = 'more than one key';
  if (speech === 'openai' && keys.length === 1 && !/^Bearer \S+$/.test(request.headers.authorization ?? ''))
    fault = 'authorization is not a bearer';
  return { key: keys.length === 1 ? keys[0] : undefined, fault };
}
