import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Secret } from '../kernel/secret.js';
import type { DatabaseConfig, Generated } from './config.js';
import { readOrCreate } from './secret-file.js';
import { adminToken, masterKey, type VariableValues } from './variables.js';

export interface BootSecrets {
  readonly masterKey: Secret;
  readonly adminToken: Secret;
  readonly generated: Generated;
}

type Given = Pick<VariableValues, 'MASTER_KEY' | 'ADMIN_TOKEN'>;

/** Why a secret cannot be made up: instances that share a database must share it. */
export function missingSecretFaults(given: Given, database: DatabaseConfig): string[] {
  if (database.kind === 'sqlite') return [];
  const why = 'is only generated with SQLite; instances that share a database need the same one';
  return [
    ...(given.MASTER_KEY
      ? []
      : [`MASTER_KEY: is required, it ${why}; make one with: openssl rand -base64 32`]),
    ...(given.ADMIN_TOKEN
      ? []
      : [`ADMIN_TOKEN: is required, it ${why}; make one with: openssl rand -hex 24`]),
  ];
}

function fromFile(
  path: string,
  make: () => string,
  schema: typeof masterKey,
  faults: string[],
): { secret: Secret | undefined; created: boolean } {
  try {
    const { text, created } = readOrCreate(path, make);
    const read = schema.safeParse(text);
    if (!read.success) faults.push(`${path}: its content ${read.error.issues[0]?.message ?? 'is not valid'}`);
    return { secret: read.data, created };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
    faults.push(
      `${path}: cannot be read or written (${code}); give the directory to this user or set the variable`,
    );
    return { secret: undefined, created: false };
  }
}

/** The two secrets of the environment or of their files, which are made where they are missing. */
export function bootSecrets(given: Given, dataDir: string, faults: string[]): BootSecrets | undefined {
  const masterKeyFile = join(dataDir, 'master.key');
  const adminTokenFile = join(dataDir, 'admin.token');
  const key = given.MASTER_KEY
    ? { secret: given.MASTER_KEY, created: false }
    : fromFile(masterKeyFile, () => randomBytes(32).toString('base64'), masterKey, faults);
  const token = given.ADMIN_TOKEN
    ? { secret: given.ADMIN_TOKEN, created: false }
    : fromFile(adminTokenFile, () => randomBytes(32).toString('base64url'), adminToken, faults);
  if (!key.secret || !token.secret) return undefined;
  return {
    masterKey: key.secret,
    adminToken: token.secret,
    generated: {
      ...(!given.MASTER_KEY && { masterKeyFile }),
      ...(!given.ADMIN_TOKEN && { adminTokenFile }),
      firstStart: token.created,
    },
  };
}
