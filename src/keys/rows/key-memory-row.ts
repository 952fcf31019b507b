import { Entity } from 'typeorm';
import { EpochColumn, IdColumn, JsonColumn, PrimaryIdColumn } from '../../database/columns.js';
import type { KeyMemory } from '../pool/pool-state.js';

/** Rests and day counts of one key, at most a second old, so that they outlive a restart. */
@Entity('key_memory')
export class KeyMemoryRow {
  @PrimaryIdColumn()
  keyId: string;

  @IdColumn()
  upstreamId: string;

  @JsonColumn()
  memory: KeyMemory;

  @EpochColumn()
  updatedAt: number;
}
