import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Clock } from '../kernel/clock.js';
import type { Role } from './access-token.js';
import { isExpired } from './gate.js';
import { type TokenEntry, TokenTable } from './token-table.js';
import { digestOf } from './token-secret.js';

/** The name under which the super-admin token of the environment appears in the audit log. */
export const ADMIN_TOKEN_ACTOR = 'ADMIN_TOKEN';

/** Who acts on the control plane. */
export interface Actor {
  /** A token's id, or `ADMIN_TOKEN`. */
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

/** Tells who a credential belongs to, for the control plane. */
@Injectable()
export class AdminIdentity {
  readonly #adminDigest: Buffer;

  constructor(
    private readonly table: TokenTable,
    private readonly clock: Clock,
    config: Config,
  ) {
    this.#adminDigest = Buffer.from(digestOf(config.adminToken.reveal()), 'hex');
  }

  /** Undefined for what is unknown, expired, or used from an address that the token does not allow. */
  ofCredential(credential: string, ip: string): Actor | undefined {
    if (timingSafeEqual(Buffer.from(digestOf(credential), 'hex'), this.#adminDigest)) return this.admin();
    return this.actorOf(this.table.find(credential), ip);
  }

  /** The same by id, for sessions: role, expiry and addresses are those of now. */
  ofToken(tokenId: string, ip: string): Actor | undefined {
    return this.actorOf(this.table.byId(tokenId), ip);
  }

  admin(): Actor {
    return { id: ADMIN_TOKEN_ACTOR, name: ADMIN_TOKEN_ACTOR, role: 'super_admin' };
  }

  private actorOf(entry: TokenEntry | undefined, ip: string): Actor | undefined {
    if (!entry || isExpired(entry.token, this.clock.now())) return undefined;
    if (entry.addresses && !entry.addresses.has(ip)) return undefined;
    const { id, name, role } = entry.token;
    return { id, name, role };
  }
}
