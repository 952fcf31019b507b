import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Actor } from '../../access/admin-identity.js';
import { CurrentActor } from '../../admin/current-actor.js';
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
  ) {}

  /** Public to the shell, which cannot know the configuration; the actor is there for a viewer only. */
  @Public()
  @Get()
  @ApiOperation({
    summary: 'Metrics in the text format of Prometheus',
    description: 'Needs a viewer unless METRICS_PUBLIC is true.',
  })
  @ApiOkResponse({ content: { 'text/plain': { schema: { type: 'string' } } } })
  async metrics(@Res() response: Response, @CurrentActor() actor: Actor | undefined): Promise<void> {
    if (!actor && !this.config.metricsPublic) {
      throw new KeywheelError('missing_token', 'Metrics need a token with the role viewer or higher.');
    }
    const text = await this.page.text();
    response.setHeader('Content-Type', this.page.contentType);
    response.setHeader('Cache-Control', 'no-store');
    response.end(text);
  }
}
