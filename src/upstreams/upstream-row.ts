import { Entity } from 'typeorm';
import {
  EpochColumn,
  FlagColumn,
  IntegerColumn,
  JsonColumn,
  PrimaryIdColumn,
  StringColumn,
} from '../database/columns.js';
import type { Limit } from '../kernel/limits.js';
import { type Definition, responsesApiOf } from './definition.js';
import { findPreset, genericPreset } from './presets.js';
import type { CheckRequest, Credential, HeaderRules, Timeouts } from './upstream.js';

/** One stored definition. */
@Entity('upstreams')
export class UpstreamRow {
  @PrimaryIdColumn()
  id: string;

  /** Unique. */
  @StringColumn(64)
  slug: string;

  @StringColumn(32)
  preset: string;

  @StringColumn(200)
  name: string;

  @StringColumn(16)
  protocol: Definition['protocol'];

  @StringColumn(2000)
  baseUrl: string;

  @JsonColumn()
  credential: Credential;

  @JsonColumn()
  models: string[];

  @StringColumn(20)
  rotation: Definition['rotation'];

  @IntegerColumn()
  priority: number;

  @IntegerColumn()
  weight: number;

  @JsonColumn()
  limits: readonly Limit[];

  @JsonColumn()
  headers: HeaderRules;

  @JsonColumn()
  parameters: Readonly<Record<string, unknown>>;

  @JsonColumn()
  modelMap: Record<string, string>;

  @JsonColumn()
  timeouts: Timeouts;

  @JsonColumn({ nullable: true })
  checkRequest: CheckRequest | null;

  /** Null means none. */
  @JsonColumn({ nullable: true })
  modelDefaults: Definition['modelDefaults'] | null;

  /** Null means no. */
  @FlagColumn({ nullable: true })
  modelSuffixes: boolean | null;

  /** Null means yes. */
  @FlagColumn({ nullable: true })
  affinity: boolean | null;

  /** Null means none. */
  @JsonColumn({ nullable: true })
  noStreaming: readonly string[] | null;

  /** Null means what the preset says. */
  @StringColumn(16, { nullable: true })
  responsesApi: Definition['responsesApi'] | null;

  @FlagColumn()
  retryUnsafe: boolean;

  @FlagColumn()
  enabled: boolean;

  @EpochColumn()
  createdAt: number;

  @EpochColumn()
  updatedAt: number;
}

/** The columns that hold a definition. */
export type DefinitionColumns = Omit<UpstreamRow, 'id' | 'createdAt' | 'updatedAt'>;

export function columnsOf({ check, ...rest }: Definition): DefinitionColumns {
  return { ...rest, checkRequest: check };
}

export function definitionOf({
  id: _id,
  createdAt: _c,
  updatedAt: _u,
  checkRequest,
  modelDefaults,
  modelSuffixes,
  affinity,
  noStreaming,
  responsesApi,
  ...rest
}: UpstreamRow): Definition {
  return {
    ...rest,
    check: checkRequest,
    modelDefaults: modelDefaults ?? {},
    modelSuffixes: modelSuffixes ?? false,
    affinity: affinity ?? true,
    noStreaming: noStreaming ?? [],
    responsesApi: responsesApi ?? responsesApiOf(findPreset(rest.preset) ?? genericPreset(rest.protocol)),
  };
}
