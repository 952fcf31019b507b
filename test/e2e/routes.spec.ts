import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Scripted } from '../fakes/scripted-upstream/behaviour.ts';
import { openHouse, type House } from './support/house.ts';
import { anthropicClient, googleClient, openaiClient } from './support/sdk-clients.ts';

type Speech = 'openai' | 'anthropic' | 'gemini';
interface Spec {
  readonly model: string;
  readonly targets: readonly { upstream: string; model: string; weight?: number }[];
  readonly strategy?: string;
}

/** Models of the two targets of `pair`; the scripted Gemini knows its own only. */
const MODELS = {
  openai: ['m-1', 'm-2'],
  anthropic: ['m-1', 'm-2'],
  gemini: ['gemini-2.5-pro', 'gemini-2.5-flash'],
} as const;

let house: House;

beforeAll(async () => {
  house = await openHouse();
  await house.admin.changeSettings({ maxWaitMs: 0 });
});

beforeEach(() => house.upstream.forget());

afterAll(() => house.close());

const route = (spec: Spec) => house.admin.ask<{ id: string }>('POST', '/api/admin/routes', spec);

/** One call by model alone. */
async function call(speech: Speech, model: string, token = house.token) {
  const messages = [{ role: 'user', content: 'hello' }];
  const wires = {
    openai: { path: '/v1/chat/completions', body: { model, messages } },
    anthropic: { path: '/v1/messages', body: { model, messages, max_tokens: 32 } },
    gemini: {
      path: `/v1beta/models/${model}:generateContent`,
      body: { contents: [{ parts: [{ text: 'hi' }] }] },
    },
  };
  const { path, body } = wires[speech];
  const headers = { 'x-keywheel-token': token, 'content-type': 'application/json' };
  const response = await fetch(house.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return {
    status: response.status,
    upstream: response.headers.get('x-keywheel-upstream'),
    attempts: Number(response.headers.get('x-keywheel-attempts')),
    retryAfter: response.headers.get('retry-after'),
    body: (await response.json()) as Record<string, unknown>,
  };
}

/** Two upstreams, `{name}-1` and `{name}-2`, each with keys that do this, and a route over both. */
async function pair(name: string, speech: Speech, first: readonly Scripted[], second: readonly Scripted[]) {
  const models = ['unused'];
  await house.pool(`${name}-1`, speech, first, { models });
  await house.pool(`${name}-2`, speech, second, { models });
  const targets = [1, 2].map((n) => ({ upstream: `${name}-${n}`, model: MODELS[speech][n - 1]! }));
  return route({ model: name, targets });
}

/** Models that the upstream was asked for, in order. */
const askedModels = () =>
  house.upstream.calls.flatMap(({ method, path, bodyText }) => {
    // Checks of keys come in between, and what was reset was not read.
    if (method !== 'POST' || bodyText === '') return [];
    const inPath = /models\/([^:]+):/.exec(path)?.[1];
    return inPath ?? (JSON.parse(bodyText) as { model: string }).model;
  });

describe('a route', () => {
  it('stands before everything else that has its name, and asks for the target’s own model', async () => {
    await house.pool('listing', 'openai', ['good'], { models: ['popular'] });
    await house.pool('aim', 'openai', ['good'], { models: ['unused'], modelMap: { mapped: 'theirs' } });
    await route({ model: 'popular', targets: [{ upstream: 'aim', model: 'gpt-4o' }] });
    await route({ model: 'listing/popular', targets: [{ upstream: 'aim', model: 'mapped' }] });
    expect(await call('openai', 'popular')).toMatchObject({ status: 200, upstream: 'aim' });
    expect(await call('openai', 'listing/popular')).toMatchObject({ status: 200, upstream: 'aim' });
    expect(askedModels()).toEqual(['gpt-4o', 'theirs']);
  });

  it('holds from its making, through each change, to its end', async () => {
    await house.pool('life', 'openai', ['good'], { models: ['unused'] });
    const { id } = await route({ model: 'alive', targets: [{ upstream: 'life', model: 'one' }] });
    await call('openai', 'alive');
    await house.admin.ask('PATCH', `/api/admin/routes/${id}`, {
      targets: [{ upstream: 'life', model: 'two' }],
    });
    await call('openai', 'alive');
    expect(askedModels()).toEqual(['one', 'two']);
    await expect(house.admin.ask('DELETE', '/api/admin/upstreams/life')).rejects.toMatchObject({
      status: 409,
    });
    await house.admin.ask('DELETE', `/api/admin/routes/${id}`);
    expect(await call('openai', 'alive')).toMatchObject({ status: 404 });
    await house.admin.ask('DELETE', '/api/admin/upstreams/life');
  });

  it('passes over targets whose upstream is disabled', async () => {
    await pair('half', 'openai', ['good'], ['good']);
    await house.admin.changeUpstream('half-1', { enabled: false });
    expect(await call('openai', 'half')).toMatchObject({ status: 200, upstream: 'half-2', attempts: 1 });
    await house.admin.changeUpstream('half-2', { enabled: false });
    const { status, body } = await call('openai', 'half');
    expect([status, JSON.stringify(body)]).toEqual([
      404,
      expect.stringContaining('no target that is enabled'),
    ]);
  });

  it('is described, audited, and for admins to change', async () => {
    const { secret } = await house.admin.createToken({ role: 'viewer' });
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
    const url = `${house.url}/api/admin/routes`;
    expect((await fetch(url, { headers })).status).toBe(200);
    const body = JSON.stringify({ model: 'x', targets: [{ upstream: 'aim', model: 'm' }] });
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(403);
    for (const fault of [
      { targets: [] },
      { strategy: 'best' },
      { targets: [{ upstream: 'aim', model: 'm', weight: 0 }] },
      { nonsense: 1 },
    ]) {
      const wrong = { model: 'x', targets: [{ upstream: 'aim', model: 'm' }], ...fault };
      await expect(route(wrong as Spec)).rejects.toMatchObject({ status: 400 });
    }
  });
});

describe.each(['openai', 'anthropic', 'gemini'] as const)(
  'routes of %s turn to the next target',
  (speech) => {
    it.each([
      ['a prompt that is too long', ['context_too_long'], 1],
      ['a model that is not there', ['unknown_model'], 1],
      [
        'a pool that is limited',
        [
          { kind: 'rate_limited', retryAfter: 60 },
          { kind: 'rate_limited', retryAfter: 60 },
        ],
        2,
      ],
      ['a pool that is exhausted', ['exhausted', 'exhausted'], 2],
      ['a pool without a good key', ['invalid_key', 'invalid_key'], 2],
      ['an overloaded upstream', [{ kind: 'server_error', status: speech === 'anthropic' ? 529 : 503 }], 1],
      [
        'an upstream that breaks',
        ['reset', 'server_error', { kind: 'server_error', status: 502 }],
        undefined,
      ],
    ] as const)('after %s', async (what, first, failures) => {
      const name = `${speech}-${what.replaceAll(' ', '-')}`.slice(0, 55);
      await pair(name, speech, first, ['good']);
      const told = await call(speech, name);
      expect(told).toMatchObject({ status: 200, upstream: `${name}-2` });
      if (failures !== undefined) expect(told.attempts).toBe(failures + 1);
      expect(askedModels().at(-1)).toBe(MODELS[speech][1]);
    });

    it('but not for what the caller did wrong, and give the answer of the last one', async () => {
      const last = `${speech}-last`;
      await pair(last, speech, ['context_too_long'], ['unknown_model']);
      const told = await call(speech, last);
      expect(told).toMatchObject({ status: 404, upstream: `${last}-2`, attempts: 2 });
      await pair(`${speech}-own`, speech, ['good'], ['good']);
      const wires = {
        openai: '/v1/chat/completions',
        anthropic: '/v1/messages',
        gemini: `/v1beta/models/${speech}-own:generateContent`,
      };
      const headers = { 'x-keywheel-token': house.token, 'content-type': 'application/json' };
      const body = JSON.stringify({ model: `${speech}-own` });
      const wrong = await fetch(house.url + wires[speech], { method: 'POST', headers, body });
      expect([wrong.status, wrong.headers.get('x-keywheel-attempts')]).toEqual([400, '1']);
    });
  },
);

describe('failover among targets', () => {
  it('tells the soonest return where no target has a key', async () => {
    const limited = (retryAfter: number): Scripted[] => [{ kind: 'rate_limited', retryAfter }];
    await pair('all-out', 'openai', limited(20), limited(300));
    const told = await call('openai', 'all-out');
    expect(told.status).toBe(429);
    expect(Number(told.retryAfter)).toBeGreaterThan(0);
    expect(Number(told.retryAfter)).toBeLessThanOrEqual(25);
  });

  it('waits at the target that has a key soonest', async () => {
    await pair('patient', 'openai', ['good'], [{ kind: 'rate_limited', retryAfter: 300 }]);
    await house.admin.changeUpstream('patient-1', { limits: { concurrency: 1 } });
    await house.admin.changeSettings({ maxWaitMs: 10_000 });
    const told = await Promise.all([1, 2, 3].map(() => call('openai', 'patient')));
    expect(told.map(({ status, upstream }) => [status, upstream])).toEqual(Array(3).fill([200, 'patient-1']));
    await house.admin.changeSettings({ maxWaitMs: 0 });
  });

  it('leaves an upstream alone whose breaker is open', async () => {
    await pair('broken', 'openai', ['server_error'], ['good']);
    for (let n = 0; n < 8; n++) expect((await call('openai', 'broken')).upstream).toBe('broken-2');
    house.upstream.forget();
    const told = await call('openai', 'broken');
    expect([told.status, told.attempts, askedModels()]).toEqual([200, 1, ['m-2']]);
  });

  it('waits but once for a connection that cannot be made', async () => {
    await pair('mute', 'openai', ['good'], ['good']);
    // It takes connections and never says a word of TLS.
    const mute = createServer().listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo;
    await house.admin.changeUpstream('mute-1', {
      baseUrl: `https://127.0.0.1:${port}/v1`,
      timeouts: { connectTimeoutMs: 1200 },
    });
    expect(await call('openai', 'mute')).toMatchObject({ status: 200, upstream: 'mute-2', attempts: 2 });
    mute.close();
  });

  it('is for models with several upstreams too, without a route', async () => {
    for (const [slug, does, priority] of [
      ['near', 'unknown_model', 2],
      ['far', 'good', 1],
    ] as const)
      await house.pool(slug, 'openai', [does], { models: ['shared'], priority });
    expect(await call('openai', 'shared')).toMatchObject({ status: 200, upstream: 'far', attempts: 2 });
  });
});

describe('a route over protocols', () => {
  it('turns from one to the next, whatever they speak, and answers in the caller’s own', async () => {
    const models = ['unused'];
    await house.pool('over-openai', 'openai', ['context_too_long'], { models });
    await house.pool('over-anthropic', 'anthropic', [{ kind: 'server_error', status: 529 }], { models });
    await house.pool('over-gemini', 'gemini', ['good'], { models, preset: 'gemini', modelSuffixes: true });
    const targets = [
      { upstream: 'over-openai', model: 'gpt-4o' },
      { upstream: 'over-anthropic', model: 'claude-haiku-4-5' },
      { upstream: 'over-gemini', model: 'gemini-2.5-flash-search-non-thinking' },
    ];
    await route({ model: 'over-all', targets });
    const shapes = { openai: 'choices', anthropic: 'content', gemini: 'candidates' } as const;
    for (const speech of ['openai', 'anthropic', 'gemini'] as const) {
      house.upstream.forget();
      const told = await call(speech, 'over-all');
      expect(told).toMatchObject({ status: 200, upstream: 'over-gemini' });
      expect(told.body).toHaveProperty(shapes[speech]);
      expect(askedModels().at(-1)).toBe('gemini-2.5-flash');
      expect(JSON.parse(house.upstream.calls.at(-1)!.bodyText)).toMatchObject({
        tools: [{ googleSearch: {} }],
        generationConfig: { thinkingConfig: { thinkingBudget: 0 } },
      });
    }
  });
});

describe('weighted routes', () => {
  it('share calls by weight, and fall back to the others', async () => {
    await house.pool('heavy', 'openai', ['good'], { models: ['unused'] });
    await house.pool('light', 'openai', ['good'], { models: ['unused'] });
    await house.pool('dead', 'openai', ['unauthorized'], { models: ['unused'] });
    const targets = [
      { upstream: 'dead', model: 'm', weight: 4 },
      { upstream: 'heavy', model: 'm', weight: 3 },
      { upstream: 'light', model: 'm', weight: 1 },
    ];
    await route({ model: 'balanced', strategy: 'weighted', targets: targets.slice(1) });
    const served: (string | null)[] = [];
    for (let n = 0; n < 8; n++) served.push((await call('openai', 'balanced')).upstream);
    expect(served.filter((slug) => slug === 'heavy')).toHaveLength(6);
    await route({ model: 'lame', strategy: 'weighted', targets });
    for (let n = 0; n < 8; n++) {
      const told = await call('openai', 'lame');
      expect([told.status, told.upstream === 'dead']).toEqual([200, false]);
    }
  });

  it('share among those that the token may use', async () => {
    const upstreams = ['heavy', 'light'];
    const { secret } = await house.admin.createToken({ scopes: { upstreams } });
    const targets = [
      { upstream: 'aim', model: 'm', weight: 8 },
      { upstream: 'heavy', model: 'm', weight: 1 },
      { upstream: 'light', model: 'm', weight: 1 },
    ];
    await route({ model: 'scoped', strategy: 'weighted', targets });
    const served: (string | null)[] = [];
    for (let n = 0; n < 4; n++) served.push((await call('openai', 'scoped', secret)).upstream);
    expect(served.sort()).toEqual(['heavy', 'heavy', 'light', 'light']);
  });
});

describe('the scope of a token', () => {
  const statusOf = async (scopes: object, model: string) => {
    const { secret } = await house.admin.createToken({ scopes });
    const { status, upstream } = await call('openai', model, secret);
    return [status, upstream];
  };

  it('holds on the final upstream, and on the name of the route or of the target’s model', async () => {
    await pair('held', 'openai', ['good'], ['good']);
    expect(await statusOf({ upstreams: ['held-2'] }, 'held')).toEqual([200, 'held-2']);
    expect(await statusOf({ models: ['held'] }, 'held')).toEqual([200, 'held-1']);
    expect(await statusOf({ models: ['m-2'] }, 'held')).toEqual([200, 'held-2']);
    expect(await statusOf({ models: ['other'] }, 'held')).toEqual([403, null]);
    expect(await statusOf({ upstreams: ['aim'], models: ['held'] }, 'held')).toEqual([403, null]);
  });

  it('shows the route in every list of models, or does not', async () => {
    await pair('spoken-openai', 'openai', ['good'], ['good']);
    await pair('spoken-anthropic', 'anthropic', ['good'], ['good']);
    await pair('spoken-gemini', 'gemini', ['good'], ['good']);
    const lists = async (token: string) => {
      const openai = await openaiClient(house.url, token).models.list();
      const anthropic = await anthropicClient(house.url, token).models.list({ limit: 1000 });
      const gemini = await googleClient(house.url, token).models.list({ config: { pageSize: 1000 } });
      const names = [
        openai.data.map(({ id }) => id),
        anthropic.data.map(({ id }) => id),
        gemini.page.map(({ name }) => name?.replace('models/', '')),
      ];
      return names.map((of) => of.filter((name) => name?.startsWith('spoken-')));
    };
    const all = ['spoken-anthropic', 'spoken-gemini', 'spoken-openai'];
    expect(await lists(house.token)).toEqual([all, all, all]);
    const { secret } = await house.admin.createToken({ scopes: { models: ['spoken-gem*'] } });
    expect(await lists(secret)).toEqual(Array(3).fill(['spoken-gemini']));
    const one = await openaiClient(house.url, house.token).models.retrieve('spoken-openai');
    expect(one).toMatchObject({ id: 'spoken-openai', owned_by: 'keywheel' });
  });
});

describe('an inspection', () => {
  interface Inspected {
    readonly route: {
      readonly strategy: string;
      readonly targets: readonly {
        upstream: string;
        model: string;
        eligible: boolean;
        reason: string | null;
        next: string | null;
      }[];
      readonly next: { upstream: string; model: string } | null;
    } | null;
    readonly next: { upstream: string; key: string } | null;
  }
  const inspect = (model: string, more: object = {}) =>
    house.admin.ask<Inspected>('POST', '/api/admin/inspect', {
      path: '/v1/chat/completions',
      model,
      ...more,
    });

  it('shows a route’s targets, why one is not eligible, and which is next', async () => {
    await pair('seen', 'openai', ['good'], ['good']);
    await house.pool('seen-off', 'openai', ['good'], { models: ['unused'], enabled: false });
    const targets = [
      { upstream: 'seen-off', model: 'm-0', weight: 5 },
      { upstream: 'seen-1', model: 'm-1', weight: 1 },
      { upstream: 'seen-2', model: 'm-2', weight: 1 },
    ];
    await route({ model: 'looked-at', strategy: 'weighted', targets });
    const { route: seen } = await inspect('looked-at');
    expect(seen).toMatchObject({ strategy: 'weighted', targets });
    expect(seen?.targets.map(({ reason }) => reason)).toEqual(['disabled', null, null]);
    for (let n = 0; n < 5; n++) {
      const before = await inspect('looked-at');
      expect((await inspect('looked-at')).route?.next).toEqual(before.route?.next);
      const { upstream } = await call('openai', 'looked-at');
      expect([before.route?.next?.upstream, before.next?.upstream]).toEqual([upstream, upstream]);
    }
    const { id } = await house.admin.createToken({ scopes: { upstreams: ['seen-2'] } });
    const scoped = await inspect('looked-at', { token: id });
    expect(scoped.route?.targets.map(({ reason }) => reason)).toEqual(['disabled', 'out_of_scope', null]);
    expect(scoped.route?.next).toEqual({ upstream: 'seen-2', model: 'm-2' });
    expect((await inspect('no-route')).route).toBeNull();
  });
});

describe('statistics', () => {
  it('count a route’s calls under the model of the target that answered', async () => {
    await house.pool('counted', 'openai', ['good'], { models: ['unused'] });
    await route({ model: 'alias', targets: [{ upstream: 'counted', model: 'dear-model' }] });
    await call('openai', 'alias');
    const stats = JSON.stringify(await house.admin.get('/stats?window=1h'));
    expect(stats).toContain('dear-model');
    expect(stats).not.toContain('"alias"');
  });
});
