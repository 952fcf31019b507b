import { Injectable } from '@nestjs/common';
import type { Secret } from '../kernel/secret.js';

/** The opened secrets of the keys that this process may lend, by key id. A key that does not open is not here. */
@Injectable()
export class KeyRing {
  private readonly secrets = new Map<string, Secret>();

  get(keyId: string): Secret | undefined {
    return this.secrets.get(keyId);
  }

  set(keyId: string, secret: Secret): void {
    this.secrets.set(keyId, secret);
  }

  delete(keyId: string): void {
    this.secrets.delete(keyId);
  }
}
