import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { PageQuery } from '../../admin/paging.js';
import type { KeyView, PoolView } from '../ports.js';

const count = { type: 'integer', minimum: 0 } as const;
const epoch = { type: 'integer', description: 'Epoch milliseconds' } as const;

export class KeyStatesQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Slug: only this pool, and a page of its keys' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  upstream?: string;
}

export class PoolState implements PoolView {
  @ApiProperty({ description: 'Slug' }) upstream: string;
  @ApiProperty({ ...count, description: 'Keys of any status' }) total: number;
  @ApiProperty(count) active: number;
  @ApiProperty({ ...count, description: 'Resting, until a limit of the provider has passed' })
  cooling: number;
  @ApiProperty({ ...count, description: 'Quota or credit used up' }) exhausted: number;
  @ApiProperty({ ...count, description: 'Refused by the provider' }) invalid: number;
  @ApiProperty({ ...count, description: 'Switched off by a person' }) disabled: number;
  @ApiProperty({ ...count, description: 'Keys lent right now' }) inFlight: number;
  @ApiProperty({ ...count, description: 'Calls that wait for a key' }) waiting: number;
  @ApiPropertyOptional({ ...epoch, description: 'When the soonest resting key returns, epoch milliseconds' })
  nextReadyAt?: number;
}

export class KeyState implements KeyView {
  @ApiProperty() id: string;
  @ApiPropertyOptional() label?: string;
  @ApiProperty({ description: 'Ends of the secret, enough to tell keys apart' }) masked: string;
  @ApiProperty({ enum: ['active', 'cooling', 'exhausted', 'invalid', 'disabled'] }) status: KeyView['status'];
  @ApiPropertyOptional({ description: 'Why it is not active, e.g. `rate_limited`' }) reason?: string;
  @ApiPropertyOptional(epoch) until?: number;
}

export class KeyStatePage {
  @ApiProperty({ type: [KeyState] }) items: readonly KeyState[];
  @ApiProperty(count) page: number;
  @ApiProperty(count) pageSize: number;
  @ApiProperty({ ...count, description: 'Of all pages' }) total: number;
}

export class KeyStates {
  @ApiProperty({ ...epoch, description: 'When this was true, epoch milliseconds' }) at: number;
  @ApiProperty({ type: [PoolState] }) pools: readonly PoolState[];
  @ApiPropertyOptional({ description: 'With `upstream`: a page of its keys' }) keys?: KeyStatePage;
}
