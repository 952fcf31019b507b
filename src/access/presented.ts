import { KeywheelError } from '../kernel/errors.js';

/** What a request shows of who sent it. */
export interface Presented {
  /** Node's `rawHeaders`: name, value, name, value … Node's own `headers` hides repeated lines. */
  readonly rawHeaders: readonly string[];
  /** Values of `?key=`, decoded. */
  readonly queryKeys: readonly string[];
  /** Address of the client, see client-ip.ts. */
  readonly ip: string;
}

const NAMES_BY_LENGTH: Readonly<Record<number, string>> = {
  9: 'x-api-key',
  13: 'authorization',
  14: 'x-goog-api-key',
  16: 'x-keywheel-token',
};
const OWN_HEADER = 'x-keywheel-token';

/**
 * The one credential of a request, or undefined. Under `X-Keywheel-Token` nothing else is read, so that a client
 * may send other credentials that are none of ours.
 * @throws KeywheelError ambiguous_token where two different ones are shown; the same one twice is one.
 */
export function credentialOf(
  rawHeaders: readonly string[],
  queryKeys: readonly string[],
): string | undefined {
  let own: string | undefined;
  let other: string | undefined;
  let ambiguous = false;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    const wanted = NAMES_BY_LENGTH[name.length];
    if (wanted === undefined || name.toLowerCase() !== wanted) continue;
    const value = wanted === 'authorization' ? bearerOf(rawHeaders[i + 1] as string) : rawHeaders[i + 1];
    if (!value) continue;
    if (wanted === OWN_HEADER) own = same(own, value);
    else if (other !== undefined && other !== value) ambiguous = true;
    else other = value;
  }
  if (own !== undefined) return own;
  for (const value of queryKeys) if (value !== '') other = same(other, value);
  if (ambiguous) throw twoCredentials();
  return other;
}

/** The bearer token of a request, for doors that read nothing else. @throws KeywheelError ambiguous_token */
export function authorizationOf(rawHeaders: readonly string[]): string | undefined {
  let found: string | undefined;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if ((rawHeaders[i] as string).toLowerCase() !== 'authorization') continue;
    const value = bearerOf(rawHeaders[i + 1] as string);
    if (value) found = same(found, value);
  }
  return found;
}

/** The token of an `Authorization: Bearer` value; any other scheme is no credential of ours. */
export function bearerOf(value: string): string | undefined {
  if (value.length < 8 || value.slice(0, 7).toLowerCase() !== 'bearer ') return undefined;
  return value.slice(7).trim();
}

function same(known: string | undefined, value: string): string {
  if (known !== undefined && known !== value) throw twoCredentials();
  return value;
}

function twoCredentials(): KeywheelError {
  return new KeywheelError('ambiguous_token', 'The request shows two different credentials; send only one.');
}
