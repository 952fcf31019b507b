import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Puts the finished file in place; of two starters at once, the first one's file stays where links exist. */
function publish(temporary: string, path: string): void {
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function write(path: string, text: string): void {
  const directory = dirname(path);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const handle = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(handle, `${text}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  publish(temporary, path);
  sync(directory);
}

/**
 * The text of a file for this user alone; where there is none, `make` fills it, and it is on the disk before
 * this returns: a secret that encrypted something must not be lost with the power.
 */
export function readOrCreate(
  path: string,
  make: () => string,
): { readonly text: string; readonly created: boolean } {
  try {
    return { text: readFileSync(path, 'utf8').trim(), created: false };
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  const made = make();
  write(path, made);
  const text = readFileSync(path, 'utf8').trim();
  return { text, created: text === made };
}
