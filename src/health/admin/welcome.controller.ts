import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../../admin/needs-role.js';
import { VERSION } from '../../config/version.js';
import { Welcome } from './health.dto.js';

@ApiTags('health')
@Controller()
export class WelcomeController {
  @Public()
  @Get()
  @ApiOperation({ summary: 'What this is and where things are' })
  @ApiOkResponse({ type: Welcome })
  welcome(): Welcome {
    return {
      name: 'Keywheel',
      version: VERSION,
      links: {
        docs: '/docs',
        openapi: '/api/admin/openapi.json',
        health: '/health',
        live: '/health/live',
        ready: '/health/ready',
        stats: '/stats',
        keys: '/stats/keys',
        metrics: '/metrics',
      },
    };
  }
}
