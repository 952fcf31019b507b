import { Entity, Index } from 'typeorm';
import { DoubleColumn, EpochColumn, JsonColumn, PrimaryIdColumn, StringColumn } from '../database/columns.js';
import type { AccessToken, Role, TokenLimits } from './access-token.js';
import type { StoredUsage } from './token-usage.js';

/** An access token at rest: a digest instead of the secret, and what was used of its limits. */
@Entity('access_tokens')
export class TokenRow {
  @PrimaryIdColumn()
  id: string;

  @StringColumn(200)
  name: string;

  /** SHA-256 in hex. */
  @Index('uq_access_tokens_digest', { unique: true })
  @StringColumn(64)
  digest: string;

  @StringColumn(16)
  hint: string;

  @StringColumn(16)
  role: Role;

  @JsonColumn()
  scopes: AccessToken['scopes'];

  @JsonColumn()
  limits: TokenLimits;

  @EpochColumn({ nullable: true })
  expiresAt: number | null;

  @JsonColumn({ nullable: true })
  allowedIps: readonly string[] | null;

  @EpochColumn()
  createdAt: number;

  @EpochColumn({ nullable: true })
  lastUsedAt: number | null;

  /** US dollars. */
  @DoubleColumn({ default: 0 })
  spent: number;

  @JsonColumn({ nullable: true })
  dayCount: StoredUsage['day'];
}

/** The row as the data plane holds it. */
export function tokenOf(row: TokenRow): AccessToken {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    scopes: row.scopes,
    limits: row.limits,
    expiresAt: row.expiresAt ?? undefined,
    allowedIps: row.allowedIps ?? undefined,
  };
}
