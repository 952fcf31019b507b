import {
  ApiExtraModels,
  ApiProperty,
  ApiPropertyOptional,
  getSchemaPath,
  PartialType,
} from '@nestjs/swagger';
import { type Protocol, PROTOCOLS } from '../../kernel/protocol.js';
import { RESPONSES_API_NAMES, ROTATION_NAMES } from '../definition-fields.js';
import { PRESETS } from '../presets.js';
import {
  UpstreamCheck,
  UpstreamCredential,
  UpstreamHeaders,
  UpstreamLimit,
  UpstreamTimeouts,
} from './upstream-parts.js';

const limit = { $ref: getSchemaPath(UpstreamLimit) };

/** Every field but the slug: absent or null takes the preset's word. */
@ApiExtraModels(UpstreamLimit)
class UpstreamFields {
  @ApiPropertyOptional({
    nullable: true,
    enum: PRESETS.map(({ name }) => name),
    description: 'A known provider; absent: the generic preset of the protocol',
  })
  preset?: string;

  @ApiPropertyOptional({ nullable: true, maxLength: 200 })
  name?: string;

  @ApiPropertyOptional({
    nullable: true,
    enum: PROTOCOLS,
    enumName: 'Protocol',
    description: 'May be left out where a preset is named',
  })
  protocol?: Protocol;

  @ApiPropertyOptional({
    nullable: true,
    maxLength: 2000,
    example: 'https://api.openai.com/v1',
    description: 'Absolute http or https URL, with or without the version segment',
  })
  baseUrl?: string;

  @ApiPropertyOptional({ nullable: true, type: UpstreamCredential, description: 'Where the key goes' })
  credential?: UpstreamCredential;

  @ApiPropertyOptional({
    nullable: true,
    type: [String],
    description: "The only models it is asked for; empty: the upstream's own list",
  })
  models?: string[];

  @ApiPropertyOptional({ nullable: true, enum: ROTATION_NAMES, enumName: 'Rotation', default: 'round_robin' })
  rotation?: (typeof ROTATION_NAMES)[number];

  @ApiPropertyOptional({
    nullable: true,
    type: 'integer',
    minimum: -1000,
    maximum: 1000,
    default: 0,
    description: 'Among upstreams of the same model; higher is preferred',
  })
  priority?: number;

  @ApiPropertyOptional({
    nullable: true,
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    default: 1,
    description: 'Share of calls within a priority',
  })
  weight?: number;

  @ApiPropertyOptional({
    nullable: true,
    oneOf: [limit, { type: 'array', items: limit }],
    description: 'For each quota group, or lone key, unless the key declares its own',
  })
  limits?: UpstreamLimit[] | UpstreamLimit;

  @ApiPropertyOptional({ nullable: true, type: UpstreamHeaders })
  headers?: UpstreamHeaders;

  @ApiPropertyOptional({
    nullable: true,
    type: 'object',
    additionalProperties: true,
    description: 'Top-level fields of JSON bodies, set where the client did not',
  })
  parameters?: Record<string, unknown>;

  @ApiPropertyOptional({
    nullable: true,
    type: 'object',
    additionalProperties: { type: 'string' },
    description: "Client's name of a model → upstream's name",
  })
  modelMap?: Record<string, string>;

  @ApiPropertyOptional({
    nullable: true,
    type: 'object',
    additionalProperties: { type: 'object', additionalProperties: true },
    example: { 'gemini-2.5-*': { generationConfig: { thinkingConfig: { thinkingBudget: 1024 } } } },
    description:
      "Pattern of the upstream's models → fields of JSON bodies, set however deep where the client did not. More than one pattern may fit; the longest counts most",
  })
  modelDefaults?: Record<string, Record<string, unknown>>;

  @ApiPropertyOptional({
    nullable: true,
    default: false,
    description:
      'Presets gemini and vertex-express: -search, -image, -thinking and -non-thinking at the end of a model ask for these settings',
  })
  modelSuffixes?: boolean;

  @ApiPropertyOptional({
    nullable: true,
    default: true,
    description: 'Calls of one conversation prefer the same key while it is free',
  })
  affinity?: boolean;

  @ApiPropertyOptional({
    nullable: true,
    type: [String],
    example: ['o1-pro*'],
    description:
      "Patterns of the upstream's models that cannot stream: whoever asks for a stream gets signs of life until the whole answer is there, and then its events",
  })
  noStreaming?: string[];

  @ApiPropertyOptional({
    nullable: true,
    enum: RESPONSES_API_NAMES,
    description:
      "Protocol openai: whether the upstream has /v1/responses. native: calls to it pass; none: they become Chat Completions; preferred: native, and callers of Anthropic's and Google's protocols are put to it too, so that encrypted reasoning survives. Null or left out: what the preset's provider has",
  })
  responsesApi?: (typeof RESPONSES_API_NAMES)[number];

  @ApiPropertyOptional({ nullable: true, type: UpstreamTimeouts })
  timeouts?: UpstreamTimeouts;

  @ApiPropertyOptional({
    nullable: true,
    type: UpstreamCheck,
    description: 'The smallest call that a bad key fails',
  })
  check?: UpstreamCheck;

  @ApiPropertyOptional({
    nullable: true,
    default: false,
    description: 'Repeating a call harms nothing, whatever the method: it may be repeated after it was sent',
  })
  retryUnsafe?: boolean;

  @ApiPropertyOptional({ nullable: true, default: true })
  enabled?: boolean;
}

export class NewUpstream extends UpstreamFields {
  @ApiProperty({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$', description: 'Part of paths; cannot be changed' })
  slug: string;
}

export class UpstreamChanges extends PartialType(NewUpstream) {}
