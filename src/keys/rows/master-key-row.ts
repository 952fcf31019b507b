import { Entity } from 'typeorm';
import { EpochColumn, PrimaryStringColumn, TextColumn } from '../../database/columns.js';

/** A master key known to this database. The check value proves it; see `newCheckValue`. */
@Entity('master_keys')
export class MasterKeyRow {
  /** Short hash of the key. */
  @PrimaryStringColumn(32)
  id: string;

  @TextColumn()
  checkValue: string;

  @EpochColumn()
  createdAt: number;

  /** Since when nothing new may be sealed under it. */
  @EpochColumn({ nullable: true })
  retiredAt: number | null;
}
