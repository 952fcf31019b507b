import { Injectable } from '@nestjs/common';
import { PoolState, type PoolRules } from '../keys/pool/pool-state.js';
import type { Upstream } from '../upstreams/upstream.js';
import { UpstreamTable } from '../upstreams/upstream-table.js';

/** Tells the pools what their upstreams say of rotation, limits and the provider's day. */
@Injectable()
export class PoolRulesFeed {
  constructor(upstreams: UpstreamTable, pools: PoolState) {
    const tell = (put: readonly Upstream[]) => {
      for (const upstream of put) void pools.setRules(upstream.id, rulesOf(upstream));
    };
    tell(upstreams.all());
    upstreams.onChange(({ put, dropped }) => {
      tell(put);
      for (const id of dropped) void pools.dropPool(id);
    });
  }
}

function rulesOf({ rotation, limits, dayZone }: Upstream): PoolRules {
  return { rotation, limits, dayZone };
}
