import { createHmac, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LessThanOrEqual } from 'typeorm';
import { Config } from '../config/config.js';
import { Store } from '../database/store.js';
import { Clock } from '../kernel/clock.js';
import { Secret } from '../kernel/secret.js';
import { type Actor, AdminIdentity, ADMIN_TOKEN_ACTOR } from './admin-identity.js';
import { SessionRow } from './session-row.js';

export const SESSION_HOURS = 12;

export interface NewSession {
  /** What the cookie holds; it is not kept. */
  readonly secret: Secret;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * Logins by cookie. Only a digest keyed by the ADMIN_TOKEN is stored: a copy of the table opens nothing, and
 * changing the ADMIN_TOKEN ends every session.
 */
@Injectable()
export class Sessions {
  constructor(
    private readonly store: Store,
    private readonly identity: AdminIdentity,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  async begin(actor: Actor): Promise<NewSession> {
    const secret = new Secret(randomBytes(32).toString('base64url'));
    const createdAt = this.clock.now();
    const expiresAt = createdAt + SESSION_HOURS * 3_600_000;
    const tokenId = actor.id === ADMIN_TOKEN_ACTOR ? null : actor.id;
    await this.store.write(async (tx) => {
      await tx.delete(SessionRow, { expiresAt: LessThanOrEqual(createdAt) });
      await tx.insert(SessionRow, {
        digest: this.digest(secret.reveal()),
        tokenId,
        role: actor.role,
        createdAt,
        expiresAt,
      });
    });
    return { secret, expiresAt };
  }

  /** Undefined where the session ended, or its token is gone, expired, or not allowed from this address. */
  async actorOf(cookie: string, ip: string): Promise<Actor | undefined> {
    const row = await this.store.manager.findOneBy(SessionRow, { digest: this.digest(cookie) });
    if (!row || row.expiresAt <= this.clock.now()) return undefined;
    return row.tokenId === null ? this.identity.admin() : this.identity.ofToken(row.tokenId, ip);
  }

  async end(cookie: string): Promise<void> {
    const digest = this.digest(cookie);
    await this.store.write((tx) => tx.delete(SessionRow, { digest }));
  }

  private digest(secret: string): string {
    return createHmac('sha256', this.config.adminToken.reveal()).update(secret).digest('hex');
  }
}
