import type { Secret } from '../kernel/secret.js';
import type { Credential } from './upstream.js';

const PLACE = '{key}';

/** The value of the header or query parameter that carries a key; a secret itself. */
export function credentialValue({ format }: Credential, secret: Secret): string {
  const at = format.indexOf(PLACE);
  return format.slice(0, at) + secret.reveal() + format.slice(at + PLACE.length);
}
