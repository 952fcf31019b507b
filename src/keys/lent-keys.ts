import { Injectable } from '@nestjs/common';
import type { Secret } from '../kernel/secret.js';
import { KeyRing } from './key-ring.js';

/** The key ring that also knows when each key was lent. The pool takes secrets by `get`, all others by `peek`. */
@Injectable()
export class LentKeys extends KeyRing {
  private lent = new Map<string, number>();

  override get(keyId: string): Secret | undefined {
    this.lent.set(keyId, Date.now());
    return super.get(keyId);
  }

  /** The secret, for other uses than a call. */
  peek(keyId: string): Secret | undefined {
    return super.get(keyId);
  }

  /** Epoch milliseconds, where it was lent since the last `take`. */
  lentAt(keyId: string): number | undefined {
    return this.lent.get(keyId);
  }

  /** Hands over who was lent, and starts anew. */
  take(): ReadonlyMap<string, number> {
    const taken = this.lent;
    this.lent = new Map();
    return taken;
  }
}
