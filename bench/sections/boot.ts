import { setTimeout as sleep } from 'node:timers/promises';
import { launchKeywheel, startKeywheel } from '../contestants/start-keywheel.ts';
import { fire } from '../load/fire.ts';
import { chat } from '../load/shot.ts';
import { rssMib } from '../machine/usage.ts';
import { median, shown } from '../report/numbers.ts';
import { atMost, type Effort, type Section } from '../report/section.ts';
import { startInstant, type Upstream } from '../upstreams/start-upstream.ts';

const MODELS = Array.from({ length: 50 }, (_, index) => `model-${index}`);
const BODIES = MODELS.map((model) => chat({ model }));
const SIZES = [10, 10_000];
const IDLE_MS = 3000;

interface Life {
  readonly seconds: number;
  readonly idle: number;
  readonly loaded: number;
}

/** A start on keys that are stored, and the memory that they take: at rest, and after calls to fifty models. */
export async function boot(effort: Effort): Promise<Section> {
  const upstream = await startInstant();
  const rounds = Math.min(effort.rounds, 3);
  const lives = new Map<number, Life[]>(SIZES.map((keys) => [keys, []]));
  try {
    for (let round = 1; round <= rounds; round += 1) {
      effort.tell(`round ${round} of ${rounds}`);
      for (const keys of SIZES) lives.get(keys)?.push(await live(upstream, keys, effort.seconds));
    }
  } finally {
    await upstream.stop();
  }
  const of = (keys: number, field: keyof Life) => (lives.get(keys) ?? []).map((life) => life[field]);
  const added = median(of(10_000, 'loaded')) - median(of(10, 'loaded'));
  return {
    title: `Starts and memory of a pool with ${MODELS.length} models and limits, ${rounds} round(s)`,
    head: ['keys', 'ready after s', 'RSS MiB idle', 'RSS MiB after load'],
    rows: SIZES.map((keys) => [
      keys.toLocaleString('en'),
      shown(of(keys, 'seconds'), 2),
      shown(of(keys, 'idle')),
      shown(of(keys, 'loaded')),
    ]),
    findings: [
      atMost('s until it is ready with 10,000 keys', 3, median(of(10_000, 'seconds'))),
      atMost('MiB that 10,000 keys add to 10 after calls to 50 models', 100, added, 0),
    ],
  };
}

/** The keys are imported in one life and measured in the next, which only loads them. */
async function live({ url }: Upstream, keys: number, seconds: number): Promise<Life> {
  const first = await startKeywheel(url, { keys, models: MODELS, limits: [{ rpm: 1e8, tpm: 1e9 }] });
  process.kill(first.pid);
  await sleep(1500);
  const began = performance.now();
  const second = await launchKeywheel(first.directory);
  const ready = (performance.now() - began) / 1000;
  try {
    await sleep(IDLE_MS);
    const idle = rssMib(second.pid);
    const target = first.target.replace(first.url, second.url);
    await fire({ target, headers: first.headers, seconds, bodies: BODIES });
    return { seconds: ready, idle, loaded: rssMib(second.pid) };
  } finally {
    await second.stop();
    await first.stop();
  }
}
