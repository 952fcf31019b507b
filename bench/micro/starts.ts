/*
 * What a call costs with sockets: builds by turns, all of them started anew several times, since two starts of the same
 * build differ by up to 5 % for as long as they run. After `npm run build`, with copies of `dist` that lie beside a
 * `package.json` and `node_modules`. A number behind a comma is how many keys there are; `bare` is the bare proxy.
 *
 *   node bench/micro/starts.ts ../before/dist,10000 dist,10000 bare
 *
 * STARTS (5) of each, ROUNDS (6) of each start, SECONDS (1) of a round, WARM (8) seconds before the first;
 * UPSTREAM=half refuses every second key and gives all of them limits, UPSTREAM=burst answers with streams in one write.
 */
import { resolve } from 'node:path';
import type { Running } from '../contestants/contestant.ts';
import { LIMITS, startKeywheel } from '../contestants/start-keywheel.ts';
import { startProxy } from '../contestants/start-script.ts';
import { fire } from '../load/fire.ts';
import { chat } from '../load/shot.ts';
import { leaveGatewayCore } from '../machine/cores.ts';
import { cpuMicros } from '../machine/usage.ts';
import { median } from '../report/numbers.ts';
import { startBurst, startInstant } from '../upstreams/start-upstream.ts';

const setting = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise);
const [starts, rounds] = [setting('STARTS', 5), setting('ROUNDS', 6)];
const [seconds, warm] = [setting('SECONDS', 1), setting('WARM', 8)];
const half = process.env.UPSTREAM === 'half';
const stream = process.env.UPSTREAM === 'burst';
const bodies = [chat({ stream })];

leaveGatewayCore();
const upstream = stream ? await startBurst(50) : await startInstant({ refusesHalf: half });
const names = process.argv.slice(2);

function start(name: string): Promise<Running> {
  if (name === 'bare') return startProxy('bare-proxy.ts', upstream.url);
  const [folder = 'dist', keys = '10'] = name.split(',');
  const setup = { dist: resolve(folder), keys: Number(keys) };
  return startKeywheel(upstream.url, half ? { ...setup, limits: LIMITS } : setup);
}

/** Microseconds of CPU of a call. */
async function turn({ pid, target, headers }: Running, length: number): Promise<number> {
  const before = cpuMicros(pid);
  const { requests } = await fire({ target, headers, seconds: length, bodies });
  return (cpuMicros(pid) - before) / requests;
}

const took = names.map((): number[] => []);
for (let again = 0; again < starts; again += 1) {
  const up: Running[] = [];
  for (const name of names) up.push(await start(name));
  for (const one of up) await turn(one, warm);
  const figures = names.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 ? [...up.keys()] : [...up.keys()].reverse();
    for (const i of order) figures[i]!.push(await turn(up[i]!, seconds));
  }
  for (const one of up) await one.stop();
  for (const [i, some] of figures.entries()) took[i]!.push(median(some));
  console.log(took.map((some) => some.at(-1)!.toFixed(1)).join('  '));
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]) =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)) / (values.length - 1));
console.table(
  names.map((name, i) => {
    const above = took[i]!.map((value, again) => value - took[0]![again]!);
    return {
      build: name,
      µs: mean(took[i]!).toFixed(1),
      'above the first': `${mean(above).toFixed(2)} ± ${deviation(above).toFixed(2)}`,
      'of its rate': (mean(took[0]!) / mean(took[i]!)).toFixed(3),
    };
  }),
);
await upstream.stop();
