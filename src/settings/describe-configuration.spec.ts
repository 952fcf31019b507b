import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { SETTING_NAMES } from './definitions.js';
import { readVariables } from '../config/read-environment.js';
import { configurationTables, envExample } from './describe-configuration.js';
import { pinnedFaults } from './pinned.js';

const assignments = [...envExample().matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [
  name,
  value,
]);

describe('the description of the configuration', () => {
  it('is what .env.example holds; write it anew with the printed text', async () => {
    expect(await readFile(new URL('../../.env.example', import.meta.url), 'utf8')).toBe(envExample());
  });

  it('shows values that would be accepted as they stand', () => {
    const faults: string[] = [];
    readVariables(Object.fromEntries(assignments), faults);
    expect(faults).toEqual([]);
    const settings = assignments.filter(([name]) => name?.startsWith('KEYWHEEL_'));
    const byName = settings.map(([name = '', value = '']) => [
      name
        .slice(9)
        .toLowerCase()
        .replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]);
    expect(pinnedFaults(Object.fromEntries(byName))).toEqual([]);
    expect(settings).toHaveLength(SETTING_NAMES.length);
  });

  it('has a row for every variable and setting', () => {
    const rows = configurationTables().split('\n');
    for (const [name] of assignments)
      expect(rows.filter((row) => row.includes(`\`${name}\` |`))).toHaveLength(1);
  });
});
