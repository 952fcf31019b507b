import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { NeedsRole } from '../../admin/needs-role.js';
import { StatsQueries } from '../queries.js';
import { StatsReport, type Window, WINDOWS } from '../report.js';

class StatsQuery {
  @ApiPropertyOptional({ enum: Object.keys(WINDOWS), default: '1h', description: 'How far back from now' })
  @IsIn(Object.keys(WINDOWS))
  window: Window = '1h';
}

@ApiTags('statistics')
@NeedsRole('viewer')
@Controller('stats')
export class StatsController {
  constructor(private readonly queries: StatsQueries) {}

  @Get()
  @ApiOperation({
    summary: 'Calls, success rate, latency, tokens and cost of a window',
    description:
      'Sums over all instances; calls of the last second of other instances may be missing. Rates and ' +
      'quantiles are null where nothing was counted.',
  })
  @ApiOkResponse({ type: StatsReport })
  report(@Query() query: StatsQuery): Promise<StatsReport> {
    return this.queries.report(query.window);
  }
}
