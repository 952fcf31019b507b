import type { Credential } from './upstream.js';

const PLACE = '{key}';

/** The value of the header or query parameter that carries a key. `format` holds its place once. */
export function credentialValue({ format }: Credential, secret: string): string {
  const at = format.indexOf(PLACE);
  return format.slice(0, at) + secret + format.slice(at + PLACE.length);
}
