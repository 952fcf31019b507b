import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ApiTime, isoTime } from '../../admin/times.js';
import { type Protocol, PROTOCOLS } from '../../kernel/protocol.js';
import { maskSecret } from '../../kernel/secret.js';
import { RESPONSES_API_NAMES, ROTATION_NAMES } from '../definition-fields.js';
import { mayHoldSecret } from '../header-rules.js';
import { findPreset } from '../presets.js';
import { definitionOf, type UpstreamRow } from '../upstream-row.js';
import {
  UpstreamCheck,
  UpstreamCredential,
  UpstreamHeaders,
  UpstreamLimit,
  UpstreamTimeouts,
} from './upstream-parts.js';

/** An upstream as it is in force: what was given, and the preset's words for the rest. */
export class UpstreamView {
  @ApiProperty()
  id: string;

  @ApiProperty()
  slug: string;

  @ApiProperty()
  preset: string;

  @ApiProperty()
  name: string;

  @ApiProperty({ enum: PROTOCOLS, enumName: 'Protocol' })
  protocol: Protocol;

  @ApiProperty()
  baseUrl: string;

  @ApiProperty({ type: UpstreamCredential })
  credential: UpstreamCredential;

  @ApiProperty({ description: 'Whether it may be called without a key' })
  keyOptional: boolean;

  @ApiProperty({ type: [String] })
  models: string[];

  @ApiProperty({ enum: ROTATION_NAMES, enumName: 'Rotation' })
  rotation: (typeof ROTATION_NAMES)[number];

  @ApiProperty({ type: 'integer' })
  priority: number;

  @ApiProperty({ type: 'integer' })
  weight: number;

  @ApiProperty({ type: [UpstreamLimit] })
  limits: UpstreamLimit[];

  @ApiProperty({ type: UpstreamHeaders })
  headers: UpstreamHeaders;

  @ApiProperty({ type: 'object', additionalProperties: true })
  parameters: Record<string, unknown>;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  modelMap: Record<string, string>;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'object', additionalProperties: true },
    description: 'By pattern of models',
  })
  modelDefaults: Record<string, Record<string, unknown>>;

  @ApiProperty()
  modelSuffixes: boolean;

  @ApiProperty()
  affinity: boolean;

  @ApiProperty({ type: [String], description: 'Patterns of models' })
  noStreaming: string[];

  @ApiProperty({ enum: RESPONSES_API_NAMES })
  responsesApi: (typeof RESPONSES_API_NAMES)[number];

  @ApiProperty({ type: UpstreamTimeouts })
  timeouts: UpstreamTimeouts;

  @ApiProperty({ type: UpstreamCheck, nullable: true })
  check: UpstreamCheck | null;

  @ApiProperty()
  retryUnsafe: boolean;

  @ApiProperty()
  enabled: boolean;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'Number of keys by status, and `total`',
  })
  keys?: Record<string, number>;

  @ApiTime('When it was made')
  createdAt: string;

  @ApiTime('When it was last changed')
  updatedAt: string;
}

export function viewOf(row: UpstreamRow, keys?: Readonly<Record<string, number>>): UpstreamView {
  const { headers, limits, noStreaming, ...definition } = definitionOf(row);
  return {
    id: row.id,
    ...definition,
    keyOptional: findPreset(row.preset)?.keyOptional ?? false,
    limits: [...limits],
    noStreaming: [...noStreaming],
    headers: { set: masked(headers.set), remove: [...headers.remove] },
    ...(keys && { keys: { total: sum(keys), ...keys } }),
    createdAt: isoTime(row.createdAt),
    updatedAt: isoTime(row.updatedAt),
  };
}

/**
 * The input with the true values where it repeats what `viewOf` masked, so that a form that sends back what it
 * was given destroys nothing.
 */
export function unmask(input: unknown, row: UpstreamRow): unknown {
  const headers = propertyOf(input, 'headers');
  const set = propertyOf(headers, 'set');
  if (set === undefined) return input;
  const shown = masked(row.headers.set);
  const entries = Object.entries(set).map(([name, value]): [string, unknown] => {
    const stored = name.toLowerCase();
    return [name, value === shown[stored] ? row.headers.set[stored] : value];
  });
  return { ...(input as object), headers: { ...headers, set: Object.fromEntries(entries) } };
}

function propertyOf(value: unknown, name: string): object | undefined {
  const inner: unknown =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return typeof inner === 'object' && inner !== null ? inner : undefined;
}

function masked(headers: Readonly<Record<string, string>>): Record<string, string> {
  const show = ([name, value]: [string, string]) => [name, mayHoldSecret(name) ? maskSecret(value) : value];
  return Object.fromEntries(Object.entries(headers).map(show)) as Record<string, string>;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
