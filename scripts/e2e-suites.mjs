// Which end-to-end suites run on which database. Without a word here: on all three.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './processes.mjs';

/** The long ones that meet the database only on their way to the first call, as every suite does: once is enough. */
const ON_SQLITE_ALONE = [
  'conformance',
  'docs-page',
  'fuzzed-bodies',
  'no-streaming',
  'overload',
  'rotation-limits',
  'rotation-silence',
  'rotation-unlisted',
  'scripted-upstream',
  'stream-optimizer',
  'streams-drain',
];

/** SQLite is for one instance. */
const ON_SERVERS_ALONE = ['limits-in-total', 'many-instances', 'rolling-restart'];

/** Files that are left out on this database; `others`: there are servers to run them on. */
export function leftOut(database, others) {
  if (database !== 'sqlite') return ON_SQLITE_ALONE.map(fileOf);
  return others ? ON_SERVERS_ALONE.map(fileOf) : [];
}

function fileOf(name) {
  const file = `test/e2e/${name}.spec.ts`;
  if (!existsSync(join(root, file))) throw new Error(`scripts/e2e-suites.mjs names ${file}, which is gone`);
  return file;
}
