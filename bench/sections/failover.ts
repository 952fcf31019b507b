import { atOnce } from '../../test/e2e/support/at-once.ts';
import type { Scripted } from '../../test/fakes/scripted-upstream/behaviour.ts';
import { ScriptedUpstream } from '../../test/fakes/scripted-upstream/scripted-upstream.ts';
import type { Running } from '../contestants/contestant.ts';
import { benchKey, startKeywheel } from '../contestants/start-keywheel.ts';
import { startPortkeyPool } from '../contestants/start-portkey.ts';
import { chat } from '../load/shot.ts';
import { Unavailable } from '../machine/unavailable.ts';
import { median } from '../report/numbers.ts';
import { atMost, type Effort, type Section } from '../report/section.ts';

const POOL = 10;
const CALLS = 500;
const AT_ONCE = 8;
const KEYS = Array.from({ length: POOL }, (_, index) => benchKey(index));
const BAD: readonly (readonly [name: string, plays: Scripted])[] = [
  ['429 with retry-after', { kind: 'rate_limited', retryAfter: 60 }],
  ['401', 'unauthorized'],
  ['500', 'server_error'],
];
const ENTRANTS: Readonly<Record<string, (upstream: string) => Promise<Running>>> = {
  keywheel: (upstream) => startKeywheel(upstream, { keys: POOL }),
  portkey: (upstream) => startPortkeyPool(upstream, KEYS),
};

interface Trial {
  readonly errors: number;
  /** Attempts that failed at the upstream. */
  readonly failed: number;
  readonly milliseconds: number;
}

/** What clients see while k of n keys fail, and what it costs to find out. */
export async function failover({ tell }: Effort): Promise<Section> {
  const rows: string[][] = [];
  const missing = new Set<string>();
  let visible = 0;
  for (const [name, plays] of BAD) {
    for (const bad of [1, 5, 9]) {
      for (const [entrant, start] of Object.entries(ENTRANTS)) {
        tell(`${entrant}: ${name}, ${bad} of ${POOL}`);
        const found = await trial(start, plays, bad).catch((thrown: unknown) => {
          if (!(thrown instanceof Unavailable)) throw thrown;
          missing.add(`without ${entrant}: ${thrown.message}`);
        });
        if (!found) continue;
        if (entrant === 'keywheel') visible += found.errors;
        const { errors, failed, milliseconds } = found;
        rows.push([
          name,
          `${bad} of ${POOL}`,
          entrant,
          String(errors),
          String(failed),
          milliseconds.toFixed(1),
        ]);
      }
    }
  }
  return {
    title: `Failover: ${CALLS} calls, ${AT_ONCE} at once, while k of ${POOL} keys fail`,
    head: ['keys answer', 'k', 'contestant', 'errors that clients saw', 'attempts in vain', 'p50 ms'],
    rows,
    findings: [atMost('errors that clients of Keywheel saw in all trials', 0, visible, 0)],
    notes: [
      'portkey: a balance over its fallbacks, one that begins at each key; each tries all keys',
      ...missing,
    ],
  };
}

async function trial(
  start: (upstream: string) => Promise<Running>,
  plays: Scripted,
  bad: number,
): Promise<Trial> {
  const upstream = await ScriptedUpstream.start();
  for (const [index, key] of KEYS.entries()) upstream.keys.set(key, { then: index < bad ? plays : 'good' });
  let gateway: Running | undefined;
  try {
    const { target, headers } = (gateway = await start(upstream.url));
    const sent = {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: chat(),
    };
    const answers = await atOnce(CALLS, AT_ONCE, async () => {
      const began = performance.now();
      const response = await fetch(target, sent);
      await response.arrayBuffer();
      return { status: response.status, took: performance.now() - began };
    });
    const calls = upstream.calls.filter(({ method }) => method === 'POST');
    return {
      errors: answers.filter(({ status }) => status !== 200).length,
      failed: calls.filter(({ status }) => status !== 200).length,
      milliseconds: median(answers.map(({ took }) => took)),
    };
  } finally {
    await gateway?.stop();
    await upstream.close();
  }
}
