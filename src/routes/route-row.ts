import { Entity, Index } from 'typeorm';
import { EpochColumn, JsonColumn, PrimaryIdColumn, StringColumn } from '../database/columns.js';
import type { Route, RouteTarget, Strategy } from './route.js';

/** A stored route. Its targets name upstreams by their slugs, which never change. */
@Entity('routes')
export class RouteRow {
  @PrimaryIdColumn()
  id: string;

  @Index('uq_routes_model', { unique: true })
  @StringColumn(200)
  model: string;

  @JsonColumn()
  targets: readonly RouteTarget[];

  @StringColumn(16)
  strategy: Strategy;

  @EpochColumn()
  createdAt: number;

  @EpochColumn()
  updatedAt: number;
}

/** The row as the data plane holds it. */
export function routeOf({ id, model, targets, strategy }: RouteRow): Route {
  return Object.freeze({
    id,
    model,
    targets: Object.freeze(targets.map((target) => Object.freeze(target))),
    strategy,
  });
}
