import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Authenticator } from '../../admin/authenticator.js';
import { type Actor, CurrentActor } from '../../admin/current-actor.js';
import { Public } from '../../admin/needs-role.js';
import { Config } from '../../config/config.js';
import { KeywheelError } from '../../kernel/errors.js';
import { MetricsPage } from '../metrics/metrics-page.js';

@ApiTags('statistics')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly page: MetricsPage,
    private readonly config: Config,
    private readonly authenticator: Authenticator,
  ) {}

  /** Public to the shell, which does not know METRICS_PUBLIC; the actor is there for a viewer only. */
  @Public()
  @Get()
  @ApiOperation({
    summary: 'Metrics in the text format of Prometheus',
    description: 'Needs a viewer unless METRICS_PUBLIC is true.',
  })
  @ApiOkResponse({ content: { 'text/plain': { schema: { type: 'string' } } } })
  async metrics(
    @Req() request: Request,
    @Res() response: Response,
    @CurrentActor() actor: Actor | undefined,
  ): Promise<void> {
    if (!actor && !this.config.metricsPublic) {
      const { role } = await this.authenticator.identify(request);
      throw new KeywheelError('forbidden', `This needs the role viewer; yours is ${role}.`);
    }
    const text = await this.page.text();
    response.setHeader('Content-Type', this.page.contentType);
    response.setHeader('Cache-Control', 'no-store');
    response.end(text);
  }
}
