import { ApiPropertyOptional } from '@nestjs/swagger';

/** A limit of a key or of its quota group, for all models or for those that match a pattern. */
export class KeyLimit {
  @ApiPropertyOptional({
    description: 'Pattern with `*`; absent: all models together',
    example: 'gemini-2.5-*',
  })
  models?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, description: 'Requests in any 60 seconds' })
  rpm?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, description: 'Tokens in any 60 seconds' })
  tpm?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, description: "Requests in the provider's day" })
  rpd?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, description: 'Calls in flight at once' })
  concurrency?: number;
}

/** What is used of one limit now. */
export class LimitUsage {
  @ApiPropertyOptional({ description: 'The pattern of the limit; absent: all models together' })
  models?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 0 })
  rpm?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0 })
  tpm?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0 })
  rpd?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0 })
  inFlight?: number;
}
