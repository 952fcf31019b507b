import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { RouteRow } from './route-row.js';

/** Routes with a target at this upstream, by their models. */
export async function routesTo(manager: EntityManager, slug: string): Promise<RouteRow[]> {
  const rows = await manager.find(RouteRow, { order: { model: 'ASC' } });
  return rows.filter(({ targets }) => targets.some(({ upstream }) => upstream === slug));
}

/** Which routes an upstream cannot be deleted for. */
@Injectable()
export class RouteUses {
  /** Models of the routes that lead to this upstream, read in the transaction that would delete it. */
  async usesOf(tx: EntityManager, slug: string): Promise<readonly string[]> {
    return (await routesTo(tx, slug)).map(({ model }) => model);
  }
}
