import { dirname, resolve } from 'node:path';
import { BootFault } from './boot-fault.js';
import { type BootSecrets, bootSecrets, missingSecretFaults } from './boot-secrets.js';
import type { Config, DatabaseConfig } from './config.js';
import { type Environment, hasText, readPinnedSettings, readVariables } from './read-environment.js';
import type { VariableValues } from './variables.js';

/** Tells what is wrong with the pinned settings; the settings room has it, which this one cannot import. */
export type PinnedCheck = (pinned: Readonly<Record<string, string>>) => readonly string[];

const DEFAULT_DATA_DIR = './data';

function dataDirOf(database: DatabaseConfig): string {
  const besideFile = database.path !== undefined && database.path !== ':memory:';
  return besideFile ? dirname(database.path) : resolve(DEFAULT_DATA_DIR);
}

function portFaults({ PORT, ADMIN_PORT }: VariableValues): string[] {
  return ADMIN_PORT !== undefined && ADMIN_PORT !== 0 && ADMIN_PORT === PORT
    ? ['ADMIN_PORT: must differ from PORT; leave it unset to serve everything on one port']
    : [];
}

/** Several processes need a place for what they share. */
function workerFaults(
  { WORKERS, REDIS_URL, DATABASE_URL }: VariableValues,
  environment: Environment,
): string[] {
  if (!(WORKERS > 1)) return [];
  const isRedisGiven = REDIS_URL !== undefined || hasText(environment, 'REDIS_URL');
  const isMemory = (DATABASE_URL as DatabaseConfig | undefined)?.path === ':memory:';
  return [
    ...(isRedisGiven
      ? []
      : [
          `WORKERS: ${WORKERS} processes share limits and rotation through Redis; set REDIS_URL, or WORKERS=1`,
        ]),
    ...(isMemory
      ? [`WORKERS: ${WORKERS} processes cannot share sqlite::memory:; set DATABASE_URL, or WORKERS=1`]
      : []),
  ];
}

function assemble(
  values: VariableValues,
  secrets: BootSecrets,
  pinnedSettings: Readonly<Record<string, string>>,
): Config {
  return Object.freeze({
    port: values.PORT,
    host: values.HOST,
    adminPort: values.ADMIN_PORT,
    database: values.DATABASE_URL,
    redisUrl: values.REDIS_URL,
    ...secrets,
    allowPrivateUpstreams: values.ALLOW_PRIVATE_UPSTREAMS,
    trustProxy: values.TRUST_PROXY,
    workers: values.WORKERS,
    logLevel: values.LOG_LEVEL,
    logDir: values.LOG_DIR === undefined ? undefined : resolve(values.LOG_DIR),
    drainSeconds: values.DRAIN_SECONDS,
    metricsPublic: values.METRICS_PUBLIC,
    presetKeys: Object.freeze({
      openai: values.OPENAI_API_KEYS,
      gemini: values.GEMINI_API_KEYS,
      anthropic: values.ANTHROPIC_API_KEYS,
      'vertex-express': values.VERTEX_EXPRESS_API_KEYS,
    }),
    pinnedSettings: Object.freeze(pinnedSettings),
    dataDir: dataDirOf(values.DATABASE_URL),
  });
}

/**
 * The environment as the process will use it. Makes the master key and the admin token where they are
 * missing and the database is SQLite, but only when nothing else is wrong.
 * @throws BootFault with every fault at once
 */
export function loadConfig(environment: Environment, checkPinned: PinnedCheck = () => []): Config {
  const faults: string[] = [];
  const values = readVariables(environment, faults);
  const pinned = readPinnedSettings(environment);
  faults.push(...portFaults(values), ...workerFaults(values, environment), ...checkPinned(pinned));
  // A fault of the secrets themselves is already told; where the database is not readable nothing is known.
  const database = values.DATABASE_URL as DatabaseConfig | undefined;
  if (database) {
    const told = (name: string) => faults.some((fault) => fault.startsWith(name));
    faults.push(...missingSecretFaults(values, database).filter((fault) => !told(fault.split(':')[0] ?? '')));
  }
  if (faults.length > 0) throw new BootFault(faults);
  const secrets = bootSecrets(values, dataDirOf(values.DATABASE_URL), faults);
  if (!secrets) throw new BootFault(faults);
  return assemble(values, secrets, pinned);
}
