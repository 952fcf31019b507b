import { Injectable } from '@nestjs/common';
import { Store } from '../database/store.js';
import { Clock } from '../kernel/clock.js';
import { type Pin, PinStore } from './pins.js';
import { PinnedResourceRow } from './rows/pinned-resource-row.js';

/** The column's width. A provider's resource names are far shorter. */
const LONGEST_NAME = 300;

@Injectable()
export class StoredPins extends PinStore {
  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async find(upstreamId: string, name: string): Promise<Pin | undefined> {
    if (name.length > LONGEST_NAME) return undefined;
    return (await this.store.manager.findOneBy(PinnedResourceRow, { upstreamId, name })) ?? undefined;
  }

  override async put(upstreamId: string, name: string, pin: Pin): Promise<void> {
    if (name.length > LONGEST_NAME) return;
    const row = { upstreamId, name, keyId: pin.keyId, createdAt: this.clock.now(), expiresAt: pin.expiresAt };
    await this.store.write((tx) => tx.upsert(PinnedResourceRow, row, ['upstreamId', 'name']));
  }

  override async remove(upstreamId: string, name: string): Promise<void> {
    await this.store.write((tx) => tx.delete(PinnedResourceRow, { upstreamId, name }));
  }
}
