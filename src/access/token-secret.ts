import { hash, randomBytes } from 'node:crypto';
import { Secret } from '../kernel/secret.js';

/** What every access token begins with, so that scanners and people know one when they see it. */
export const TOKEN_PREFIX = 'kw_';

/** A new access token: 256 bits from the system's random source. */
export function newTokenSecret(): Secret {
  return new Secret(TOKEN_PREFIX + randomBytes(32).toString('base64url'));
}

/** What a list shows of a token to tell it from others: its last four characters. */
export function hintOf(secret: Secret): string {
  return `${TOKEN_PREFIX}…${secret.reveal().slice(-4)}`;
}

/** SHA-256 in hex, as it rests in the database. 256 random bits need no slow hash and no salt. */
export function digestOf(text: string): string {
  return hash('sha256', text, 'hex');
}
