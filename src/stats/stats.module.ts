import { Global, Module } from '@nestjs/common';
import { KeyStatesController } from './admin/key-states.controller.js';
import { MetricsController } from './admin/metrics.controller.js';
import { StatsController } from './admin/stats.controller.js';
import { CallLog } from './call-log.js';
import { DeltaMerge } from './delta-merge.js';
import { Flusher } from './flusher.js';
import { CallMetrics } from './metrics/call-metrics.js';
import { MetricsPage } from './metrics/metrics-page.js';
import { StateMetrics } from './metrics/state-metrics.js';
import { Prices } from './prices.js';
import { StatsQueries } from './queries.js';
import { Recorder } from './recorder.js';
import { Retention } from './retention.js';
import { Rollups } from './rollups.js';
import { SliceTable } from './slice-table.js';
import { StatsJobs } from './stats-jobs.js';

/** What happened: counted, written, made coarser, shown. */
@Global()
@Module({
  controllers: [StatsController, KeyStatesController, MetricsController],
  providers: [
    Recorder,
    CallLog,
    Prices,
    SliceTable,
    Flusher,
    DeltaMerge,
    Rollups,
    Retention,
    StatsJobs,
    StatsQueries,
    CallMetrics,
    StateMetrics,
    MetricsPage,
  ],
  exports: [Recorder, Prices],
})
export class StatsModule {}
