import { Entity, Index } from 'typeorm';
import { EpochColumn, IdColumn, PrimaryStringColumn, StringColumn } from '../database/columns.js';
import type { Role } from './access-token.js';

/** A login by cookie. */
@Entity('sessions')
export class SessionRow {
  /** Keyed digest of the cookie's value, see sessions.ts. */
  @PrimaryStringColumn(64)
  digest: string;

  /** Null: logged in with the ADMIN_TOKEN. */
  @IdColumn({ nullable: true })
  tokenId: string | null;

  /** At login; what holds is the token's role of now. */
  @StringColumn(16)
  role: Role;

  @EpochColumn()
  createdAt: number;

  @Index('ix_sessions_expires_at')
  @EpochColumn()
  expiresAt: number;
}
