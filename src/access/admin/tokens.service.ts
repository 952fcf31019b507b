import { Injectable } from '@nestjs/common';
import { type EntityManager, Raw } from 'typeorm';
import { type Page, pageOf, rowsOf } from '../../admin/paging.js';
import { Store } from '../../database/store.js';
import { Clock } from '../../kernel/clock.js';
import { KeywheelError } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { type Role, roleAtLeast } from '../access-token.js';
import type { Actor } from '../admin-identity.js';
import { SessionRow } from '../session-row.js';
import { TokenRow } from '../token-row.js';
import { digestOf, hintOf, newTokenSecret } from '../token-secret.js';
import type { NewToken, TokenChanges, TokenQuery } from './token.dto.js';
import { type TokenView, type TokenWithSecret, viewOf } from './token.view.js';

/** Makes, changes and ends access tokens. What it changes holds at once, here and on every instance. */
@Injectable()
export class TokensService {
  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
  ) {}

  async list(query: TokenQuery): Promise<Page<TokenView>> {
    const role = query.role && { role: query.role };
    const where = query.search
      ? [
          { ...role, name: contains(query.search) },
          { ...role, hint: contains(query.search) },
        ]
      : (role ?? {});
    const order = { createdAt: 'DESC', id: 'DESC' } as const;
    const found = await this.rows().findAndCount({ where, order, ...rowsOf(query) });
    return pageOf(query, [found[0].map((row) => this.view(row)), found[1]]);
  }

  async get(id: string): Promise<TokenView> {
    return this.view(found(await this.rows().findOneBy({ id }), id));
  }

  async create(body: NewToken, actor: Actor): Promise<TokenWithSecret> {
    assertMayHandle(actor, body.role);
    const now = this.clock.now();
    const expiresAt = body.expiresAt == null ? null : epochOf(body.expiresAt);
    if (expiresAt !== null && expiresAt <= now) throw badExpiry('expiresAt must lie in the future');
    const secret = newTokenSecret();
    const row: TokenRow = {
      id: newId(now),
      name: body.name,
      digest: digestOf(secret.reveal()),
      hint: hintOf(secret),
      role: body.role,
      scopes: plain(body.scopes ?? {}),
      limits: plain(body.limits ?? {}),
      expiresAt,
      allowedIps: body.allowedIps ?? null,
      createdAt: now,
      lastUsedAt: null,
      spent: 0,
      dayCount: null,
    };
    await this.store.write(async (tx, note) => {
      await tx.insert(TokenRow, row);
      note({ kind: 'tokens', ref: row.id });
    });
    return { ...this.view(row), secret: secret.reveal() };
  }

  change(id: string, body: TokenChanges, actor: Actor): Promise<TokenView> {
    return this.store.write(async (tx, note) => {
      const row = await this.held(tx, id, actor);
      if (body.role !== undefined && body.role !== row.role) assertMayHandle(actor, body.role);
      const changes = changesOf(body);
      if (Object.keys(changes).length === 0) return this.view(row);
      await tx.update(TokenRow, { id }, changes);
      note({ kind: 'tokens', ref: id });
      return this.view(found(await tx.findOneBy(TokenRow, { id }), id));
    });
  }

  async remove(id: string, actor: Actor): Promise<void> {
    await this.store.write(async (tx, note) => {
      await this.held(tx, id, actor);
      await tx.delete(SessionRow, { tokenId: id });
      await tx.delete(TokenRow, { id });
      note({ kind: 'tokens', ref: id });
    });
  }

  private async held(tx: EntityManager, id: string, actor: Actor): Promise<TokenRow> {
    const row = found(await tx.findOneBy(TokenRow, { id }), id);
    assertMayHandle(actor, row.role);
    return row;
  }

  private rows() {
    return this.store.manager.getRepository(TokenRow);
  }

  private view(row: TokenRow): TokenView {
    return viewOf(row, new Date(this.clock.now()).toISOString().slice(0, 10));
  }
}

/** An admin makes and changes tokens that can do less than an admin; only a super_admin handles the others. */
function assertMayHandle(actor: Actor, role: Role): void {
  if (actor.role === 'super_admin' || !roleAtLeast(role, 'admin')) return;
  throw new KeywheelError('forbidden', `Only a super_admin handles tokens of the role ${role}.`);
}

function found(row: TokenRow | null, id: string): TokenRow {
  if (!row) throw new KeywheelError('not_found', `There is no token ${id}.`);
  return row;
}

/** What the body names and nothing else; null takes a restriction away. */
function changesOf(body: TokenChanges): Partial<TokenRow> {
  const changes: Partial<TokenRow> = {};
  if (body.name !== undefined) changes.name = body.name;
  if (body.role !== undefined) changes.role = body.role;
  if (body.scopes !== undefined) changes.scopes = plain(body.scopes ?? {});
  if (body.limits !== undefined) changes.limits = plain(body.limits ?? {});
  if (body.expiresAt !== undefined)
    changes.expiresAt = body.expiresAt === null ? null : epochOf(body.expiresAt);
  if (body.allowedIps !== undefined) changes.allowedIps = body.allowedIps;
  return changes;
}

/** Without the fields that are null: to the data plane, null would be a limit. */
function plain<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null)) as T;
}

function epochOf(time: string): number {
  const epoch = Date.parse(time);
  if (Number.isNaN(epoch)) throw badExpiry('expiresAt is no time of the calendar');
  return epoch;
}

function badExpiry(message: string): KeywheelError {
  return new KeywheelError('validation_failed', `${message}.`, { faults: [{ path: 'expiresAt', message }] });
}

/** `LIKE` with its own signs taken literally, alike on every database. */
function contains(text: string) {
  const pattern = `%${text.replace(/[!%_]/g, '!$&')}%`;
  return Raw((column) => `LOWER(${column}) LIKE LOWER(:pattern) ESCAPE '!'`, { pattern });
}
