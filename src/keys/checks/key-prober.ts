import { Injectable } from '@nestjs/common';
import { Store } from '../../database/store.js';
import { Clock } from '../../kernel/clock.js';
import { LentKeys } from '../lent-keys.js';
import { type CheckResult, KeyChecker } from '../ports.js';
import { KeyRow } from '../rows/key-row.js';
import { ProbeEffects, type ProbedKey } from './probe-effects.js';

export interface Probe {
  readonly key: ProbedKey;
  /** Undefined where the upstream has nothing to check with. */
  readonly result: CheckResult | undefined;
  /** Epoch milliseconds. */
  readonly at: number;
}

const UNREADABLE: CheckResult = {
  verdict: { blame: 'setup', reason: 'undecryptable', retry: 'no' },
  detail: 'The stored key cannot be decrypted with this master key.',
};

/** Asks the upstream about one key and lets the answer take effect. */
@Injectable()
export class KeyProber {
  constructor(
    private readonly store: Store,
    private readonly ring: LentKeys,
    private readonly checker: KeyChecker,
    private readonly effects: ProbeEffects,
    private readonly clock: Clock,
  ) {}

  /** Undefined for a key that is gone. A key that a person disabled is asked about and left as it is. */
  async probe(keyId: string): Promise<Probe | undefined> {
    const key: ProbedKey | null = await this.store.manager.findOne(KeyRow, {
      where: { id: keyId },
      select: { id: true, upstreamId: true, status: true, until: true },
    });
    if (!key) return undefined;
    const result = await this.ask(key);
    if (key.status !== 'disabled') await this.effects.apply(key, result);
    return { key, result, at: this.clock.now() };
  }

  private async ask(key: ProbedKey): Promise<CheckResult | undefined> {
    const secret = this.ring.peek(key.id);
    return secret ? this.checker.check(key.upstreamId, secret) : UNREADABLE;
  }
}
