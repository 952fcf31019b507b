import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { type Protocol, PROTOCOLS } from '../../kernel/protocol.js';
import type { Preset } from '../preset.js';
import { PRESETS } from '../presets.js';
import { UpstreamCheck, UpstreamCredential } from './upstream-parts.js';

export class PresetView {
  @ApiProperty()
  name: string;

  @ApiProperty()
  title: string;

  @ApiProperty({ enum: PROTOCOLS, enumName: 'Protocol' })
  protocol: Protocol;

  @ApiProperty({ type: String, nullable: true, description: 'Null: it has to be given' })
  baseUrl: string | null;

  @ApiProperty({ type: UpstreamCredential })
  credential: UpstreamCredential;

  @ApiProperty({ description: 'Whether it may be called without a key' })
  keyOptional: boolean;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Headers for calls whose client sent none of that name',
  })
  defaultHeaders?: Record<string, string>;

  @ApiProperty({ type: UpstreamCheck, nullable: true })
  check: UpstreamCheck | null;

  @ApiProperty({ description: 'IANA zone in which the day of `rpd` turns', example: 'America/Los_Angeles' })
  dayZone: string;

  @ApiProperty({ type: String, nullable: true, description: 'Where the provider documents this' })
  source: string | null;
}

@ApiTags('upstreams')
@Controller('api/admin/presets')
export class PresetsController {
  @Get()
  @ApiOperation({ summary: 'List the known providers' })
  @ApiOkResponse({ type: [PresetView] })
  list(): PresetView[] {
    return PRESETS.map(viewOf);
  }
}

function viewOf(preset: Preset): PresetView {
  const { name, title, protocol, credential, keyOptional, defaults, check, dayZone, source } = preset;
  return {
    name,
    title,
    protocol,
    baseUrl: preset.baseUrl ?? null,
    credential,
    keyOptional,
    ...(defaults && { defaultHeaders: defaults }),
    check,
    dayZone,
    source,
  };
}
