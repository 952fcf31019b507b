import { Entity } from 'typeorm';
import { EpochColumn, JsonColumn, PrimaryNumberColumn, StringColumn } from './columns.js';

/** One noted change, by the version it made; kept for a day. */
@Entity('changes')
export class ChangeRow {
  @PrimaryNumberColumn('bigint')
  version: number;

  @StringColumn(16)
  kind: string;

  @StringColumn(64)
  ref: string;

  @JsonColumn({ nullable: true })
  ids: readonly string[] | null;

  @EpochColumn()
  at: number;
}
