import { createHash, createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import type { Secret } from '../../kernel/secret.js';
import { open, seal, type MasterKey } from './cipher.js';

const MASTER_KEY_BYTES = 32;

/** Reads a master key from its base64 text; undefined where that is not 32 bytes. */
export function masterKeyOf(text: Secret): MasterKey | undefined {
  const bytes = Buffer.from(text.reveal().trim(), 'base64');
  if (bytes.length !== MASTER_KEY_BYTES) return undefined;
  const id = createHash('sha256').update('keywheel master key\0').update(bytes).digest('hex').slice(0, 16);
  return { id, key: createSecretKey(bytes) };
}

/** A new master key as the text that `MASTER_KEY` holds. */
export function newMasterKeyText(): string {
  return randomBytes(MASTER_KEY_BYTES).toString('base64');
}

/**
 * The check value that proves a master key at boot is the fingerprint seed, sealed under that key. One seed
 * lives as long as the database, sealed anew under each next master key: so duplicates are still found after
 * a rotation.
 */
export function newCheckValue(master: MasterKey): string {
  return sealSeed(master, randomBytes(32).toString('base64url'));
}

export function sealSeed(master: MasterKey, seed: string): string {
  return seal(master, seed, checkValueOf(master.id));
}

/** The fingerprint seed, or undefined where the check value was not sealed under this master key. */
export function openSeed(master: MasterKey, checkValue: string): string | undefined {
  return open(master, checkValue, checkValueOf(master.id));
}

const checkValueOf = (masterKeyId: string) => `master_keys:${masterKeyId}`;

/** Tells equal keys without showing them: HMAC-SHA-256 of the trimmed key, 64 hexadecimal digits. */
export function fingerprinter(seed: string): (key: string) => string {
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', seed, '', 'keywheel fingerprint v1', 32)));
  return (text) => createHmac('sha256', key).update(text.trim()).digest('hex');
}
