import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/* The parts of an upstream as the OpenAPI document describes them. What they may hold is checked by `define`. */

const count = (description: string) => ApiPropertyOptional({ type: 'integer', minimum: 1, description });

export class UpstreamCredential {
  @ApiProperty({ enum: ['header', 'query'] })
  in: 'header' | 'query';

  @ApiProperty({ example: 'authorization' })
  name: string;

  @ApiPropertyOptional({ default: '{key}', example: 'Bearer {key}', description: 'Holds {key} once' })
  format: string;
}

export class UpstreamLimit {
  @ApiPropertyOptional({
    description: 'Pattern of models, `*` for any run of characters; absent: all together',
  })
  models?: string;

  @count('Calls in any 60 seconds')
  rpm?: number;

  @count('Tokens in any 60 seconds')
  tpm?: number;

  @count("Calls a day; the day turns where the provider's does")
  rpd?: number;

  @count('Calls at once')
  concurrency?: number;
}

export class UpstreamHeaders {
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    description:
      'Sent with every call. Values of headers that look like secrets are shown masked; a masked value that is sent back leaves the value as it is',
  })
  set: Record<string, string>;

  @ApiPropertyOptional({ type: [String], description: 'Never forwarded' })
  remove: string[];
}

export class UpstreamTimeouts {
  @count('Milliseconds; absent: the setting of this name')
  connectTimeoutMs?: number;

  @count('Milliseconds; absent: the setting of this name')
  firstByteTimeoutMs?: number;

  @count('Milliseconds; absent: the setting of this name')
  idleTimeoutMs?: number;
}

export class UpstreamCheck {
  @ApiPropertyOptional({ enum: ['GET', 'POST'], default: 'GET' })
  method: 'GET' | 'POST';

  @ApiProperty({ example: '/models', description: 'Below the base URL; may hold a query' })
  path: string;

  @ApiPropertyOptional({ description: 'Sent as JSON', type: 'object', additionalProperties: true })
  body?: unknown;

  @ApiPropertyOptional({ default: false, description: 'Success also shows that the key has quota left' })
  provesQuota?: boolean;
}
