import { Injectable } from '@nestjs/common';
import type { Upstream } from '../upstreams/upstream.js';
import { UpstreamTable } from '../upstreams/upstream-table.js';
import type { Route } from '../routes/route.js';
import { RouteTable } from '../routes/route-table.js';
import { type Candidate, candidateOf } from './candidate.js';

/** Who asks for the order of a route's targets. */
export interface Asker {
  allows(candidate: Candidate): boolean;
  /** A call does; who merely looks does not. */
  readonly takesTurn: boolean;
}

/** The targets of routes as candidates of a call. */
@Injectable()
export class RouteFinder {
  constructor(
    private readonly routes: RouteTable,
    private readonly table: UpstreamTable,
  ) {}

  routeOf(model: string): Route | undefined {
    return this.routes.byModel(model);
  }

  all(): readonly Route[] {
    return this.routes.all();
  }

  /** The route's targets whose upstreams are there and enabled, as written. */
  targets(route: Route): Candidate[] {
    return this.present(route).map(({ candidate }) => candidate);
  }

  /**
   * The same in the order in which a call asks them, those alone that it may use; where it may use none, all are
   * named, so that the refusal can say why.
   */
  ordered(route: Route, asker: Asker): Candidate[] {
    const present = this.present(route);
    const usable = present.filter(({ candidate }) => asker.allows(candidate));
    if (usable.length === 0) return present.map(({ candidate }) => candidate);
    const byPlace = new Map(usable.map(({ place, candidate }) => [place, candidate]));
    const order = this.routes.order(route, [...byPlace.keys()], asker.takesTurn);
    return order.map((place) => byPlace.get(place)!);
  }

  candidate(upstream: Upstream, asked: string | undefined, route?: string): Candidate {
    return candidateOf(upstream, asked, (model) => this.table.lists(upstream, model), route);
  }

  private present(route: Route): { place: number; candidate: Candidate }[] {
    return route.targets.flatMap(({ upstream: slug, model }, place) => {
      const upstream = this.table.bySlug(slug);
      return upstream?.enabled ? [{ place, candidate: this.candidate(upstream, model, route.model) }] : [];
    });
  }
}
