import { ApiProperty } from '@nestjs/swagger';
import type { KeyRow } from '../rows/key-row.js';
import { KeyLimit, LimitUsage } from './limit-view.js';
import type { LiveKey } from '../live/live-keys.js';
import { KEY_STATUSES, type KeyStatus } from '../live/live-status.js';

export class ModelRest {
  @ApiProperty()
  model: string;

  @ApiProperty({ enum: ['cooling', 'exhausted'] })
  status: 'cooling' | 'exhausted';

  @ApiProperty()
  reason: string;

  @ApiProperty({ format: 'date-time' })
  until: string;
}

export class KeyUsage {
  @ApiProperty({ type: 'integer', minimum: 0, description: 'Calls that hold the key now' })
  inFlight: number;

  @ApiProperty({ type: [LimitUsage], description: 'One entry for each limit in force' })
  limits: LimitUsage[];
}

/** A key as the admin API shows it: never the secret. Times are ISO 8601. */
export class KeyView {
  @ApiProperty()
  id: string;

  @ApiProperty({ description: 'Slug of the upstream' })
  upstream: string;

  @ApiProperty({ type: String, nullable: true })
  label: string | null;

  @ApiProperty({ type: [String] })
  tags: string[];

  @ApiProperty({ description: 'Enough of the secret to tell it from others', example: 'sk-p****9xQa' })
  masked: string;

  @ApiProperty({ enum: KEY_STATUSES, enumName: 'KeyStatus' })
  status: KeyStatus;

  @ApiProperty({ type: String, nullable: true, description: 'Why it is not active', example: 'rate_limited' })
  reason: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Until when it rests' })
  until: string | null;

  @ApiProperty({ type: [ModelRest], description: 'Filled where the status holds for these models only' })
  models: ModelRest[];

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    description: 'Share of calls within its priority',
  })
  weight: number;

  @ApiProperty({ type: 'integer', minimum: -1000, maximum: 1000, description: 'Higher is preferred' })
  priority: number;

  @ApiProperty({ type: String, nullable: true, description: 'Keys of one group share limits and rests' })
  quotaGroup: string | null;

  @ApiProperty({ type: [KeyLimit] })
  limits: KeyLimit[];

  @ApiProperty({ type: KeyUsage })
  usage: KeyUsage;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'At most a minute behind' })
  lastUsedAt: string | null;
}

/** The columns that a view needs; the ciphertext is not among them. */
export const VIEW_COLUMNS = [
  'id',
  'upstreamId',
  'label',
  'tags',
  'masked',
  'status',
  'reason',
  'until',
  'weight',
  'priority',
  'quotaGroup',
  'limits',
  'createdAt',
  'lastUsedAt',
] as const;

export type ViewedRow = Pick<KeyRow, (typeof VIEW_COLUMNS)[number]>;

export function keyView(row: ViewedRow, slug: string, { status, state, lentAt }: LiveKey): KeyView {
  return {
    id: row.id,
    upstream: slug,
    label: row.label,
    tags: [...row.tags],
    masked: row.masked,
    status: status.status,
    reason: status.reason,
    until: iso(status.until),
    models: status.models.map(({ model, status, reason, until }) => ({
      model,
      status,
      reason,
      until: isoOf(until),
    })),
    weight: row.weight,
    priority: row.priority,
    quotaGroup: row.quotaGroup,
    limits: [...row.limits],
    usage: { inFlight: state?.inFlight ?? 0, limits: [...(state?.usage ?? [])] },
    createdAt: isoOf(row.createdAt),
    lastUsedAt: iso(lentAt ?? row.lastUsedAt),
  };
}

const LATEST = 8.64e15;
const isoOf = (at: number) => new Date(Math.min(at, LATEST)).toISOString();
const iso = (at: number | null) => (at === null ? null : isoOf(at));
