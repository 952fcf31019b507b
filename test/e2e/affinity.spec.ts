import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openHouse, type House } from './support/house.ts';
import { anthropicClient, openaiClient } from './support/sdk-clients.ts';

const messages = [{ role: 'user' as const, content: 'hello' }];
const FOUR = ['good', 'good', 'good', 'good'] as const;

let house: House;

beforeAll(async () => {
  house = await openHouse();
  await house.pool('many', 'openai', FOUR, { models: ['gpt-4o'] });
  await house.pool('claude', 'anthropic', FOUR, { models: ['claude-haiku-4-5'] });
  await house.pool('indifferent', 'openai', FOUR, { models: ['gpt-4o-mini'], affinity: false });
  await house.pool('rest', 'http', FOUR);
});

beforeEach(() => house.upstream.forget());

afterAll(() => house.close());

const keys = () => house.upstream.calls.filter(({ method }) => method === 'POST').map(({ key }) => key);

async function chat(fields: object, headers: Record<string, string> = {}, model = 'gpt-4o') {
  const client = openaiClient(house.url, house.token);
  const { response } = await client.chat.completions
    .create({ model, messages, ...fields }, { headers })
    .withResponse();
  return response.headers.get('x-keywheel-key');
}

/** How many keys served so many calls. */
async function keysOf(calls: number, call: () => Promise<unknown>): Promise<number> {
  house.upstream.forget();
  for (let n = 0; n < calls; n++) await call();
  return new Set(keys()).size;
}

describe('calls of one conversation', () => {
  it.each([
    ['prompt_cache_key', () => chat({ prompt_cache_key: 'conversation-1' })],
    ['user', () => chat({ user: 'somebody' })],
    ['the header', () => chat({}, { 'X-Keywheel-Affinity': 'conversation-2' })],
    [
      'the header before the body',
      () => chat({ user: String(Math.random()) }, { 'x-keywheel-affinity': 'c3' }),
    ],
    ['prompt_cache_key before user', () => chat({ user: String(Math.random()), prompt_cache_key: 'c4' })],
    [
      'metadata.user_id of Anthropic',
      () =>
        anthropicClient(house.url, house.token).messages.create({
          model: 'claude-haiku-4-5',
          max_tokens: 8,
          messages,
          metadata: { user_id: 'session-1' },
        }),
    ],
    [
      'the header of plain HTTP',
      () =>
        fetch(`${house.url}/proxy/rest/echo/x`, {
          method: 'POST',
          headers: { authorization: `Bearer ${house.token}`, 'x-keywheel-affinity': 'c5' },
        }).then((answer) => answer.text()),
    ],
  ] as const)('keep their key by %s, which others do not', async (_, call) => {
    expect(await keysOf(6, call)).toBe(1);
    for (const { headers } of house.upstream.calls) expect(headers).not.toHaveProperty('x-keywheel-affinity');
  });

  it('do not share it with those that name another conversation, or none', async () => {
    await house.pool('fresh', 'openai', FOUR, { models: ['fresh-model'] });
    const fresh = (fields: object) => chat(fields, {}, 'fresh-model');
    expect(await keysOf(4, () => fresh({}))).toBe(4);
    let n = 0;
    expect(await keysOf(4, () => fresh({ user: `user-${n++}` }))).toBe(4);
    const first = await fresh({ user: 'same name' });
    const { secret } = await house.admin.createToken();
    await fresh({});
    const other = openaiClient(house.url, secret);
    const { response } = await other.chat.completions
      .create({ model: 'fresh-model', messages, user: 'same name' })
      .withResponse();
    // Another token's conversation of that name took its own turn.
    expect(response.headers.get('x-keywheel-key')).not.toBe(first);
  });

  it('yield when the key is limited, and stay with the one that served', async () => {
    const asked = () => chat({ user: 'wanderer' });
    const first = await asked();
    expect(await asked()).toBe(first);
    house.upstream.next({ kind: 'rate_limited', retryAfter: 60 });
    const second = await asked();
    expect(second).not.toBe(first);
    expect([await asked(), await asked()]).toEqual([second, second]);
    await house.admin.ask('POST', '/api/admin/keys/actions', { action: 'disable', ids: [second] });
    const third = await asked();
    expect([third === first, third === second]).toEqual([false, false]);
  });

  it('take their turns where the upstream has it switched off', async () => {
    expect(await keysOf(4, () => chat({ user: 'x' }, {}, 'gpt-4o-mini'))).toBe(4);
  });
});
