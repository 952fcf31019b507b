import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { HealthCheckService } from '@nestjs/terminus';
import type { Response } from 'express';
import type { Actor } from '../../access/admin-identity.js';
import { CurrentActor } from '../../admin/current-actor.js';
import { Public } from '../../admin/needs-role.js';
import { Lifecycle } from '../../kernel/lifecycle.js';
import { HealthChecks } from '../health-checks.js';
import { WorkerCheck } from '../worker-check.js';
import { Alive, Health, Readiness } from './health.dto.js';

/** Probes answer plain JSON: what they say is an answer, not a problem. */
@ApiTags('health')
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly terminus: HealthCheckService,
    private readonly checks: HealthChecks,
    private readonly workers: WorkerCheck,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'Whether the process runs' })
  @ApiOkResponse({ type: Alive })
  live(): Alive {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({
    summary: 'Whether calls are welcome',
    description:
      'Once the configuration was loaded, the last known one serves on while the database is out, and this stays 200.',
  })
  @ApiOkResponse({ type: Readiness })
  @ApiServiceUnavailableResponse({ type: Readiness, description: 'Starting, or draining before the end' })
  ready(@Res({ passthrough: true }) response: Response): Readiness {
    this.#say(response);
    return { status: this.lifecycle.state };
  }

  @Get()
  @ApiOperation({ summary: 'Both, and each check for a viewer' })
  @ApiOkResponse({ type: Health })
  @ApiServiceUnavailableResponse({ type: Health, description: 'Starting, or draining before the end' })
  async health(
    @Res({ passthrough: true }) response: Response,
    @CurrentActor() actor: Actor | undefined,
  ): Promise<Health> {
    this.#say(response);
    const { checks } = this;
    const { status, details } = await this.terminus.check([
      () => checks.database(),
      () => checks.changes(),
      () => checks.redis(),
      () => checks.keys(),
      ...(this.workers.isNeeded ? [() => this.workers.workers()] : []),
    ]);
    const { state } = this.lifecycle;
    const overall = state !== 'ready' ? state : status === 'ok' ? 'ok' : 'degraded';
    return actor ? { status: overall, checks: details } : { status: overall };
  }

  #say(response: Response): void {
    response.status(this.lifecycle.state === 'ready' ? 200 : 503);
    response.setHeader('Cache-Control', 'no-store');
  }
}
