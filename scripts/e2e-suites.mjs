// Which end-to-end suites run on which database. Without a word here: on all three.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './processes.mjs';

/** What they are about meets the database as every suite does, on its way to the first call: once is enough. */
const ON_SQLITE_ALONE = [
  'conformance',
  'demo',
  'docs-page',
  'empty-answers',
  'fuzzed-bodies',
  'gateway-loops',
  'gemini-suffixes',
  'llm-operation-faults',
  'llm-operations',
  'no-streaming',
  'overload',
  'peer-mocks',
  'proxy-http',
  'proxy-streams',
  'redis-tls',
  'responses-api',
  'responses-redis',
  'responses-state',
  'rotation-limits',
  'rotation-silence',
  'rotation-unlisted',
  'scripted-upstream',
  'sdk-ai',
  'sdk-anthropic',
  'stream-endings',
  'stream-optimizer',
  'streams',
  'streams-drain',
  'translation',
  'translation-edges',
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
