import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BootFault } from '../../config/boot-fault.js';
import { Secret } from '../../kernel/secret.js';
import { masterKeyOf, newMasterKeyText } from './master-keys.js';
import { nextMasterKey, replaceMasterKeyFile } from './new-master-key.js';

describe('the next master key', () => {
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'keywheel-'));
    file = join(directory, 'master.key');
    writeFileSync(file, newMasterKeyText());
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const idOf = (text: string) => masterKeyOf(new Secret(text))?.id;

  it('comes from the environment, or from a file it names', () => {
    const text = newMasterKeyText();
    const named = join(directory, 'new');
    writeFileSync(named, `${text}\n`);
    expect(nextMasterKey({ NEW_MASTER_KEY: text }, undefined).key.id).toBe(idOf(text));
    expect(nextMasterKey({ NEW_MASTER_KEY_FILE: named }, undefined)).toMatchObject({
      key: { id: idOf(text) },
    });
  });

  it.each([{}, { NEW_MASTER_KEY: '' }, { NEW_MASTER_KEY: 'short' }, { NEW_MASTER_KEY_FILE: '/nowhere' }])(
    'is refused as %j where none is generated',
    (environment) => expect(() => nextMasterKey(environment, undefined)).toThrow(BootFault),
  );

  it('is generated for a generated file, once for all runs until it replaces the old one', () => {
    const first = nextMasterKey({}, file);
    expect(first.waitingIn).toBe(`${file}.next`);
    expect(statSync(`${file}.next`).mode & 0o777).toBe(0o600);
    expect(nextMasterKey({}, file).key.id).toBe(first.key.id);
    expect(() => nextMasterKey({ NEW_MASTER_KEY: newMasterKeyText() }, file)).toThrow(/interrupted/);

    const old = masterKeyOf(new Secret(readFileSync(file, 'utf8')));
    if (!old) throw new Error('unreadable');
    const kept = replaceMasterKeyFile(file, `${file}.next`, old);
    expect(idOf(readFileSync(file, 'utf8'))).toBe(first.key.id);
    expect(idOf(readFileSync(kept, 'utf8'))).toBe(old.id);
    expect(nextMasterKey({}, file).key.id).not.toBe(first.key.id);
  });
});
