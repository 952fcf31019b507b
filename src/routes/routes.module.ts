import { Global, Module } from '@nestjs/common';
import { ChangeFeed } from '../database/change-feed.js';
import { Store } from '../database/store.js';
import { RoutesController } from './admin/routes.controller.js';
import { RoutesService } from './admin/routes.service.js';
import { RouteSync } from './route-sync.js';
import { RouteTable } from './route-table.js';
import { RouteUses } from './route-uses.js';

/** Model names that stand for targets. Whoever gets `RouteTable` injected gets it loaded. */
@Global()
@Module({
  controllers: [RoutesController],
  providers: [
    {
      provide: RouteSync,
      inject: [Store, ChangeFeed],
      useFactory: (store: Store, feed: ChangeFeed) => RouteSync.create(store, feed),
    },
    { provide: RouteTable, inject: [RouteSync], useFactory: (sync: RouteSync) => sync.table },
    RouteUses,
    RoutesService,
  ],
  exports: [RouteTable, RouteUses],
})
export class RoutesModule {}
