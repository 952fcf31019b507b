// Installs and builds only when something has changed since the last time.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, root, run, runNpm } from './processes.mjs';

const INSTALLED = join(root, 'node_modules/.keywheel-installed');
const BUILT = join(root, 'dist/.built');

export async function ensureInstalled() {
  const wanted = digest([join(root, 'package-lock.json')]);
  if (stamp(INSTALLED) === wanted || installedByHand()) return;
  console.log('Installing dependencies (npm ci) …');
  const code = await runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (code !== 0) stop('npm ci failed; see above.', code);
  writeFileSync(INSTALLED, wanted);
}

/** A person's own `npm install` counts as long as it is younger than the lock file. */
function installedByHand() {
  const npmsOwn = join(root, 'node_modules/.package-lock.json');
  return (
    existsSync(npmsOwn) && statSync(npmsOwn).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
  );
}

export async function ensureBuilt() {
  const wanted = sourceDigest();
  if (stamp(BUILT) === wanted && existsSync(join(root, 'dist/main.js'))) return;
  console.log('Building …');
  await compile(wanted);
}

/** From an empty `dist/`, so that nothing of a file that is gone is left. */
export async function rebuild() {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await compile(sourceDigest());
  return 0;
}

async function compile(wanted) {
  const code = await run(bin('tsc'), ['-b']);
  if (code !== 0) stop('The build failed; see above.', code);
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(BUILT, wanted);
}

function sourceDigest() {
  const folders = ['src', 'migrations'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts'))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const files = ['package-lock.json', 'tsconfig.json', 'tsconfig.base.json'].map((file) => join(root, file));
  return digest([...folders.sort(), ...files]);
}

function digest(files) {
  const hash = createHash('sha256').update(process.versions.modules);
  for (const file of files) hash.update(file.slice(root.length)).update(readFileSync(file));
  return hash.digest('hex');
}

function stamp(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function stop(message, code) {
  console.error(message);
  process.exit(code || 1);
}
