import { afterAll, beforeAll, expect, it } from 'vitest';
import { HeldUpstream } from '../fakes/held-upstream.ts';
import { newSecret } from './support/secrets.ts';
import { startGateway, type Gateway } from './support/start-gateway.ts';

let one: Gateway;
let other: Gateway;
let held: HeldUpstream;
let token: string;

beforeAll(async () => {
  [one, other, held] = await Promise.all([startGateway(), startGateway(), HeldUpstream.start()]);
  token = (await one.admin.createToken()).secret;
  const others = (await other.admin.createToken()).secret;
  const add = async (gateway: Gateway, slug: string, protocol: string, baseUrl: string, key: string) => {
    const models = protocol === 'http' ? [] : [`${slug}-model`];
    await gateway.admin.addUpstream({ slug, protocol, baseUrl, models });
    await gateway.admin.addKeys(slug, [key, newSecret('second-')]);
  };
  await add(one, 'itself', 'http', `${one.url}/proxy/itself`, token);
  await add(one, 'llm-itself', 'openai', `${one.url}/v1`, token);
  await add(one, 'there', 'http', `${other.url}/proxy/back`, others);
  await add(other, 'back', 'http', `${one.url}/proxy/there`, token);
  await add(one, 'through', 'http', `${other.url}/proxy/held`, others);
  await add(other, 'held', 'http', held.url, newSecret('key-'));
});

afterAll(async () => {
  await Promise.all([one.stop(), other.stop()]);
  await held.close();
});

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(one.url + path, { headers: { authorization: `Bearer ${token}`, ...headers } });

const callsOf = async ({ admin }: Gateway) =>
  (await admin.get<{ totals: { calls: number } }>('/stats?window=1h')).totals.calls;

it.each(['itself', 'there'])('an upstream that leads back (%s) is told of, at once', async (slug) => {
  const before = await callsOf(one);
  const answer = await get(`/proxy/${slug}/x`);
  expect(answer.status).toBe(508);
  expect(await answer.json()).toMatchObject({ keywheel_code: 'loop_detected' });
  expect(answer.headers.get('x-keywheel-attempts')).toBe('1');
  // What came in, and what came back.
  await expect.poll(async () => (await callsOf(one)) - before).toBe(2);
});

it('so in the caller’s protocol', async () => {
  const answer = await fetch(`${one.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ model: 'llm-itself-model', messages: [{ role: 'user', content: 'hi' }] }),
  });
  expect(answer.status).toBe(508);
  expect(await answer.json()).toMatchObject({ error: { code: 'loop_detected' } });
});

it('leaves gateways behind gateways alone, and tells the upstream nothing but marks', async () => {
  const asked = get('/proxy/through/x', {
    'x-keywheel-via': 'forged',
    via: '1.1 client',
    'cdn-loop': 'client',
  });
  const call = await held.call();
  call.json({ ok: true });
  const answer = await asked;
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-keywheel-via')).toBeNull();
  const { headers } = call.request;
  expect(headers['x-keywheel-via']).toMatch(/^[0-9a-f]{16}, [0-9a-f]{16}$/);
  expect(headers.via).toBeUndefined();
  expect(headers['cdn-loop']).toBeUndefined();
});
