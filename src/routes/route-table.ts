import { Injectable } from '@nestjs/common';
import type { Route } from './route.js';
import { WeightedTurns } from './weighted-turns.js';

interface Entry {
  readonly route: Route;
  readonly turns: WeightedTurns;
}

/** All routes by the model that they stand for, as an immutable picture that is swapped whole. */
@Injectable()
export class RouteTable {
  private entries: ReadonlyMap<string, Entry> = new Map();

  byModel(model: string): Route | undefined {
    return this.entries.get(model)?.route;
  }

  all(): readonly Route[] {
    return [...this.entries.values()].map(({ route }) => route);
  }

  /**
   * Places of the route's targets in the order in which a call asks them: as written for `failover`; for
   * `weighted` the one whose turn it is, then the others by weight. `usable` are the places that this call may use.
   * With `take` the turn counts as used; without it nothing changes.
   */
  order(route: Route, usable: readonly number[], take: boolean): readonly number[] {
    const turns = this.entries.get(route.model)?.turns;
    if (route.strategy === 'failover' || usable.length < 2 || !turns) return usable;
    const first = take ? turns.take(usable) : turns.next(usable);
    const weightOf = (place: number) => route.targets[place]!.weight;
    const others = usable
      .filter((place) => place !== first)
      .sort((a, b) => weightOf(b) - weightOf(a) || a - b);
    return [first, ...others];
  }

  /** The routes from now on. */
  replace(routes: readonly Route[]): void {
    this.entries = new Map(
      routes.map((route) => [
        route.model,
        { route, turns: new WeightedTurns(route.targets.map(({ weight }) => weight)) },
      ]),
    );
  }
}
