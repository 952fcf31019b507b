import type { Scripted } from '../../fakes/scripted-upstream/behaviour.ts';
import { ask } from './ask.ts';
import { atOnce } from './at-once.ts';
import type { House, Speech } from './house.ts';

export interface FailingPool {
  readonly slug: string;
  readonly bad: readonly string[];
  readonly good: readonly string[];
}

let pools = 0;

/** A pool whose first `bad` of `of` keys do something else than answer. */
export async function failingPool(
  house: House,
  speech: Speech,
  behaviour: Scripted,
  [bad, of]: readonly [bad: number, of: number],
  spec: Record<string, unknown> = {},
): Promise<FailingPool> {
  const slug = `pool-${(pools += 1)}`;
  const scripts = Array.from({ length: of }, (_, index): Scripted => (index < bad ? behaviour : 'good'));
  const keys = await house.pool(slug, speech, scripts, spec);
  house.upstream.forget();
  return { slug, bad: keys.slice(0, bad), good: keys.slice(bad) };
}

/** The same, after each key of it has answered once. */
export async function failingPoolInUse(
  house: House,
  speech: Speech,
  behaviour: Scripted,
  [bad, of]: readonly [bad: number, of: number],
  spec: Record<string, unknown> = {},
): Promise<FailingPool> {
  const { slug, good: keys } = await failingPool(house, speech, 'good', [0, of], spec);
  await failures(house, slug, speech, { calls: of, pace: 4 });
  for (const key of keys.slice(0, bad)) house.upstream.keys.set(key, { then: behaviour });
  house.upstream.forget();
  return { slug, bad: keys.slice(0, bad), good: keys.slice(bad) };
}

/** Makes so many calls, `pace` of them at once, and answers what clients were told of those that failed. */
export async function failures(
  house: House,
  slug: string,
  speech: Speech,
  { calls, pace, streamed = false }: { calls: number; pace: number; streamed?: boolean },
): Promise<string[]> {
  const told = await atOnce(calls, pace, () => ask(house, slug, speech, { streamed }));
  return told.filter(({ status }) => status !== 200).map(({ status, body }) => `${status} ${body}`);
}
