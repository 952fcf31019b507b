import { Injectable } from '@nestjs/common';
import type { Secret } from '../kernel/secret.js';
import { KeyRing } from './key-ring.js';

/** The key ring that also knows when each key was lent. The pool takes secrets by `get`, all others by `peek`. */
@Injectable()
export class LentKeys extends KeyRing {
  override get(keyId: string): Secret | undefined {
    const held = this.held.get(keyId);
    if (!held) return undefined;
    held.lentAt = Date.now();
    return held.secret;
  }

  /** The secret, for other uses than a call. */
  peek(keyId: string): Secret | undefined {
    return super.get(keyId);
  }

  /** Epoch milliseconds, where it was lent since the last `take`. */
  lentAt(keyId: string): number | undefined {
    return this.held.get(keyId)?.lentAt || undefined;
  }

  /** Hands over who was lent and when, and starts anew. Looks at all keys: a note of each call would cost more. */
  take(): [keyId: string, lentAt: number][] {
    const taken: [string, number][] = [];
    for (const [keyId, held] of this.held) {
      if (held.lentAt === 0) continue;
      taken.push([keyId, held.lentAt]);
      held.lentAt = 0;
    }
    return taken;
  }
}
