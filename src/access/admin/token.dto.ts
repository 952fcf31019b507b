import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsRFC3339,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  Validate,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { PageQuery } from '../../admin/paging.js';
import { type Role, ROLES } from '../access-token.js';
import { AddressOrCidr } from './address-or-cidr.js';

const SLUG = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const MOST = 1_000_000_000;

/** A limit that may be left out. */
const Count = (description: string) =>
  applyDecorators(
    ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MOST, description }),
    IsOptional(),
    IsInt(),
    Min(1),
    Max(MOST),
  );

/** A list that may be left out, but not be empty: nobody should have to guess whether empty means all or none. */
const Some = (description: string, example: string[]) =>
  applyDecorators(
    ApiPropertyOptional({ type: [String], minItems: 1, maxItems: 1_000, description, example }),
    IsOptional(),
    IsArray(),
    ArrayMinSize(1),
    ArrayMaxSize(1_000),
  );

export class ScopesBody {
  @Some('Slugs of the upstreams it may call; absent means all', ['openai'])
  @Matches(SLUG, { each: true, message: 'each value in $property must be the slug of an upstream' })
  upstreams?: string[];

  @Some('Models it may call, `*` for any run of characters; absent means all', ['gpt-*'])
  @IsString({ each: true })
  @MinLength(1, { each: true })
  @MaxLength(200, { each: true })
  models?: string[];
}

export class LimitsBody {
  @Count('Calls in any 60 seconds')
  rpm?: number;

  @Count('LLM tokens in any 60 seconds')
  tpm?: number;

  @Count('Calls a day, UTC')
  rpd?: number;

  @Count('Calls at once')
  concurrency?: number;

  @ApiPropertyOptional({ minimum: 0, maximum: MOST, description: 'US dollars over the life of the token' })
  @IsOptional()
  @IsNumber({ allowInfinity: false, allowNaN: false })
  @Min(0)
  @Max(MOST)
  budget?: number;
}

class TokenSettings {
  @ApiPropertyOptional({ type: ScopesBody, nullable: true, description: 'What it may call; null means all' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ScopesBody)
  scopes?: ScopesBody | null;

  @ApiPropertyOptional({
    type: LimitsBody,
    nullable: true,
    description: 'How much it may call; null: no limit',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => LimitsBody)
  limits?: LimitsBody | null;

  @ApiPropertyOptional({ type: String, format: 'date-time', nullable: true, description: 'Null means never' })
  @IsOptional()
  @IsRFC3339({ message: 'expiresAt must be a time such as 2030-01-31T12:00:00Z' })
  expiresAt?: string | null;

  @ApiPropertyOptional({
    type: [String],
    nullable: true,
    minItems: 1,
    maxItems: 1_000,
    description: 'Addresses and CIDRs it may be used from; null means anywhere',
    example: ['10.0.0.0/8', '2001:db8::/32'],
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @Validate(AddressOrCidr, { each: true })
  allowedIps?: string[] | null;
}

export class NewToken extends TokenSettings {
  @ApiProperty({ minLength: 1, maxLength: 200 })
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  name: string;

  @ApiProperty({
    enum: ROLES,
    enumName: 'Role',
    description: 'admin and super_admin are made by a super_admin',
  })
  @IsIn(ROLES)
  role: Role;
}

export class TokenChanges extends TokenSettings {
  @ApiPropertyOptional({ minLength: 1, maxLength: 200 })
  @ValidateIf((_, value) => value !== undefined)
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  name?: string;

  @ApiPropertyOptional({ enum: ROLES, enumName: 'Role' })
  @ValidateIf((_, value) => value !== undefined)
  @IsIn(ROLES)
  role?: Role;
}

export class TokenQuery extends PageQuery {
  @ApiPropertyOptional({ maxLength: 200, description: 'Part of the name or of the hint, in any case' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  search?: string;

  @ApiPropertyOptional({ enum: ROLES, enumName: 'Role' })
  @IsOptional()
  @IsIn(ROLES)
  role?: Role;
}
