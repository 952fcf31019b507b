import 'reflect-metadata';
import { migrations } from '#migrations';
import { BOOT_FAULT_EXIT_CODE, BootFault } from './config/boot-fault.js';
import type { Config } from './config/config.js';
import { loadConfig } from './config/load-config.js';
import { ChangeFeed } from './database/change-feed.js';
import { dataSourceOptions } from './database/data-source-options.js';
import { openDatabase } from './database/open-database.js';
import { Reader } from './database/reader.js';
import { Store } from './database/store.js';
import { entities } from './entities.js';
import { masterKeyOf } from './keys/secrets/master-keys.js';
import { nextMasterKey, replaceMasterKeyFile } from './keys/secrets/new-master-key.js';
import { rotate } from './keys/secrets/rotation.js';
import { createLogger } from './logging/create-logger.js';

/** `npm run rotate-master-key`: seals every key anew under another master key while instances go on. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const { masterKeyFile } = config.generated;
  const old = masterKeyOf(config.masterKey);
  if (!old) throw new BootFault(['MASTER_KEY must be 32 bytes in base64.']);
  const next = nextMasterKey(process.env, masterKeyFile);
  say(`Rotating from master key ${old.id} to ${next.key.id}. It can be interrupted and run again.`);
  const { resealed, unreadable } = await withStore(config, (store) =>
    rotate(store, old, next.key, (done, total) => say(`  ${done} of ${total} keys sealed anew`)),
  );
  say(`Done: ${resealed} keys sealed anew.`);
  if (unreadable > 0)
    say(`${unreadable} keys could not be decrypted before either; delete or add them again.`);
  if (masterKeyFile !== undefined && next.waitingIn !== undefined) {
    const kept = replaceMasterKeyFile(masterKeyFile, next.waitingIn, old);
    say(`The new key is in ${masterKeyFile}; the old one in ${kept}, for backups made before today.`);
    say('Now restart the instance. Until then it serves from memory and adds no keys.');
  } else {
    say('Now set MASTER_KEY (or its file) to the new key and restart every instance.');
    say('Until then they serve from memory and add no keys. Keep the old key as long as backups need it.');
  }
}

async function withStore<T>(config: Config, work: (store: Store) => Promise<T>): Promise<T> {
  const log = createLogger({ ...config, logLevel: 'warn', logDir: undefined });
  const source = await openDatabase(dataSourceOptions(config.database, entities, migrations));
  const reader = await Reader.beside(source);
  try {
    return await work(new Store(source, reader, new ChangeFeed(), log));
  } finally {
    await reader.onApplicationShutdown();
    await source.destroy();
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function refuse(error: unknown): void {
  const isFault = error instanceof BootFault;
  const text = isFault
    ? error.message.replace('Keywheel cannot start', 'The master key cannot be rotated')
    : String(error instanceof Error ? error.stack : error);
  process.stderr.write(`${text}\n`);
  process.exitCode = isFault ? BOOT_FAULT_EXIT_CODE : 1;
}

await main().catch(refuse);
