import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Page, pageOf, rowsOf } from '../../admin/paging.js';
import { type Note, Store } from '../../database/store.js';
import { isUniqueViolation } from '../../database/unique-violation.js';
import { Clock } from '../../kernel/clock.js';
import { KeywheelError } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import type { RouteTarget } from '../route.js';
import { RouteRow } from '../route-row.js';
import { routesTo } from '../route-uses.js';
import { targetFaults } from '../target-faults.js';
import type { NewRoute, RouteChanges, RouteQuery, RouteTargetBody } from './route.dto.js';
import { type RouteView, viewOf } from './route.view.js';

/** Makes, changes and deletes routes. What it changes holds at once, here and on every instance. */
@Injectable()
export class RoutesService {
  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
  ) {}

  async list(query: RouteQuery): Promise<Page<RouteView>> {
    const { manager } = this.store;
    if (query.upstream !== undefined) {
      const rows = await routesTo(manager, query.upstream);
      const { skip, take } = rowsOf(query);
      return pageOf(query, [rows.slice(skip, skip + take).map(viewOf), rows.length]);
    }
    const order = { model: 'ASC' } as const;
    const [rows, total] = await manager.getRepository(RouteRow).findAndCount({ order, ...rowsOf(query) });
    return pageOf(query, [rows.map(viewOf), total]);
  }

  async get(id: string): Promise<RouteView> {
    return viewOf(await held(this.store.manager, id));
  }

  /** @throws KeywheelError validation_failed with all faults, conflict where the model has a route */
  async create({ model, targets, strategy = 'failover' }: NewRoute): Promise<RouteView> {
    const now = this.clock.now();
    const row: RouteRow = {
      id: newId(now),
      model,
      targets: targets.map(plain),
      strategy,
      createdAt: now,
      updatedAt: now,
    };
    await this.write(model, async (tx, note) => {
      await assertTargets(tx, row.targets);
      await tx.insert(RouteRow, row);
      note({ kind: 'routes', ref: row.id });
    });
    return viewOf(row);
  }

  /** @throws KeywheelError not_found, and as `create` */
  change(id: string, { model, targets, strategy }: RouteChanges): Promise<RouteView> {
    return this.write(model ?? '', async (tx, note) => {
      const row = await held(tx, id);
      const changes: Partial<RouteRow> = {
        ...(model !== undefined && { model }),
        ...(targets && { targets: targets.map(plain) }),
        ...(strategy && { strategy }),
      };
      if (Object.keys(changes).length === 0) return viewOf(row);
      if (changes.targets) await assertTargets(tx, changes.targets);
      const updated = { ...changes, updatedAt: this.clock.now() };
      await tx.update(RouteRow, { id }, updated);
      note({ kind: 'routes', ref: id });
      return viewOf({ ...row, ...updated });
    });
  }

  async remove(id: string): Promise<void> {
    await this.store.write(async (tx, note) => {
      await held(tx, id);
      await tx.delete(RouteRow, { id });
      note({ kind: 'routes', ref: id });
    });
  }

  private async write<T>(model: string, work: (tx: EntityManager, note: Note) => Promise<T>): Promise<T> {
    try {
      return await this.store.write(work);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new KeywheelError('conflict', `There is already a route for ${model}.`, { param: 'model' });
    }
  }
}

async function held(manager: EntityManager, id: string): Promise<RouteRow> {
  const row = await manager.findOneBy(RouteRow, { id });
  if (!row) throw new KeywheelError('not_found', `There is no route ${id}.`);
  return row;
}

async function assertTargets(tx: EntityManager, targets: readonly RouteTarget[]): Promise<void> {
  const faults = await targetFaults(tx, targets);
  if (faults.length === 0) return;
  const detail = faults.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new KeywheelError('validation_failed', detail.slice(0, 1000), { faults });
}

function plain({ upstream, model, weight }: RouteTargetBody): RouteTarget {
  return { upstream, model, weight: weight ?? 1 };
}
