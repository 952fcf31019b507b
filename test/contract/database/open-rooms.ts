import { Module, type INestApplicationContext, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { testConfig } from '../../../src/config/config.fixture.js';
import type { Config } from '../../../src/config/config.js';
import { ConfigModule } from '../../../src/config/config.module.js';
import { parseDatabaseUrl } from '../../../src/config/database-url.js';
import { DatabaseModule } from '../../../src/database/database.module.js';
import { entities } from '../../../src/entities.js';
import { RecordingLog } from '../../../src/logging/log.fixture.js';
import { LoggerModule } from '../../../src/logging/logger.module.js';
import { SettingsModule } from '../../../src/settings/settings.module.js';

export interface Rooms {
  readonly get: <T>(type: Type<T> | (abstract new (...args: never[]) => T)) => T;
  readonly log: RecordingLog;
  readonly close: () => Promise<void>;
}

/** An instance's lower rooms on this database: two of them on one database are two instances. */
export async function openRooms(url: string, overrides: Partial<Config> = {}): Promise<Rooms> {
  const log = new RecordingLog();
  const config = testConfig({ database: parseDatabaseUrl(url), ...overrides });

  @Module({
    imports: [
      ConfigModule.register(config),
      LoggerModule.register(log),
      DatabaseModule.register({ entities }),
      SettingsModule,
    ],
  })
  class LowerRooms {}

  const context: INestApplicationContext = await NestFactory.createApplicationContext(LowerRooms, {
    logger: false,
    abortOnError: false,
  });
  return {
    get: (type) => context.get(type as Type, { strict: false }),
    log,
    close: () => context.close(),
  };
}
