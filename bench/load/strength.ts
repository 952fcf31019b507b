import { CORES } from '../machine/cores.ts';
import type { Upstream } from '../upstreams/start-upstream.ts';
import { fire, GENERATOR } from './fire.ts';
import { chat } from './shot.ts';

const STRONG_SHARE = 0.8;

/** Calls a second of the generator on the upstream, with no gateway between. */
export async function directRate({ url }: Upstream, body = chat()): Promise<number> {
  const aim = { target: `${url}/v1/chat/completions`, headers: {}, seconds: 2, bodies: [body] };
  return (await fire(aim)).requestsPerSecond;
}

/**
 * Whether generator and upstream have enough in hand that the contestants are what is measured, in words. Both share
 * their cores in both measurements, so the share of their rate that a contestant reaches is the share of those cores.
 */
export function strength(
  direct: number,
  { what }: Upstream,
  rates: Readonly<Record<string, number>>,
): string[] {
  const parties = `${GENERATOR} on ${what}`;
  const weak = Object.entries(rates).filter(([, rate]) => rate > STRONG_SHARE * direct);
  const told = `${parties} alone: ${direct.toFixed(0)} requests/s on ${Math.max(1, CORES - 1)} core(s)`;
  if (weak.length === 0) return [`${told}, strong enough for all contestants`];
  return weak.map(
    ([name, rate]) =>
      `${told}; ${name} takes ${((rate / direct) * 100).toFixed(0)} % of that, so its figure is a lower bound`,
  );
}
