import { ApiProperty, ApiPropertyOptional, type ApiBodyOptions, getSchemaPath } from '@nestjs/swagger';
import { KeyLimit } from './limit-view.js';

const LIMITS = {
  description: 'One limit or a list of them',
  oneOf: [{ $ref: getSchemaPath(KeyLimit) }, { type: 'array', items: { $ref: getSchemaPath(KeyLimit) } }],
};

class KeyFieldsBody {
  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 200 })
  label?: string | null;

  @ApiPropertyOptional({ type: [String], maxItems: 50 })
  tags?: string[];

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 1000, default: 1 })
  weight?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: -1000, maximum: 1000, default: 0 })
  priority?: number;

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 100 })
  quotaGroup?: string | null;

  @ApiPropertyOptional(LIMITS)
  limits?: KeyLimit | KeyLimit[];
}

export class KeyPatchBody extends KeyFieldsBody {
  @ApiPropertyOptional({
    enum: ['active', 'disabled'],
    description: '`active` also ends rests and `invalid`',
  })
  status?: 'active' | 'disabled';
}

export class KeyEntryBody extends KeyFieldsBody {
  @ApiProperty({ maxLength: 4096 })
  key: string;
}

export class RejectedLine {
  @ApiProperty({ type: 'integer', minimum: 1, description: 'Line of the text, or place in the list' })
  line: number;

  @ApiProperty({ example: 'holds a blank: one key a line' })
  reason: string;
}

export class ImportAnswer {
  @ApiProperty({ type: 'integer', minimum: 0 })
  added: number;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Held already, or given more than once' })
  duplicate: number;

  @ApiProperty({ type: [RejectedLine], description: 'At most the first 10,000' })
  rejected: RejectedLine[];
}

/** Both media types of an import, for `@ApiBody`. */
export const IMPORT_BODY: ApiBodyOptions = {
  schema: {
    type: 'object',
    required: ['keys'],
    additionalProperties: false,
    properties: {
      keys: {
        type: 'array',
        items: { oneOf: [{ type: 'string' }, { $ref: getSchemaPath(KeyEntryBody) }] },
      },
    },
  },
};
