import type Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Scripted } from '../fakes/scripted-upstream/behaviour.ts';
import { openHouse, type House } from './support/house.ts';
import { anthropicClient, googleClient, openaiClient } from './support/sdk-clients.ts';
import { until } from './support/until.ts';

/*
 * No upstream here has `models`: what it can do is asked of it. The keys that are first in turn are dead or out of
 * their limits, and neither the question nor the call may end there.
 */
const POOL: readonly Scripted[] = ['unauthorized', { kind: 'rate_limited', retryAfter: 600 }, 'good'];

const text = (message: Anthropic.Message) =>
  message.content.map((part) => (part.type === 'text' ? part.text : '')).join('');

/** A call by model alone, as its SDK makes it; answers the text. */
const WAYS = {
  openai: async (house: House, content: string) => {
    const client = openaiClient(house.url, house.token);
    const messages = [{ role: 'user' as const, content }];
    const answer = await client.chat.completions.create({ model: 'gpt-4o-mini', messages });
    return answer.choices[0]?.message.content;
  },
  anthropic: async (house: House, content: string) => {
    const client = anthropicClient(house.url, house.token);
    const messages = [{ role: 'user' as const, content }];
    return text(await client.messages.create({ model: 'claude-haiku-4-5', max_tokens: 64, messages }));
  },
  gemini: async (house: House, contents: string) => {
    const client = googleClient(house.url, house.token);
    return (await client.models.generateContent({ model: 'gemini-2.5-flash', contents })).text;
  },
};

describe.each(['openai', 'anthropic', 'gemini'] as const)('without models, an upstream of %s', (speech) => {
  let house: House;
  let keys: string[];

  beforeAll(async () => {
    house = await openHouse();
    keys = await house.pool('found-out', speech, POOL);
    // The good key is last in turn, whatever order a database has.
    const good = (await house.admin.keys('found-out')).find(({ masked }) =>
      masked.endsWith(keys[2]!.slice(-4)),
    );
    await house.admin.ask('PATCH', `/api/admin/keys/${good!.id}`, { priority: -1 });
  });

  beforeEach(() => house.upstream.forget());

  afterAll(() => house.close());

  const confirmed = async () =>
    (await house.admin.keys('found-out')).some(({ status }) => status === 'invalid');

  it('is found by a model that it lists, although its first keys fail', async () => {
    expect(await WAYS[speech](house, 'are you there')).toBe('You said: are you there');
    await until(confirmed, 'a check has confirmed that the first key is dead');
    const asked = keys.map((key) => house.upstream.callsWith(key).map(({ method }) => method));
    // The dead key: the list and the check. What the list has taught of the keys spares the call.
    expect(asked).toEqual([['GET', 'GET'], ['GET'], ['GET', 'POST']]);
  });

  it('is asked once: later calls go to the good key at once', async () => {
    await WAYS[speech](house, 'again');
    expect(house.upstream.calls.map(({ method, key }) => [method, key])).toEqual([['POST', keys[2]]]);
  });

  it('has no model that it does not list', async () => {
    const client = openaiClient(house.url, house.token);
    const messages = [{ role: 'user' as const, content: 'hello' }];
    await expect(client.chat.completions.create({ model: 'no-such-model', messages })).rejects.toMatchObject({
      status: 404,
    });
    expect(house.upstream.calls).toEqual([]);
  });
});
