import { ScriptedUpstream } from '../test/fakes/scripted-upstream/scripted-upstream.ts';
import type { Scripted } from '../test/fakes/scripted-upstream/behaviour.ts';
import { atOnce } from '../test/e2e/support/at-once.ts';
import { BENCH_KEY, keywheel } from './contestants.ts';
import { BODY } from './load.ts';
import type { Section } from './report.ts';

const POOL = 10;
const CALLS = 1000;
const BAD: readonly (readonly [name: string, plays: Scripted])[] = [
  ['429 with retry-after', { kind: 'rate_limited', retryAfter: 2 }],
  ['401', 'unauthorized'],
  ['500', 'server_error'],
];

/** What clients see while k of n keys fail. */
export async function failover(tell: (line: string) => void): Promise<Section> {
  const rows: string[][] = [];
  for (const [name, plays] of BAD) {
    for (const bad of [1, 5, 9]) {
      const { errors, absorbed } = await trial(plays, bad);
      rows.push([name, `${bad} of ${POOL}`, `${errors} of ${CALLS}`, String(absorbed)]);
      tell(`${name}, ${bad} of ${POOL}: ${errors} errors`);
    }
  }
  return {
    title: `Client-visible errors with k of ${POOL} keys failing`,
    head: ['keys answer', 'k', 'client errors', 'failures absorbed'],
    rows,
  };
}

async function trial(plays: Scripted, bad: number): Promise<{ errors: number; absorbed: number }> {
  const upstream = await ScriptedUpstream.start();
  for (let index = 0; index < POOL; index += 1)
    upstream.keys.set(BENCH_KEY(index), { then: index < bad ? plays : 'good' });
  const gateway = await keywheel(upstream.url, POOL);
  try {
    const headers = { 'content-type': 'application/json', ...gateway.headers };
    const statuses = await atOnce(CALLS, 8, async () => {
      const response = await fetch(gateway.target, { method: 'POST', headers, body: BODY });
      await response.arrayBuffer();
      return response.status;
    });
    const absorbed = upstream.calls.filter(
      ({ method, status }) => method === 'POST' && status !== 200,
    ).length;
    return { errors: statuses.filter((status) => status !== 200).length, absorbed };
  } finally {
    await gateway.stop();
    await upstream.close();
  }
}
