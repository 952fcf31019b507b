import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { LONGEST_KEY } from '../import/key-text.js';
import { KEY_STATUSES, type KeyStatus } from '../live/live-status.js';

const KEY_ACTIONS = ['enable', 'disable', 'delete', 'check', 'reset'] as const;
export type KeyAction = (typeof KEY_ACTIONS)[number];

export class KeyActionFilter {
  @ApiPropertyOptional({ description: 'Slug; absent: all upstreams' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  upstream?: string;

  @ApiPropertyOptional({ enum: KEY_STATUSES, enumName: 'KeyStatus' })
  @IsOptional()
  @IsIn(KEY_STATUSES)
  status?: KeyStatus;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_KEY)
  search?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(64)
  tag?: string;
}

export class KeyActionRequest {
  @ApiProperty({
    enum: KEY_ACTIONS,
    description:
      '`enable` lifts `disabled`, `reset` ends rests and `invalid` (never `disabled`), `check` probes in the background',
  })
  @IsIn(KEY_ACTIONS)
  action: KeyAction;

  @ApiPropertyOptional({ type: [String], maxItems: 10_000 })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10_000)
  @IsString({ each: true })
  @MaxLength(32, { each: true })
  ids?: string[];

  @ApiPropertyOptional({ type: KeyActionFilter, description: 'Instead of ids; at least one field' })
  @IsOptional()
  @ValidateNested()
  @Type(() => KeyActionFilter)
  filter?: KeyActionFilter;
}

export class KeyActionResult {
  @ApiProperty({ type: 'integer', minimum: 0, description: 'Keys that the ids or the filter name' })
  matched: number;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'Of these, changed; for `check`: put in line to be probed',
  })
  changed: number;
}
