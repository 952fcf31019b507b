import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Scripted } from '../fakes/scripted-upstream/behaviour.ts';
import { openHouse, type House } from './support/house.ts';
import { hear } from './support/secrets.ts';

/*
 * No upstream here has `models`, so the first call by a model's name asks for the list. What that meets must not be
 * told as a model that nobody has.
 */
let house: House;

beforeEach(async () => {
  house = await openHouse();
});

afterEach(() => house.close());

async function ask(model = 'gpt-4o-mini') {
  const response = await fetch(`${house.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${house.token}` },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hello' }] }),
  });
  const text = await response.text();
  hear(text);
  return {
    status: response.status,
    code: /"keywheel_code":\s*"(\w+)"/.exec(text)?.[1],
    retryAfter: Number(response.headers.get('retry-after')),
    text,
  };
}

const pool = (slug: string, behaviour: Scripted, of: number, good = 0) =>
  house.pool(
    slug,
    'openai',
    Array.from({ length: of }, (_, index): Scripted => (index < of - good ? behaviour : 'good')),
  );

describe('the very first call by a model', () => {
  it('gets 429 with Retry-After where all keys are at their limits', async () => {
    await pool('limited', { kind: 'rate_limited', retryAfter: 600 }, 3);
    for (let turn = 0; turn < 2; turn += 1) {
      const told = await ask();
      expect(told).toMatchObject({ status: 429, code: 'no_key_free' });
      expect(told.retryAfter).toBeGreaterThan(500);
      expect(told.text).toContain('3 cooling');
    }
  });

  it('gets 503 with Retry-After where the upstream is down', async () => {
    await pool('down', { kind: 'server_error', status: 500 }, 2);
    for (let turn = 0; turn < 2; turn += 1) {
      const told = await ask();
      expect(told).toMatchObject({ status: 503, code: 'unavailable' });
      expect(told.retryAfter).toBeGreaterThan(0);
    }
  });

  it('gets 404 where all lists are known, or waiting would bring none', async () => {
    await pool('known', 'good', 1);
    await pool('keyless', 'good', 0);
    await pool('put-away', 'good', 1);
    const [key] = await house.admin.keys('put-away');
    await house.admin.ask('PATCH', `/api/admin/keys/${key!.id}`, { status: 'disabled' });
    expect(await ask('no-such-model')).toMatchObject({ status: 404, code: 'unknown_model' });
    expect(await ask('no-such-model')).toMatchObject({ status: 404, code: 'unknown_model' });
    const foreign = await ask('größtes-模型');
    expect(foreign).toMatchObject({ status: 404, code: 'unknown_model' });
    expect(foreign.text).toContain('größtes-模型');
    expect(await ask()).toMatchObject({ status: 200 });
  });

  it('is told of limits only where a list that may hold the model is missing', async () => {
    await pool('known', 'good', 1);
    await pool('limited', { kind: 'rate_limited', retryAfter: 600 }, 1);
    expect(await ask()).toMatchObject({ status: 200 });
    expect(await ask('no-such-model')).toMatchObject({ status: 429, code: 'no_key_free' });
  });

  it.each(['rate_limited', 'server_error', 'unauthorized', 'reset'] as const)(
    'succeeds where 99 of 100 keys answer %s',
    async (behaviour) => {
      await pool('large', behaviour, 100, 1);
      expect(await ask()).toMatchObject({ status: 200 });
    },
  );
});
