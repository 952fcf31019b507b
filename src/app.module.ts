import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AccessModule } from './access/access.module.js';
import { AdminModule } from './admin/admin.module.js';
import { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { DataPlane } from './data-plane.js';
import { DatabaseModule } from './database/database.module.js';
import { EgressModule } from './egress/egress.module.js';
import { entities } from './entities.js';
import { HealthModule } from './health/health.module.js';
import { KernelModule } from './kernel.module.js';
import { KeysModule } from './keys/keys.module.js';
import { LlmModule } from './llm/llm.module.js';
import { Log } from './logging/log.js';
import { LoggerModule } from './logging/logger.module.js';
import { PortsModule } from './ports.module.js';
import { ProxyModule } from './proxy/proxy.module.js';
import { RedisModule } from './redis/redis.module.js';
import { RoutesModule } from './routes/routes.module.js';
import { SettingsModule } from './settings/settings.module.js';
import { StatsModule } from './stats/stats.module.js';
import { UpstreamsModule } from './upstreams/upstreams.module.js';
import { Colleagues, NoColleagues } from './workers/colleagues.js';
import { WorkersModule } from './workers/workers.module.js';

/** The composition root: the ground first, then the rooms in the order in which a call meets them. */
@Module({})
export class AppModule {
  static register(config: Config, log: Log, colleagues: Colleagues = new NoColleagues()): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.register(config),
        LoggerModule.register(log),
        KernelModule,
        WorkersModule.register(colleagues),
        ScheduleModule.forRoot(),
        DatabaseModule.register({ entities }),
        RedisModule,
        SettingsModule,
        EgressModule,
        PortsModule,
        AccessModule,
        UpstreamsModule,
        RoutesModule,
        KeysModule,
        StatsModule,
        ProxyModule,
        LlmModule,
        HealthModule,
        AdminModule,
      ],
      providers: [DataPlane],
    };
  }
}
