import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Spoken } from '../fakes/programmed-upstream/programmed-upstream.ts';
import { openBenches } from './conformance/bench.ts';
import { CALLERS } from './conformance/callers.ts';
import { expectedFile, reasonsFile } from './conformance/expected-file.ts';
import { EXPECTED } from './conformance/expected.ts';
import { UPSTREAMS } from './conformance/feature.ts';
import { FEATURES } from './conformance/features.ts';
import { rowOf, type Row } from './conformance/matrix.ts';
import { measure } from './conformance/measure.ts';
import { REASONS } from './conformance/reasons.ts';

/*
 * Every caller's protocol with every upstream's, whole and streamed, feature by feature, by the official SDK of the
 * caller's protocol through a real gateway: what the upstream receives and what the SDK makes of the answer.
 * `CONFORMANCE=write` writes what was found to expected.ts and reasons.ts, for a person to read and to commit;
 * `npm run docs` makes the published table of them.
 */

let benches: Awaited<ReturnType<typeof openBenches<Spoken>>>;
const found = new Map<string, Row>();

beforeAll(async () => {
  benches = await openBenches(CALLERS.map(({ name }) => name));
});

afterAll(async () => {
  await benches.close();
  const isWhole = found.size === FEATURES.length && [...found.values()].every(({ line }) => !isLost(line));
  if (process.env.CONFORMANCE !== 'write' || !isWhole) return;
  const folder = join(import.meta.dirname, 'conformance');
  await writeFile(join(folder, 'expected.ts'), expectedFile(found));
  await writeFile(join(folder, 'reasons.ts'), reasonsFile(found));
});

const isLost = (line: string) => line.includes('LOST');

describe('the conformance table holds', () => {
  it.each(FEATURES)('$group: $name', async (feature) => {
    const streamOnly = 'streamOnly' in feature && feature.streamOnly === true;
    const row = await rowOf(
      CALLERS,
      UPSTREAMS,
      (cell) => measure(benches.of[cell.caller.name], feature, cell),
      streamOnly,
    );
    const key = `${feature.group}: ${feature.name}`;
    found.set(key, row);
    if (process.env.CONFORMANCE === 'write') expect(isLost(row.line) ? row.line : '').toBe('');
    else expect(row).toEqual({ line: EXPECTED[key], why: REASONS[key] ?? {} });
  });

  it('has no rows that nobody measures', () => {
    const names = FEATURES.map(({ group, name }) => `${group}: ${name}`);
    const rows = process.env.CONFORMANCE === 'write' ? [...found.keys()] : Object.keys(EXPECTED);
    expect(rows.sort()).toEqual([...names].sort());
  });
});
