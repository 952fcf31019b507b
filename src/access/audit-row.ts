import { Entity, Index } from 'typeorm';
import {
  EpochColumn,
  IntegerColumn,
  JsonColumn,
  PrimaryIdColumn,
  StringColumn,
} from '../database/columns.js';

/** Who did what in the control plane. Never holds a secret or a body. */
@Entity('audit_log')
export class AuditRow {
  @PrimaryIdColumn()
  id: string;

  @Index('ix_audit_log_at')
  @EpochColumn()
  at: number;

  /** A token's id, `ADMIN_TOKEN`, or `unknown` for a failed login. */
  @StringColumn(100)
  actor: string;

  @StringColumn(16)
  role: string;

  @StringColumn(100)
  action: string;

  /** Path below `/api/admin/`. */
  @StringColumn(300)
  target: string;

  @IntegerColumn()
  status: number;

  @StringColumn(64)
  ip: string;

  @StringColumn(64)
  requestId: string;

  @JsonColumn({ nullable: true })
  detail: object | null;
}
