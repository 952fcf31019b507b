import { Injectable } from '@nestjs/common';
import type { Secret } from '../kernel/secret.js';

/** A secret in the ring. */
export class HeldSecret {
  /** When it was lent last, epoch ms; 0 where it was not, or that was taken. See LentKeys. */
  lentAt = 0;

  constructor(readonly secret: Secret) {}
}

/** The opened secrets of the keys that this process may lend, by key id. A key that does not open is not here. */
@Injectable()
export class KeyRing {
  protected readonly held = new Map<string, HeldSecret>();

  get(keyId: string): Secret | undefined {
    return this.held.get(keyId)?.secret;
  }

  set(keyId: string, secret: Secret): void {
    this.held.set(keyId, new HeldSecret(secret));
  }

  delete(keyId: string): void {
    this.held.delete(keyId);
  }
}
