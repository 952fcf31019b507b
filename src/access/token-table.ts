import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { AccessToken } from './access-token.js';
import { AddressList } from './address-list.js';

/** A token as it is looked up; never changed, only replaced. */
export interface TokenEntry {
  readonly token: AccessToken;
  /** SHA-256 of the secret. */
  readonly digest: Buffer;
  /** Undefined where the token may come from anywhere. */
  readonly addresses: AddressList | undefined;
}

/**
 * Every access token by the full digest of its secret. The map's key is the digest itself: how long a lookup
 * takes says nothing about the secret, because nobody can choose a digest's bytes.
 */
@Injectable()
export class TokenTable {
  readonly #byDigest = new Map<string, TokenEntry>();
  readonly #byId = new Map<string, TokenEntry>();

  find(secret: string): TokenEntry | undefined {
    return this.#byDigest.get(hash('sha256', secret, 'binary'));
  }

  byId(id: string): TokenEntry | undefined {
    return this.#byId.get(id);
  }

  get size(): number {
    return this.#byId.size;
  }

  ids(): string[] {
    return [...this.#byId.keys()];
  }

  /** @param digest SHA-256 of the secret in hex. Replaces what was held under the token's id. */
  put(token: AccessToken, digest: string): void {
    this.remove(token.id);
    const bytes = Buffer.from(digest, 'hex');
    const entry = Object.freeze({
      token: Object.freeze(token),
      digest: bytes,
      addresses: token.allowedIps && new AddressList(token.allowedIps),
    });
    this.#byId.set(token.id, entry);
    this.#byDigest.set(bytes.toString('binary'), entry);
  }

  remove(id: string): void {
    const entry = this.#byId.get(id);
    if (!entry) return;
    this.#byId.delete(id);
    this.#byDigest.delete(entry.digest.toString('binary'));
  }
}
