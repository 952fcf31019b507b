import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';

/** A master key in use: its bytes stay inside the runtime's key object. */
export interface MasterKey {
  /** Short hash of the key, written beside everything it has sealed. */
  readonly id: string;
  readonly key: KeyObject;
}

const VERSION = 'v1';
const NONCE_BYTES = 12;
// Fixed at both ends: Node otherwise accepts tags of four bytes, which can be forged.
const TAG_BYTES = 16;

/**
 * Seals a text with AES-256-GCM under a fresh random nonce, as `v1.<key id>.<nonce>.<ciphertext and tag>`
 * (base64url). `boundTo` names the row that holds it: the same bytes in another row do not open.
 */
export function seal(master: MasterKey, text: string, boundTo: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', master.key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(boundTo, 'utf8'));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${VERSION}.${master.id}.${nonce.toString('base64url')}.${body.toString('base64url')}`;
}

/** The text, or undefined: another master key, another row, or bytes that were changed. Never throws. */
export function open(master: MasterKey, sealed: string, boundTo: string): string | undefined {
  const [version, keyId, nonceText, bodyText, ...more] = sealed.split('.');
  if (version !== VERSION || keyId !== master.id || !nonceText || !bodyText || more.length > 0)
    return undefined;
  const nonce = Buffer.from(nonceText, 'base64url');
  const body = Buffer.from(bodyText, 'base64url');
  if (nonce.length !== NONCE_BYTES || body.length < TAG_BYTES) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', master.key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(boundTo, 'utf8'));
    decipher.setAuthTag(body.subarray(-TAG_BYTES));
    return decipher.update(body.subarray(0, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return undefined;
  }
}
