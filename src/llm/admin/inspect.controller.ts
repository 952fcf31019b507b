import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { NeedsRole } from '../../admin/needs-role.js';
import { Inspection, InspectRequest } from './inspect.dto.js';
import { Inspector } from './inspector.js';

@ApiTags('inspect')
@Controller('api/admin/inspect')
export class InspectController {
  constructor(private readonly inspector: Inspector) {}

  @Post()
  @HttpCode(200)
  @NeedsRole('viewer')
  @ApiOperation({
    summary: 'Who would answer a call',
    description:
      'Which upstreams and keys are eligible, which are not and why. Nothing is called and nothing changes.',
  })
  @ApiOkResponse({ type: Inspection })
  inspect(@Body() request: InspectRequest): Promise<Inspection> {
    return this.inspector.inspect(request);
  }
}
