import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from './child.ts';
import { keywheel, launchKeywheel } from './contestants.ts';
import { onOtherCores, rssMib } from './cores.ts';
import { median } from './numbers.ts';
import type { Section } from './report.ts';

const KEYS = [0, 10_000];
const IDLE_MS = 5000;

/** Resident memory of a gateway that was just started and has had nothing to do. */
export async function memory(rounds: number, tell: (line: string) => void): Promise<Section> {
  const upstream = await startChild('upstream.ts', [], onOtherCores);
  const found = KEYS.map(() => [] as number[]);
  try {
    for (let round = 1; round <= rounds; round += 1) {
      for (const [index, keys] of KEYS.entries()) {
        const rss = await idle(upstream.url, keys);
        found[index]?.push(rss);
        tell(`round ${round} of ${rounds}: ${keys} keys, ${rss.toFixed(0)} MiB`);
      }
    }
  } finally {
    await upstream.stop();
  }
  const empty = median(found[0] ?? []);
  return {
    title: `Memory: RSS ${IDLE_MS / 1000} s after a start, medians of ${rounds} rounds`,
    head: ['keys', 'RSS MiB', 'above an empty pool'],
    rows: KEYS.map((keys, index) => [
      keys.toLocaleString('en'),
      median(found[index] ?? []).toFixed(0),
      (median(found[index] ?? []) - empty).toFixed(0),
    ]),
  };
}

/** The keys are imported in one life and measured in the next, which only loads them. */
async function idle(upstream: string, keys: number): Promise<number> {
  const first = await keywheel(upstream, keys);
  process.kill(first.pid);
  await sleep(1500);
  const second = await launchKeywheel(first.directory);
  await sleep(IDLE_MS);
  const rss = rssMib(second.pid);
  await second.stop();
  await first.stop();
  return rss;
}
