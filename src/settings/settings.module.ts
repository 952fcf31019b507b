import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { ChangeFeed } from '../database/change-feed.js';
import { Store } from '../database/store.js';
import { Log } from '../logging/log.js';
import { SettingsController } from './admin/settings.controller.js';
import { SettingsEditor } from './admin/settings-editor.js';
import { SettingsSync } from './settings-sync.js';
import { Settings } from './settings.js';

/** The run-time settings; whoever gets `Settings` injected gets them loaded. */
@Global()
@Module({
  controllers: [SettingsController],
  providers: [
    SettingsEditor,
    {
      provide: SettingsSync,
      inject: [Config, Store, ChangeFeed, Log],
      useFactory: (config: Config, store: Store, feed: ChangeFeed, log: Log) =>
        SettingsSync.create(config, store, feed, log),
    },
    { provide: Settings, inject: [SettingsSync], useFactory: (sync: SettingsSync) => sync.settings },
  ],
  exports: [Settings],
})
export class SettingsModule {}
