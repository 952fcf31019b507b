import { Global, Injectable, Module } from '@nestjs/common';
import { KeyOverview } from './keys/key-overview.js';
import { KeyChecker, UpstreamLookup, UpstreamSeeder } from './keys/ports.js';
import { UpstreamKeyChecker } from './proxy/upstream-key-checker.js';
import { RouteUses } from './routes/route-uses.js';
import { BreakerOverview, PoolOverview } from './stats/ports.js';
import { Breakers } from './upstreams/breaker.js';
import { KeyCounts, UpstreamUses } from './upstreams/ports.js';
import { PresetUpstreams } from './upstreams/preset-upstreams.js';
import { UpstreamTable } from './upstreams/upstream-table.js';

/** Breakers by the slugs that people know. */
@Injectable()
class SluggedBreakers extends BreakerOverview {
  constructor(
    private readonly upstreams: UpstreamTable,
    private readonly states: Breakers,
  ) {
    super();
  }

  breakers(): ReturnType<BreakerOverview['breakers']> {
    const now = Date.now();
    return this.upstreams
      .all()
      .map(({ id, slug }) => ({ upstream: slug, state: this.states.state(id, now) }));
  }
}

const PORTS = [
  { provide: UpstreamLookup, useExisting: UpstreamTable },
  { provide: UpstreamSeeder, useExisting: PresetUpstreams },
  { provide: KeyChecker, useExisting: UpstreamKeyChecker },
  { provide: KeyCounts, useExisting: KeyOverview },
  { provide: UpstreamUses, useExisting: RouteUses },
  { provide: PoolOverview, useExisting: KeyOverview },
  { provide: BreakerOverview, useClass: SluggedBreakers },
];

/** What rooms that do not know each other need of each other, bound here. */
@Global()
@Module({ providers: PORTS, exports: PORTS.map(({ provide }) => provide) })
export class PortsModule {}
