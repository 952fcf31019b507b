import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLERS } from './conformance/callers.ts';
import { EXPECTED } from './conformance/expected.ts';
import { UPSTREAMS } from './conformance/feature.ts';
import { FEATURES } from './conformance/features.ts';
import { lineOf } from './conformance/matrix.ts';
import { measure, openBench, type Bench } from './conformance/measure.ts';
import { expectedFile } from './conformance/expected-file.ts';

/*
 * Every caller's protocol with every upstream's, whole and streamed, feature by feature, through a real gateway: what
 * the upstream receives and what the client gets. `CONFORMANCE=write` writes what was found to expected.ts, for a
 * person to read and to commit; `npm run docs` makes the published table of it.
 */

let bench: Bench;
const found = new Map<string, string>();

beforeAll(async () => {
  bench = await openBench();
});

afterAll(async () => {
  await bench.close();
  if (process.env.CONFORMANCE === 'write') {
    await writeFile(join(import.meta.dirname, 'conformance/expected.ts'), expectedFile(found));
  }
});

describe('the conformance table holds', () => {
  it.each(FEATURES)('$group: $name', async (feature) => {
    const streamOnly = 'streamOnly' in feature && feature.streamOnly === true;
    const line = await lineOf(CALLERS, UPSTREAMS, (cell) => measure(bench, feature, cell), streamOnly);
    const key = `${feature.group}: ${feature.name}`;
    found.set(key, line);
    if (process.env.CONFORMANCE === 'write') expect(line).not.toContain('LOST');
    else expect(line).toBe(EXPECTED[key]);
  });

  it('has no rows that nobody measures', () => {
    const names = FEATURES.map(({ group, name }) => `${group}: ${name}`);
    expect(Object.keys(EXPECTED).sort()).toEqual([...names].sort());
  });
});
