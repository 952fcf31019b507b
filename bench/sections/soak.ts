import { ScriptedUpstream } from '../../test/fakes/scripted-upstream/scripted-upstream.ts';
import { growth, soak as wearOut, type Wear } from '../../test/e2e/support/soak.ts';
import { benchKey, startKeywheel } from '../contestants/start-keywheel.ts';
import type { Effort, Finding, Section } from '../report/section.ts';

const KEYS = 10;
const ROWS = 12;

/** Mixed load for minutes: calls, streams, uploads, clients that leave, keys at rest. Does anything grow? */
export async function soak({ minutes, tell }: Effort): Promise<Section> {
  const upstream = await ScriptedUpstream.start();
  for (let index = 0; index < KEYS; index += 1) upstream.keys.set(benchKey(index), { then: 'good' });
  upstream.keys.set(benchKey(1), { then: { kind: 'rate_limited', retryAfter: 1 } });
  upstream.keys.set(benchKey(3), { then: { kind: 'slow', delayMs: 2 } });
  const gateway = await startKeywheel(upstream.url, { keys: KEYS });
  try {
    tell(`${minutes} minute(s)`);
    const token = gateway.headers.authorization?.slice('Bearer '.length) ?? '';
    const worn = { ...gateway, token, upstream, process: gateway, plainPath: '/proxy/bench/plain' };
    const wears = await wearOut(worn, minutes * 60, Math.max(ROWS, minutes * 4));
    const step = Math.ceil(wears.length / ROWS);
    return {
      title: `Soak: ${minutes} minute(s) of mixed load, what is held in quiet moments`,
      head: ['calls', 'not as meant', 'RSS MiB', 'heap MiB', 'open files', 'timers'],
      rows: wears.filter((_, index) => index % step === 0 || index === wears.length - 1).map(cells),
      findings: [
        still(wears, 'rssMib', 1.15, 24),
        still(wears, 'heapMib', 1.2, 8),
        still(wears, 'files', 1, 16),
        still(wears, 'timers', 1, 16),
      ],
    };
  } finally {
    await gateway.stop();
    await upstream.close();
  }
}

function cells({ calls, failed, rssMib, heapMib, files, timers }: Wear): string[] {
  return [calls, failed, rssMib.toFixed(0), heapMib.toFixed(1), files, timers].map(String);
}

function still(wears: readonly Wear[], field: keyof Wear, factor: number, noise: number): Finding {
  const { from, to } = growth(wears, field);
  return {
    wanted: `${field}: no growth from the first half to the second beyond noise`,
    found: `${from.toFixed(0)} to ${to.toFixed(0)}`,
    met: to <= from * factor + noise,
  };
}
