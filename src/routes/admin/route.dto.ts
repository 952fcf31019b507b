import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { PageQuery } from '../../admin/paging.js';
import { STRATEGIES, type Strategy } from '../route.js';

const MOST_TARGETS = 50;
/** No control characters, and nothing at the ends that nobody would see. */
const NAME = /^[^\p{Cc}\s](?:[^\p{Cc}]*[^\p{Cc}\s])?$/u;
const NAME_FAULT = '$property must not hold control characters, nor begin or end with white space';

export class RouteTargetBody {
  @ApiProperty({ example: 'openai', description: 'Slug of an upstream' })
  @IsString()
  @MinLength(1)
  @MaxLength(64)
  upstream: string;

  @ApiProperty({
    example: 'gpt-4o',
    maxLength: 200,
    description: 'A model of it; `modelMap` of the upstream holds. Never the name of another route',
  })
  @IsString()
  @MaxLength(200)
  @Matches(NAME, { message: NAME_FAULT })
  model: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    default: 1,
    description: 'Share of calls where the strategy is `weighted`',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1000)
  weight?: number;
}

const TARGETS = 'In order of preference';
const STRATEGY =
  '`failover`: the targets in their order; `weighted`: a target by its weight for each call, then the others by weight';

export class NewRoute {
  @ApiProperty({ example: 'fast', maxLength: 200, description: 'The name that clients ask for' })
  @IsString()
  @MaxLength(200)
  @Matches(NAME, { message: NAME_FAULT })
  model: string;

  @ApiProperty({ type: [RouteTargetBody], minItems: 1, maxItems: MOST_TARGETS, description: TARGETS })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_TARGETS)
  @ValidateNested({ each: true })
  @Type(() => RouteTargetBody)
  targets: RouteTargetBody[];

  @ApiPropertyOptional({ enum: STRATEGIES, enumName: 'Strategy', default: 'failover', description: STRATEGY })
  @IsOptional()
  @IsIn(STRATEGIES)
  strategy?: Strategy;
}

export class RouteChanges {
  @ApiPropertyOptional({ maxLength: 200 })
  @ValidateIf((_, value) => value !== undefined)
  @IsString()
  @MaxLength(200)
  @Matches(NAME, { message: NAME_FAULT })
  model?: string;

  @ApiPropertyOptional({
    type: [RouteTargetBody],
    minItems: 1,
    maxItems: MOST_TARGETS,
    description: `${TARGETS}; replaced whole`,
  })
  @ValidateIf((_, value) => value !== undefined)
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_TARGETS)
  @ValidateNested({ each: true })
  @Type(() => RouteTargetBody)
  targets?: RouteTargetBody[];

  @ApiPropertyOptional({ enum: STRATEGIES, enumName: 'Strategy', description: STRATEGY })
  @ValidateIf((_, value) => value !== undefined)
  @IsIn(STRATEGIES)
  strategy?: Strategy;
}

export class RouteQuery extends PageQuery {
  @ApiPropertyOptional({ maxLength: 64, description: 'Only routes with a target at this upstream' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  upstream?: string;
}
