import { Global, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Lifecycle } from '../kernel/lifecycle.js';
import { HealthController } from './admin/health.controller.js';
import { WelcomeController } from './admin/welcome.controller.js';
import { HealthChecks } from './health-checks.js';
import { WorkerCheck } from './worker-check.js';

/** Whether the process lives, whether calls are welcome, and what needs a look. */
@Global()
@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController, WelcomeController],
  providers: [Lifecycle, HealthChecks, WorkerCheck],
  exports: [Lifecycle],
})
export class HealthModule {}
