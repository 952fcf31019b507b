import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { KeywheelError } from '../kernel/errors.js';
import { matchesModel } from '../kernel/limits.js';
import type { MaybePromise } from '../kernel/maybe-promise.js';
import type { AccessToken } from './access-token.js';
import { credentialOf, type Presented } from './presented.js';
import { TokenAdmission } from './token-admission.js';
import type { TokenReservation, UsedByCall } from './token-limiter.js';
import { TokenTable } from './token-table.js';

export type { Presented } from './presented.js';
export type { TokenReservation, UsedByCall } from './token-limiter.js';

/** The door of the data plane: who calls, what they may call, and how much of it. Waits only for Redis. */
@Injectable()
export class Gate {
  constructor(
    private readonly table: TokenTable,
    private readonly admission: TokenAdmission,
    private readonly clock: Clock,
  ) {}

  /**
   * Any role may call. The ADMIN_TOKEN is no access token and is refused like any other unknown one.
   * @throws KeywheelError missing_token, ambiguous_token, invalid_token, expired_token, address_not_allowed
   */
  identify(presented: Presented): AccessToken {
    const credential = credentialOf(presented.rawHeaders, presented.queryKeys);
    if (credential === undefined) {
      throw new KeywheelError(
        'missing_token',
        'Send an access token, for example as "Authorization: Bearer kw_…".',
      );
    }
    const entry = this.table.find(credential);
    if (!entry) throw new KeywheelError('invalid_token', 'This access token is not known here.');
    const { token, addresses } = entry;
    if (isExpired(token, this.clock.now())) {
      throw new KeywheelError('expired_token', 'This access token has expired.');
    }
    if (addresses && !addresses.has(presented.ip)) {
      throw new KeywheelError('address_not_allowed', 'This access token may not be used from your address.');
    }
    return token;
  }

  /**
   * Whether the token's scopes hold the upstream and, where they name models, the model. A token that is bound
   * to models may not make a call whose model is not known: such a call could reach any.
   */
  allows(token: AccessToken, slug: string, model?: string): boolean {
    const { upstreams, models } = token.scopes;
    if (upstreams && !upstreams.includes(slug)) return false;
    return !models || models.some((pattern) => matchesModel(pattern, model));
  }

  /** @throws KeywheelError out_of_scope */
  assertScope(token: AccessToken, slug: string, model?: string): void {
    if (this.allows(token, slug, model)) return;
    const { upstreams } = token.scopes;
    if (upstreams && !upstreams.includes(slug)) {
      throw new KeywheelError('out_of_scope', `This access token may not call the upstream ${slug}.`);
    }
    const fault =
      model === undefined
        ? 'This access token is bound to models; the call names none.'
        : `This access token may not call the model ${model}.`;
    throw new KeywheelError('out_of_scope', fault, { param: 'model' });
  }

  /** See TokenAdmission.reserve. */
  reserve(token: AccessToken, tokens: number): MaybePromise<TokenReservation> {
    return this.admission.reserve(token, tokens);
  }

  /** See TokenAdmission.settle. */
  settle(reservation: TokenReservation, used: UsedByCall): void {
    this.admission.settle(reservation, used);
  }
}

/** From the very millisecond on. */
export function isExpired(token: AccessToken, now: number): boolean {
  return token.expiresAt !== undefined && token.expiresAt <= now;
}
