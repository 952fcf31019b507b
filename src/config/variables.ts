import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { isCidr, isHostOrCidr } from './addresses.js';
import { LOG_LEVELS } from './config.js';
import { DATABASE_URL_FORMS, parseDatabaseUrl } from './database-url.js';
import {
  listOf,
  oneOf,
  readAs,
  secretMatching,
  secrets,
  wholeNumber,
  yesNoOrListOf,
  yesOrNo,
} from './forms.js';
import { parseRedisUrl, REDIS_URL_FORMS } from './redis-url.js';

export interface Variable<T> {
  readonly schema: z.ZodType<T>;
  /** As it would be written. */
  readonly default?: string;
  /** What the table says instead of a default. */
  readonly unset?: string;
  /** Secrets can also come as `NAME_FILE`. */
  readonly secret?: true;
  readonly meaning: string;
}

const variable = <T>(of: Variable<T>): Variable<T> => of;

function isMasterKey(text: string): boolean {
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(text) && Buffer.from(text, 'base64').length === 32;
}

/** At least 24 printable characters without spaces. */
function isAdminToken(text: string): boolean {
  return /^[\x21-\x7e]{24,}$/.test(text);
}

const MASTER_KEY_FORM = 'must be 32 random bytes in base64; make one with: openssl rand -base64 32';

export const masterKey = secretMatching(isMasterKey, MASTER_KEY_FORM);
export const adminToken = secretMatching(
  isAdminToken,
  'must have at least 24 characters and no spaces; make one with: openssl rand -hex 24',
);

function isRedisUrl(text: string): boolean {
  return parseRedisUrl(text) !== undefined;
}

/** More is a slip of the finger: no machine serves faster with them. */
const MOST_WORKERS = 256;

const workerCount = readAs((text) => {
  if (text === 'auto') return Math.min(availableParallelism(), MOST_WORKERS);
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= MOST_WORKERS ? count : undefined;
}, `must be auto or a whole number from 1 to ${MOST_WORKERS}`);

const keysOf = (preset: string) =>
  variable({
    schema: secrets().default([]),
    unset: 'none',
    secret: true,
    meaning: `Comma list of keys: on start, an upstream of preset \`${preset}\` exists and holds at least these.`,
  });

/** Every variable of the environment but the pinned settings. A new one is one entry here. */
export const VARIABLES = {
  PORT: variable({
    schema: wholeNumber(0, 65_535),
    default: '8000',
    meaning: 'Port of the gateway; 0 takes any free one.',
  }),
  HOST: variable({
    schema: z
      .string()
      .refine((text) => isHostOrCidr(text) && !text.includes('/'), 'must be an IP address or a host name'),
    default: '0.0.0.0',
    meaning: 'Address to listen on.',
  }),
  ADMIN_PORT: variable({
    schema: wholeNumber(0, 65_535).optional(),
    unset: 'the same port',
    meaning: 'Admin API, UI, docs, stats and metrics answer on this port only.',
  }),
  DATABASE_URL: variable({
    schema: readAs(parseDatabaseUrl, `must be like ${DATABASE_URL_FORMS}`),
    default: 'sqlite:./data/keywheel.db',
    secret: true,
    meaning: 'Where the configuration rests: `sqlite:PATH`, `mysql://…` (MariaDB too) or `postgres://…`.',
  }),
  REDIS_URL: variable({
    schema: secretMatching(isRedisUrl, `must be like ${REDIS_URL_FORMS}`).optional(),
    unset: 'memory',
    secret: true,
    meaning:
      'Redis or Valkey for the state that several instances share; `rediss://` for TLS, `redis+sentinel://` and `redis+cluster://` for several nodes.',
  }),
  MASTER_KEY: variable({
    schema: masterKey.optional(),
    unset: 'generated for SQLite',
    secret: true,
    meaning:
      'Encrypts the keys at rest: 32 bytes in base64. With SQLite it is generated into `master.key` beside the database file; with MySQL and PostgreSQL it is required.',
  }),
  ADMIN_TOKEN: variable({
    schema: adminToken.optional(),
    unset: 'generated for SQLite',
    secret: true,
    meaning:
      'Super-admin token, at least 24 characters. With SQLite it is generated into `admin.token` beside the database file; with MySQL and PostgreSQL it is required.',
  }),
  ALLOW_PRIVATE_UPSTREAMS: variable({
    schema: yesNoOrListOf(isHostOrCidr, 'must be true, false, or host names and CIDRs separated by commas'),
    default: 'false',
    meaning:
      'Whether upstreams may be in private networks: `true`, `false`, or a comma list of hosts and CIDRs.',
  }),
  TRUST_PROXY: variable({
    schema: listOf(isCidr, 'must be IP addresses and CIDRs separated by commas, such as 10.0.0.0/8').default(
      [],
    ),
    unset: 'nobody',
    meaning: 'Comma list of CIDRs of reverse proxies whose X-Forwarded-For is believed.',
  }),
  WORKERS: variable({
    schema: workerCount,
    default: '1',
    meaning:
      'Processes that serve the port together: a number, or `auto` for one on each core. More than one need `REDIS_URL`.',
  }),
  LOG_LEVEL: variable({
    schema: oneOf(LOG_LEVELS),
    default: 'info',
    meaning: `One of ${LOG_LEVELS.join(', ')}.`,
  }),
  LOG_DIR: variable({
    schema: z.string().optional(),
    unset: 'stdout only',
    meaning: 'Directory for log files besides stdout: a new one each day and at 50 MB, the last 14 are kept.',
  }),
  DRAIN_SECONDS: variable({
    schema: wholeNumber(0, 3_600),
    default: '30',
    meaning: 'Seconds that running calls get to finish after SIGTERM.',
  }),
  METRICS_PUBLIC: variable({
    schema: yesOrNo(),
    default: 'false',
    meaning: 'Whether `/metrics` answers without a token.',
  }),
  OPENAI_API_KEYS: keysOf('openai'),
  GEMINI_API_KEYS: keysOf('gemini'),
  ANTHROPIC_API_KEYS: keysOf('anthropic'),
  VERTEX_EXPRESS_API_KEYS: keysOf('vertex-express'),
} as const satisfies Record<string, Variable<unknown>>;

export type VariableName = keyof typeof VARIABLES;
export const VARIABLE_NAMES = Object.keys(VARIABLES) as readonly VariableName[];

/** The values as their schemas read them. */
export type VariableValues = {
  readonly [Name in VariableName]: z.output<(typeof VARIABLES)[Name]['schema']>;
};
