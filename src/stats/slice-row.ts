import { Entity } from 'typeorm';
import {
  CountColumn,
  DoubleColumn,
  EpochColumn,
  IntegerColumn,
  PrimaryNumberColumn,
  PrimaryStringColumn,
  TextColumn,
} from '../database/columns.js';

/** A cell at rest; see cell.ts for what it counts. Empty text stands for none in the key. */
@Entity('stats_slices')
export class SliceRow {
  @PrimaryNumberColumn('int')
  span: number;

  @PrimaryNumberColumn('bigint')
  start: number;

  @PrimaryStringColumn(64)
  upstream: string;

  @PrimaryStringColumn(200)
  model: string;

  @PrimaryStringColumn(32)
  keyId: string;

  @PrimaryStringColumn(32)
  tokenId: string;

  @IntegerColumn()
  calls: number;

  @IntegerColumn()
  failures: number;

  @IntegerColumn()
  attempts: number;

  @CountColumn()
  waitedMs: number;

  @CountColumn()
  inputTokens: number;

  @CountColumn()
  outputTokens: number;

  @CountColumn()
  cachedTokens: number;

  /** US dollars. */
  @DoubleColumn()
  cost: number;

  /** As `Histogram` encodes it; several joined are their sum. */
  @TextColumn()
  latency: string;

  @TextColumn()
  firstByte: string;

  /** As `Tallies` encodes them. */
  @TextColumn()
  outcomes: string;
}

/** Proof that a flush was committed, so that one whose acknowledgement was lost is not written twice. */
@Entity('stats_flushes')
export class FlushRow {
  @PrimaryStringColumn(64)
  id: string;

  @EpochColumn()
  at: number;
}

/** What keys of one part have counted in a flush, to be added to their slices; see delta-sql.ts. */
@Entity('stats_deltas')
export class DeltaRow {
  @PrimaryNumberColumn('int')
  part: number;

  @PrimaryStringColumn(64)
  id: string;

  @TextColumn()
  cells: string;
}
