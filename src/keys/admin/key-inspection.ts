import { Injectable } from '@nestjs/common';
import { Store } from '../../database/store.js';
import { KeywheelError } from '../../kernel/errors.js';
import { KeyProber } from '../checks/key-prober.js';
import { LentKeys } from '../lent-keys.js';
import type { CheckResult } from '../ports.js';
import { KeyRow } from '../rows/key-row.js';
import type { KeyCheckResult, RevealedKey } from './key-check.dto.js';
import { unknownKey } from './key-editing.js';
import { KeyList } from './key-list.js';

const NOTHING_TO_CHECK_WITH: CheckResult = {
  verdict: { blame: 'setup', reason: 'no_check', retry: 'no' },
  detail: 'This upstream has no check configured.',
};

/** Looks into a single key: whether it is good, and what it is. */
@Injectable()
export class KeyInspection {
  constructor(
    private readonly store: Store,
    private readonly prober: KeyProber,
    private readonly lent: LentKeys,
    private readonly list: KeyList,
  ) {}

  async check(id: string): Promise<KeyCheckResult> {
    const probe = await this.prober.probe(id);
    const [view] = await this.list.show([id]);
    if (!probe || !view) throw unknownKey();
    const { verdict, status, detail } = probe.result ?? NOTHING_TO_CHECK_WITH;
    return {
      status: view.status,
      verdict: { blame: verdict.blame, reason: verdict.reason },
      httpStatus: status ?? null,
      detail: detail ?? null,
      checkedAt: new Date(probe.at).toISOString(),
    };
  }

  /** Throws KeywheelError not_found, or conflict for a key that does not decrypt. */
  async reveal(id: string): Promise<RevealedKey> {
    if (!(await this.store.manager.existsBy(KeyRow, { id }))) throw unknownKey();
    const secret = this.lent.peek(id);
    if (!secret)
      throw new KeywheelError('conflict', 'This key cannot be decrypted with the current master key.');
    return { id, key: secret.reveal() };
  }
}
