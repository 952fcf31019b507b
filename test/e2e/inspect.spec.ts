import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask } from './support/ask.ts';
import { openHouse, type House } from './support/house.ts';
import { openaiClient } from './support/sdk-clients.ts';
import { until } from './support/until.ts';

interface InspectedKey {
  readonly id: string;
  readonly eligible: boolean;
  readonly reason: string | null;
  readonly until: string | null;
}

interface Inspected {
  readonly upstreams: readonly {
    readonly upstream: string;
    readonly eligible: boolean;
    readonly reason: string | null;
    readonly next: string | null;
    readonly keys: readonly InspectedKey[];
  }[];
  readonly next: { readonly upstream: string; readonly key: string } | null;
}

const model = 'gpt-4o-mini';
const messages = [{ role: 'user' as const, content: 'hello' }];

let house: House;

beforeAll(async () => {
  house = await openHouse();
  const models = [model];
  await house.pool('first', 'openai', ['good', 'unauthorized', 'good', 'good'], { models, priority: 2 });
  await house.pool('second', 'openai', ['good'], { models, priority: 1 });
  await house.pool('switched-off', 'openai', ['good'], { models, enabled: false });
  await house.pool('claude', 'anthropic', ['good'], { models: ['claude-haiku-4-5'] });
  await house.pool('other-models', 'openai', ['good'], { models: ['gpt-4o'] });
});

beforeEach(() => house.upstream.forget());

afterAll(() => house.close());

const inspect = (more: Record<string, unknown> = {}) =>
  house.admin.ask<Inspected>('POST', '/api/admin/inspect', { path: '/v1/chat/completions', model, ...more });

const reasons = ({ upstreams }: Inspected) =>
  Object.fromEntries(upstreams.map(({ upstream, eligible, reason }) => [upstream, eligible ? 'ok' : reason]));

describe('inspect', () => {
  it('tells which upstreams are eligible, and why the others are not', async () => {
    const seen = await inspect();
    expect(reasons(seen)).toEqual({
      first: 'ok',
      second: 'ok',
      'switched-off': 'disabled',
      // Its protocol is no hindrance: the call would be translated.
      claude: 'model_not_listed',
      'other-models': 'model_not_listed',
    });
    expect(seen.upstreams.slice(0, 2).map(({ upstream }) => upstream)).toEqual(['first', 'second']);
    expect(house.upstream.calls).toEqual([]);
  });

  it('holds to the scope of a token, by its id', async () => {
    const scopes = { upstreams: ['second'] };
    const { id, secret } = await house.admin.createToken({ name: 'second only', scopes });
    const seen = await inspect({ token: id });
    expect(reasons(seen)).toMatchObject({ first: 'out_of_scope', second: 'ok' });
    const { response } = await openaiClient(house.url, secret)
      .chat.completions.create({ model, messages })
      .withResponse();
    expect(seen.next).toEqual({
      upstream: response.headers.get('x-keywheel-upstream'),
      key: response.headers.get('x-keywheel-key'),
    });
  });

  it('names the key that serves the next call, as often as it is asked', async () => {
    // One round first, in which the dead key is found out.
    for (let round = 0; round < 4; round += 1) await ask(house, 'first', 'openai');
    for (let round = 0; round < 7; round += 1) {
      const { next } = await inspect();
      expect((await inspect()).next).toEqual(next);
      const { response } = await openaiClient(house.url, house.token)
        .chat.completions.create({ model, messages })
        .withResponse();
      expect(next).toEqual({
        upstream: response.headers.get('x-keywheel-upstream'),
        key: response.headers.get('x-keywheel-key'),
      });
    }
  });

  it('tells why a key is not eligible', async () => {
    const dead = await until(
      async () => (await house.admin.keys('first')).find(({ status }) => status === 'invalid'),
      'a check has confirmed that the key is dead',
    );
    const off = (await house.admin.keys('first')).find(({ status }) => status === 'active');
    await house.admin.ask('POST', '/api/admin/keys/actions', { action: 'disable', ids: [off!.id] });
    const keys = (await inspect()).upstreams.find(({ upstream }) => upstream === 'first')!.keys;
    const seen = new Map(keys.map((key) => [key.id, key]));
    expect(seen.get(off!.id)).toMatchObject({ eligible: false, reason: 'disabled' });
    expect(seen.get(dead.id)).toMatchObject({ eligible: false, reason: 'invalid' });
    expect(keys.filter(({ eligible }) => eligible)).toHaveLength(2);
    await house.admin.ask('POST', '/api/admin/keys/actions', { action: 'enable', ids: [off!.id] });
  });

  it('goes by the path too: an upstream that it names, another protocol, no path of a call', async () => {
    const named = reasons(await inspect({ path: '/llm/second/v1/chat/completions' }));
    expect(named).toMatchObject({ first: 'not_named', second: 'ok' });
    const spoken = await inspect({ path: '/v1/messages', model: 'claude-haiku-4-5' });
    expect(reasons(spoken)).toMatchObject({ first: 'model_not_listed', claude: 'ok' });
    expect(spoken.next?.upstream).toBe('claude');
    const sound = await inspect({ path: '/v1/audio/speech', model: 'claude-haiku-4-5' });
    expect(reasons(sound)).toMatchObject({ claude: 'other_protocol' });
    await expect(inspect({ path: '/nowhere' })).rejects.toMatchObject({ status: 400 });
  });
});
