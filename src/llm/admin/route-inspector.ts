import { Injectable } from '@nestjs/common';
import type { Route, RouteTarget } from '../../routes/route.js';
import type { Upstream } from '../../upstreams/upstream.js';
import { UpstreamTable } from '../../upstreams/upstream-table.js';
import type { Candidate } from '../candidate.js';
import { RouteFinder } from '../route-finder.js';
import type { InspectedRoute, InspectedTarget } from './inspect.dto.js';
import { PoolInspector } from './pool-inspector.js';

/** Tells why a candidate would not be asked, or null. */
export type ReasonOf = (upstream: Upstream, candidate: Candidate) => string | null;

/** What an inspection says of a route. */
@Injectable()
export class RouteInspector {
  constructor(
    private readonly table: UpstreamTable,
    private readonly routes: RouteFinder,
    private readonly pools: PoolInspector,
  ) {}

  /** @param order the candidates of a call, best first */
  async describe(route: Route, order: readonly Candidate[], reasonOf: ReasonOf): Promise<InspectedRoute> {
    const targets: InspectedTarget[] = [];
    for (const target of route.targets) targets.push(await this.target(route, target, reasonOf));
    const { model, strategy } = route;
    return { model, strategy, targets, next: nextOf(targets, order) };
  }

  private async target(route: Route, target: RouteTarget, reasonOf: ReasonOf): Promise<InspectedTarget> {
    const upstream = this.table.bySlug(target.upstream);
    if (!upstream) return { ...target, eligible: false, reason: 'unknown_upstream', next: null };
    const candidate = this.routes.candidate(upstream, target.model, route.model);
    const reason = reasonOf(upstream, candidate);
    const next = reason === null ? await this.pools.nextKey(upstream, candidate.model) : null;
    return { ...target, eligible: reason === null, reason, next };
  }
}

/** The first that has a key free. */
function nextOf(targets: readonly InspectedTarget[], order: readonly Candidate[]): InspectedRoute['next'] {
  const found = order
    .map(({ upstream, asked }) =>
      targets.find((one) => one.upstream === upstream.slug && one.model === asked),
    )
    .find((target) => target?.eligible && target.next !== null);
  return found ? { upstream: found.upstream, model: found.model } : null;
}
