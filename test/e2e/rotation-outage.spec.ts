import { afterAll, beforeAll, expect, it } from 'vitest';
import { ScriptedUpstream } from '../fakes/scripted-upstream/scripted-upstream.ts';
import { ask } from './support/ask.ts';
import { atOnce } from './support/at-once.ts';
import { baseUrlOf, openHouse, type House } from './support/house.ts';
import { newSecret } from './support/secrets.ts';
import { until } from './support/until.ts';

const KEYS = Array.from({ length: 120 }, () => newSecret('sk-proj-'));

let house: House;

beforeAll(async () => {
  house = await openHouse();
});

afterAll(() => house.close());

async function start(port?: number): Promise<ScriptedUpstream> {
  const upstream = await ScriptedUpstream.start({ port });
  for (const key of KEYS) upstream.keys.set(key, { then: 'good' });
  return upstream;
}

async function call() {
  const { status, headers } = await ask(house, 'away', 'openai');
  return { status, attempts: Number(headers.get('x-keywheel-attempts')) };
}

it('an upstream that cannot be reached is asked three times a call, then left alone, and no key suffers', async () => {
  const before = await start();
  await house.admin.addUpstream({ slug: 'away', protocol: 'openai', baseUrl: baseUrlOf(before, 'openai') });
  await house.admin.addKeys('away', KEYS);
  const inUse = await atOnce(KEYS.length, 4, call);
  expect(inUse.filter(({ status }) => status !== 200)).toEqual([]);

  const port = Number(new URL(before.url).port);
  await before.close();
  const told: Awaited<ReturnType<typeof call>>[] = [];
  await until(async () => told[told.push(await call()) - 1]!.status === 503, 'the breaker to open');
  expect(told.at(-1)).toEqual({ status: 503, attempts: 0 });
  const tried = told.slice(0, -1);
  expect(tried).toEqual(tried.map(() => ({ status: 502, attempts: 3 })));

  const after = await start(port);
  await until(async () => (await call()).status === 200, 'the breaker to close');
  expect(await atOnce(KEYS.length, 4, call)).toEqual(KEYS.map(() => ({ status: 200, attempts: 1 })));
  const served = KEYS.filter((key) => after.callsWith(key).length > 0);
  expect(served.length).toBe(KEYS.length);
  await after.close();
});
