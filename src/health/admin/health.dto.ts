import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class Alive {
  @ApiProperty({ enum: ['ok'] }) status: 'ok';
}

export class Readiness {
  @ApiProperty({ enum: ['starting', 'ready', 'draining'] }) status: 'starting' | 'ready' | 'draining';
}

export class Health {
  @ApiProperty({
    enum: ['ok', 'degraded', 'starting', 'draining'],
    description: '`degraded`: calls are served, but something needs a look',
  })
  status: 'ok' | 'degraded' | 'starting' | 'draining';

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'object', additionalProperties: true },
    description: 'For a viewer: each check with its status (`up`, `degraded`) and detail',
  })
  checks?: Record<string, object>;
}

export class Welcome {
  @ApiProperty() name: string;
  @ApiProperty() version: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Paths of this server',
  })
  links: Record<string, string>;
}
