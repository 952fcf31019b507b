import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Store } from '../../database/store.js';
import { UpstreamLookup } from '../ports.js';
import { KeyRow } from '../rows/key-row.js';
import { keyView, type KeyView, VIEW_COLUMNS, type ViewedRow } from './key-view.js';
import { LiveKeys } from '../live/live-keys.js';

/** Shows keys: their rows together with what the pool knows of them now. */
@Injectable()
export class KeyList {
  constructor(
    private readonly store: Store,
    private readonly live: LiveKeys,
    private readonly upstreams: UpstreamLookup,
  ) {}

  /** In the order of the ids; those that are gone are left out. */
  async show(ids: readonly string[]): Promise<KeyView[]> {
    if (ids.length === 0) return [];
    const rows: ViewedRow[] = await this.store.manager.find(KeyRow, {
      where: { id: In([...ids]) },
      select: Object.fromEntries(VIEW_COLUMNS.map((column) => [column, true])),
    });
    const views = new Map<string, KeyView>();
    for (const [upstreamId, group] of Map.groupBy(rows, (row) => row.upstreamId)) {
      const slug = this.upstreams.slugOf(upstreamId);
      const live = await this.live.of(upstreamId, group);
      // Without a slug the upstream was deleted a moment ago.
      group.forEach((row, index) => {
        const known = live[index];
        if (slug !== undefined && known) views.set(row.id, keyView(row, slug, known));
      });
    }
    return ids.flatMap((id) => views.get(id) ?? []);
  }
}
