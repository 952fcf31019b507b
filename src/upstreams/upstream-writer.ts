import { Injectable, Optional } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import type { EntityManager } from 'typeorm';
import { Config } from '../config/config.js';
import { Store } from '../database/store.js';
import { isUniqueViolation } from '../database/unique-violation.js';
import { Clock } from '../kernel/clock.js';
import { KeywheelError } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { privateAddressFault } from './base-address.js';
import { define, type Definition, invalidUpstream } from './definition.js';
import { UpstreamUses } from './ports.js';
import { columnsOf, type DefinitionColumns, definitionOf, UpstreamRow } from './upstream-row.js';

/** Creates, changes and deletes upstreams. What it writes holds at once, here and on every instance. */
@Injectable()
export class UpstreamWriter {
  constructor(
    private readonly store: Store,
    private readonly config: Config,
    private readonly clock: Clock,
    @Optional() private readonly uses?: UpstreamUses,
  ) {}

  /** @throws KeywheelError `validation_failed` with all faults, `conflict` where the slug is taken. */
  async create(input: unknown): Promise<UpstreamRow> {
    const definition = define(input);
    this.checkAddress(definition);
    const now = this.clock.now();
    const row: UpstreamRow = { id: newId(now), ...columnsOf(definition), createdAt: now, updatedAt: now };
    try {
      await this.store.write(async (tx, note) => {
        // TypeORM's type for what may be inserted does not take open-ended JSON.
        await tx.insert(UpstreamRow, row as object);
        note({ kind: 'upstreams', ref: row.id });
      });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new KeywheelError('conflict', `There is already an upstream ${row.slug}.`, { param: 'slug' });
    }
    return row;
  }

  /**
   * Replaces the fields that are given; null puts one back to the preset's. `prepare` may look at what stands
   * before the input is read.
   */
  change(slug: string, prepare: (row: UpstreamRow) => unknown): Promise<UpstreamRow> {
    return this.store.write(async (tx, note) => {
      const row = await held(tx, slug);
      const previous = definitionOf(row);
      const next = define(prepare(row), previous);
      if (next.baseUrl !== previous.baseUrl) this.checkAddress(next);
      const changes = changedColumns(columnsOf(previous), columnsOf(next));
      if (Object.keys(changes).length === 0) return row;
      const updated = { ...changes, updatedAt: this.clock.now() };
      await tx.update(UpstreamRow, { id: row.id }, updated as object);
      note({ kind: 'upstreams', ref: row.id });
      return { ...row, ...updated };
    });
  }

  /**
   * Deletes the upstream and everything that belongs to it: its keys, what is known of them, pinned files.
   * @throws KeywheelError unknown_upstream, conflict where routes lead to it
   */
  async remove(slug: string): Promise<void> {
    await this.store.write(async (tx, note) => {
      const { id } = await held(tx, slug);
      const routes = (await this.uses?.usesOf(tx, slug)) ?? [];
      if (routes.length > 0) throw inUse(slug, routes);
      await removeBelongings(tx, id);
      await tx.delete(UpstreamRow, { id });
      note({ kind: 'keys', ref: id });
      note({ kind: 'upstreams', ref: id });
    });
  }

  /** Told when it is written, so that nobody wonders later; what holds is egress's look at the dialled address. */
  private checkAddress({ baseUrl }: Definition): void {
    const fault = privateAddressFault(baseUrl, this.config.allowPrivateUpstreams);
    if (fault) throw invalidUpstream([{ path: 'baseUrl', message: fault }]);
  }
}

async function held(tx: EntityManager, slug: string): Promise<UpstreamRow> {
  const row = await tx.findOneBy(UpstreamRow, { slug });
  if (!row) throw new KeywheelError('unknown_upstream', `There is no upstream ${slug}.`);
  return row;
}

/** A route that lost a target without a word might send everything to the dearest of the others. */
function inUse(slug: string, routes: readonly string[]): KeywheelError {
  const named = routes.slice(0, 10).join(', ') + (routes.length > 10 ? ', …' : '');
  const text = `Routes lead to the upstream ${slug}: ${named}. Change or delete them first.`;
  return new KeywheelError('conflict', text);
}

function changedColumns(before: DefinitionColumns, after: DefinitionColumns): Partial<DefinitionColumns> {
  const names = Object.keys(after) as (keyof DefinitionColumns)[];
  const changed = names.filter((name) => !isDeepStrictEqual(before[name], after[name]));
  return Object.fromEntries(changed.map((name) => [name, after[name]]));
}

/** By the names of tables: the rooms that own them are not known here. */
async function removeBelongings(tx: EntityManager, id: string): Promise<void> {
  const remove = (table: string) => tx.createQueryBuilder().delete().from(table);
  const keysOf = 'SELECT k.id FROM api_keys k WHERE k.upstream_id = :id';
  await remove('key_checks').where(`key_id IN (${keysOf})`, { id }).execute();
  for (const table of ['key_memory', 'pinned_resources', 'api_keys']) {
    await remove(table).where('upstream_id = :id', { id }).execute();
  }
}
