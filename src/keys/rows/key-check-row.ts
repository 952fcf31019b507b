import { Entity } from 'typeorm';
import { EpochColumn, IntegerColumn, PrimaryIdColumn, StringColumn } from '../../database/columns.js';

/** When a key that is out, or rests long, is probed next. Whoever moves `nextAt` has claimed the probe. */
@Entity('key_checks')
export class KeyCheckRow {
  @PrimaryIdColumn()
  keyId: string;

  @EpochColumn()
  nextAt: number;

  /** Until the probe after the next one; doubles up to six hours. */
  @IntegerColumn()
  intervalSeconds: number;

  @EpochColumn({ nullable: true })
  lastAt: number | null;

  @StringColumn(100, { nullable: true })
  lastReason: string | null;

  /** Probes in a row that did not bring the key back. */
  @IntegerColumn()
  failures: number;
}
