import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databasesUnderTest } from '../../support/servers.js';
import { newSecret, remember } from './secrets.ts';

/** What a gateway owns across restarts: a folder, a database and its two secrets. */
export interface Home {
  readonly directory: string;
  readonly databaseUrl: string;
  readonly adminToken: string;
  readonly masterKey: string;
  readonly remove: () => Promise<void>;
}

export const DATABASE = process.env.TEST_DATABASE ?? 'sqlite';

export async function createHome(): Promise<Home> {
  const directory = await mkdtemp(join(tmpdir(), 'keywheel-e2e-'));
  const secrets = {
    adminToken: newSecret('admin-'),
    masterKey: remember(randomBytes(32).toString('base64')),
  };
  const clear = () => rm(directory, { recursive: true, force: true });
  if (DATABASE === 'sqlite')
    return { directory, databaseUrl: 'sqlite:./data/keywheel.db', ...secrets, remove: clear };
  const kind = (await databasesUnderTest()).find(({ name }) => name === DATABASE);
  if (!kind) throw new Error(`TEST_DATABASE=${DATABASE}, and it does not answer`);
  const database = await kind.create();
  const remove = async () => {
    await database.drop();
    await clear();
  };
  return { directory, databaseUrl: database.url, ...secrets, remove };
}

/** The environment that makes a gateway live there. */
export function environmentOf(home: Home): Record<string, string> {
  return {
    HOME: home.directory,
    PORT: '0',
    HOST: '127.0.0.1',
    DATABASE_URL: home.databaseUrl,
    MASTER_KEY: home.masterKey,
    ADMIN_TOKEN: home.adminToken,
    ALLOW_PRIVATE_UPSTREAMS: 'true',
  };
}
