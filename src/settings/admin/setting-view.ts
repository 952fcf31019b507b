import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { variableOfSetting } from '../../config/read-environment.js';
import type { SettingDefinition, SettingType } from '../definition.js';
import { type SettingName, SETTINGS } from '../definitions.js';
import { inForce, type Layers, type SettingSource, SOURCES, sourceOf } from '../layers.js';

const TYPES: readonly SettingType[] = ['integer', 'boolean', 'string', 'list', 'map'];

/** A value of any setting, as OpenAPI says it. */
export const ANY_VALUE = {
  oneOf: [
    { type: 'integer' },
    { type: 'boolean' },
    { type: 'string' },
    { type: 'array', items: { type: 'string' } },
    { type: 'object', additionalProperties: true },
  ],
} satisfies ApiPropertyOptions;

export class SettingView {
  @ApiProperty({ example: 'maxWaitMs' })
  name: string;

  @ApiProperty({ ...ANY_VALUE, description: 'The value in force', example: 10_000 })
  value: unknown;

  @ApiProperty({ ...ANY_VALUE, example: 10_000 })
  default: unknown;

  @ApiProperty({ enum: SOURCES, enumName: 'SettingSource', description: 'Which layer the value comes from' })
  source: SettingSource;

  @ApiProperty({ description: 'Set by the environment: read-only here' })
  pinned: boolean;

  @ApiProperty({ description: 'The variable that pins it', example: 'KEYWHEEL_MAX_WAIT_MS' })
  variable: string;

  @ApiProperty({ enum: TYPES, enumName: 'SettingType' })
  type: SettingType;

  @ApiProperty({ required: false, example: 'ms' })
  unit?: string;

  @ApiProperty({ required: false, example: 0 })
  min?: number;

  @ApiProperty({ required: false, example: 600_000 })
  max?: number;

  @ApiProperty()
  description: string;
}

export function viewSetting(layers: Layers, name: SettingName): SettingView {
  const {
    type,
    unit,
    min,
    max,
    description,
    default: byDefault,
  }: SettingDefinition<unknown> = SETTINGS[name];
  const source = sourceOf(layers, name);
  const value = inForce(layers)[name];
  const pinned = source === 'env';
  return {
    name,
    value,
    default: byDefault,
    source,
    pinned,
    variable: variableOfSetting(name),
    type,
    unit,
    min,
    max,
    description,
  };
}
