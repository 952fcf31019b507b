import { Entity } from 'typeorm';
import {
  CountColumn,
  EpochColumn,
  IdColumn,
  IntegerColumn,
  JsonColumn,
  PrimaryIdColumn,
  StringColumn,
  TextColumn,
} from '../../database/columns.js';
import type { Limit } from '../../kernel/limits.js';

/** What the database holds as the truth. Cooling is not among them: it rests in `key_memory`. */
export type StoredStatus = 'active' | 'exhausted' | 'invalid' | 'disabled';

/** One key of an upstream. The secret rests in `cipher` alone, bound to this row and upstream. */
@Entity('api_keys')
export class KeyRow {
  @PrimaryIdColumn()
  id: string;

  @IdColumn()
  upstreamId: string;

  @StringColumn(200, { nullable: true })
  label: string | null;

  @JsonColumn()
  tags: readonly string[];

  @TextColumn()
  cipher: string;

  /** Which master key sealed it. */
  @StringColumn(32)
  cipherKeyId: string;

  /** Unique within the upstream. */
  @StringColumn(64)
  fingerprint: string;

  /** What a person may see of the secret. */
  @StringColumn(32)
  masked: string;

  @StringColumn(16)
  status: StoredStatus;

  /** Why it is exhausted or invalid: a verdict's reason. */
  @StringColumn(100, { nullable: true })
  reason: string | null;

  /** For `exhausted`. */
  @EpochColumn({ nullable: true })
  until: number | null;

  @IntegerColumn()
  weight: number;

  @IntegerColumn()
  priority: number;

  @StringColumn(100, { nullable: true })
  quotaGroup: string | null;

  @JsonColumn()
  limits: readonly Limit[];

  @EpochColumn()
  createdAt: number;

  @EpochColumn()
  updatedAt: number;

  /** At most a minute behind. */
  @EpochColumn({ nullable: true })
  lastUsedAt: number | null;

  /** Grows whenever a person or a check ends the key's rests; an instance that sees it grow does the same. */
  @CountColumn({ default: 0 })
  version: number;
}
