// Every npm script goes through this file. It runs on any Node >= 18, sees to it that the real work is done
// by a Node that the project supports, and then hands over to scripts/tasks.mjs.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const PINNED = '24.21.0';
const OLDEST = [24, 15];

if (isSupported(process.versions.node)) {
  const { runTask } = await import(pathToFileURL(join(root, 'scripts/tasks.mjs')).href);
  process.exitCode = await runTask(process.argv[2] ?? 'start', process.argv.slice(3));
} else {
  handOver(fetchedNode());
}

function isSupported(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** Path of the pinned Node below `.node/`, fetched from the npm registry where it is not there yet. */
function fetchedNode() {
  const folder = join(root, '.node');
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const candidates = [`node-${platform}-${process.arch}`, 'node'];
  const binaryOf = (name) =>
    join(folder, PINNED, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const present = candidates.map(binaryOf).find(works);
  if (present) return present;
  console.error(
    `Node ${process.versions.node} is too old for Keywheel; fetching Node ${PINNED} into .node/ once.`,
  );
  for (const name of candidates) {
    const prefix = join(folder, PINNED);
    mkdirSync(prefix, { recursive: true });
    writeFileSync(join(prefix, 'package.json'), '{"private":true}\n');
    const npm = process.env.npm_execpath;
    const args = ['install', '--prefix', prefix, '--no-save', '--no-package-lock', '--no-audit', '--no-fund'];
    const result = npm
      ? spawnSync(process.execPath, [npm, ...args, `${name}@${PINNED}`], { cwd: prefix, stdio: 'pipe' })
      : spawnSync('npm', [...args, `${name}@${PINNED}`], {
          cwd: prefix,
          stdio: 'pipe',
          shell: process.platform === 'win32',
        });
    if (result.status === 0 && works(binaryOf(name))) return binaryOf(name);
  }
  console.error(
    `Node ${PINNED} could not be fetched. Install Node >= ${OLDEST.join('.')} and run this again.`,
  );
  process.exit(1);
}

function works(binary) {
  return existsSync(binary) && spawnSync(binary, ['--version'], { stdio: 'pipe' }).status === 0;
}

/** Runs this script again under another Node, first on the PATH so that child processes find it too. */
function handOver(node) {
  const env = { ...process.env, PATH: dirname(node) + delimiter + (process.env.PATH ?? '') };
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}
