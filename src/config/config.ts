import type { Secret } from '../kernel/secret.js';

export const DATABASE_KINDS = ['sqlite', 'mysql', 'postgres'] as const;
export type DatabaseKind = (typeof DATABASE_KINDS)[number];

export interface DatabaseConfig {
  /** `mysql` is MariaDB too. */
  readonly kind: DatabaseKind;
  /** SQLite only: the file's path, or `:memory:`. */
  readonly path?: string;
  /** MySQL and PostgreSQL only. */
  readonly url?: Secret;
}

/** The presets whose keys can come from the environment. */
export type KeyedPreset = 'openai' | 'gemini' | 'anthropic' | 'vertex-express';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What the start created or found instead of a value of the environment. */
export interface Generated {
  /** Where the admin token in use rests; absent where `ADMIN_TOKEN` gave it. */
  readonly adminTokenFile?: string;
  /** Where the master key in use rests; absent where `MASTER_KEY` gave it. */
  readonly masterKeyFile?: string;
  /** Whether this start wrote the admin token file. */
  readonly firstStart: boolean;
}

/** The boot-time environment, typed, validated and frozen. Type and injection token in one. */
export abstract class Config {
  /** 0 takes any free port. */
  abstract readonly port: number;
  abstract readonly host: string;
  /** Set: admin API, UI, docs, stats and metrics answer on this port only. */
  abstract readonly adminPort: number | undefined;
  abstract readonly database: DatabaseConfig;
  /** Absent: state lives in memory. */
  abstract readonly redisUrl: Secret | undefined;
  /** 32 bytes, base64. */
  abstract readonly masterKey: Secret;
  /** At least 24 characters. */
  abstract readonly adminToken: Secret;
  /** `true`: any address; a list: these hosts and CIDRs besides the public ones. */
  abstract readonly allowPrivateUpstreams: boolean | readonly string[];
  /** CIDRs whose X-Forwarded-For is believed. */
  abstract readonly trustProxy: readonly string[];
  /** Processes that serve the port; with more than one there is a Redis, and the database is no memory of one. */
  abstract readonly workers: number;
  abstract readonly logLevel: LogLevel;
  /** A directory for rolling files besides stdout. */
  abstract readonly logDir: string | undefined;
  /** Seconds that running calls get to finish after SIGTERM. */
  abstract readonly drainSeconds: number;
  abstract readonly metricsPublic: boolean;
  /** Keys that the upstream of this preset holds at least. */
  abstract readonly presetKeys: Readonly<Record<KeyedPreset, readonly Secret[]>>;
  /** Texts of KEYWHEEL_* variables by setting name, e.g. `maxWaitMs`; validated by the settings room. */
  abstract readonly pinnedSettings: Readonly<Record<string, string>>;
  /** Absolute directory of everything that this installation keeps in files. */
  abstract readonly dataDir: string;
  abstract readonly generated: Generated;
}
