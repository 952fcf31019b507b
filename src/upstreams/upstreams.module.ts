import { Global, Module } from '@nestjs/common';
import { ChangeFeed } from '../database/change-feed.js';
import { Store } from '../database/store.js';
import { Log } from '../logging/log.js';
import { PresetsController } from './admin/presets.controller.js';
import { UpstreamsController } from './admin/upstreams.controller.js';
import { UpstreamsService } from './admin/upstreams.service.js';
import { Breakers } from './breaker.js';
import { PresetUpstreams } from './preset-upstreams.js';
import { RetryBudget } from './retry-budget.js';
import { UpstreamSync } from './upstream-sync.js';
import { UpstreamTable } from './upstream-table.js';
import { UpstreamWriter } from './upstream-writer.js';

/** A deleted upstream leaves no breaker behind. */
function breakersFor(table: UpstreamTable): Breakers {
  const breakers = new Breakers();
  table.onChange(({ dropped }) => dropped.forEach((id) => breakers.drop(id)));
  return breakers;
}

/** What is called. Whoever gets `UpstreamTable` injected gets it loaded. */
@Global()
@Module({
  controllers: [UpstreamsController, PresetsController],
  providers: [
    {
      provide: UpstreamSync,
      inject: [Store, ChangeFeed, Log],
      useFactory: (store: Store, feed: ChangeFeed, log: Log) => UpstreamSync.create(store, feed, log),
    },
    { provide: UpstreamTable, inject: [UpstreamSync], useFactory: (sync: UpstreamSync) => sync.table },
    { provide: Breakers, inject: [UpstreamTable], useFactory: breakersFor },
    RetryBudget,
    UpstreamWriter,
    PresetUpstreams,
    UpstreamsService,
  ],
  exports: [UpstreamTable, Breakers, RetryBudget, PresetUpstreams],
})
export class UpstreamsModule {}
