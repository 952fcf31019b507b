import { Entity } from 'typeorm';
import { EpochColumn, IdColumn, PrimaryStringColumn } from '../../database/columns.js';

/** A file, cached content or kept answer at the provider, which only the key that made it can use. */
@Entity('pinned_resources')
export class PinnedResourceRow {
  @PrimaryStringColumn(32)
  upstreamId: string;

  @PrimaryStringColumn(300)
  name: string;

  @IdColumn()
  keyId: string;

  @EpochColumn()
  createdAt: number;

  @EpochColumn()
  expiresAt: number;
}
