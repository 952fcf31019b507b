import { linkSync, readFileSync, renameSync } from 'node:fs';
import { BootFault } from '../../config/boot-fault.js';
import { readOrCreate } from '../../config/secret-file.js';
import { Secret } from '../../kernel/secret.js';
import type { MasterKey } from './cipher.js';
import { masterKeyOf, newMasterKeyText } from './master-keys.js';

type Environment = Readonly<Record<string, string | undefined>>;

export interface NextMasterKey {
  readonly key: MasterKey;
  /** Where it waits to replace the generated master key file; absent where the environment holds the keys. */
  readonly waitingIn?: string;
}

const FORM = 'must be 32 bytes in base64; make one with: openssl rand -base64 32';

/**
 * The master key to rotate to: `NEW_MASTER_KEY` or `NEW_MASTER_KEY_FILE`; where the one in use is a generated
 * file, a new one is generated, too. It is on the disk before anything is sealed under it, so that a run that
 * is killed can be ended by the next. Throws BootFault.
 */
export function nextMasterKey(environment: Environment, masterKeyFile: string | undefined): NextMasterKey {
  const given = givenText(environment);
  if (masterKeyFile === undefined) {
    if (given === undefined)
      throw new BootFault([`NEW_MASTER_KEY (or NEW_MASTER_KEY_FILE) is required: it ${FORM}`]);
    return { key: readable(given, 'NEW_MASTER_KEY') };
  }
  const waitingIn = `${masterKeyFile}.next`;
  const { text } = readOrCreate(waitingIn, () => (given === undefined ? newMasterKeyText() : checked(given)));
  const key = readable(text, waitingIn);
  if (given !== undefined && readable(given, 'NEW_MASTER_KEY').id !== key.id) {
    throw new BootFault([
      `${waitingIn} holds the key of an interrupted rotation. Run it again without NEW_MASTER_KEY first.`,
    ]);
  }
  return { key, waitingIn };
}

/**
 * Puts the new key in place of the old one, atomically. The old one stays beside it, for backups that were
 * made before; answers where.
 */
export function replaceMasterKeyFile(masterKeyFile: string, waitingIn: string, old: MasterKey): string {
  const kept = `${masterKeyFile}.${old.id}.old`;
  try {
    linkSync(masterKeyFile, kept);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  renameSync(waitingIn, masterKeyFile);
  return kept;
}

function givenText(environment: Environment): string | undefined {
  const text = environment.NEW_MASTER_KEY?.trim();
  const path = environment.NEW_MASTER_KEY_FILE?.trim();
  if (text && path) throw new BootFault(['Set NEW_MASTER_KEY or NEW_MASTER_KEY_FILE, not both.']);
  if (!path) return text === '' ? undefined : text;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    throw new BootFault([`NEW_MASTER_KEY_FILE: the file ${path} cannot be read.`]);
  }
}

function readable(text: string, where: string): MasterKey {
  const key = masterKeyOf(new Secret(text));
  if (!key) throw new BootFault([`${where} ${FORM}`]);
  return key;
}

function checked(text: string): string {
  readable(text, 'NEW_MASTER_KEY');
  return text;
}
