import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MODEL, openHouse, type House } from './support/house.ts';
import { anthropicClient, googleClient, openaiClient } from './support/sdk-clients.ts';

const POOLS = ['native', 'none', 'preferred'] as const;
type Pool = (typeof POOLS)[number];

const CHAT = '/v1/chat/completions';
const RESPONSES = '/v1/responses';

let house: House;

beforeAll(async () => {
  house = await openHouse();
  for (const responsesApi of POOLS) {
    const models = [`by-${responsesApi}`];
    const modelMap = { [models[0]!]: MODEL.openai };
    await house.pool(responsesApi, 'openai', ['good'], { models, modelMap, responsesApi });
  }
});

afterAll(() => house.close());

/** By client, with a model of that pool. */
const ASKS: Readonly<Record<string, (model: string) => Promise<unknown>>> = {
  responses: (model) => openaiClient(house.url, house.token).responses.create({ model, input: 'x' }),
  chat: (model) =>
    openaiClient(house.url, house.token).chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'x' }],
    }),
  anthropic: (model) =>
    anthropicClient(house.url, house.token).messages.create({
      model,
      max_tokens: 100,
      messages: [{ role: 'user', content: 'x' }],
    }),
  gemini: (model) => googleClient(house.url, house.token).models.generateContent({ model, contents: 'x' }),
};

function asked(): string | undefined {
  return house.upstream.calls.findLast(({ method }) => method === 'POST')?.path;
}

describe('an upstream of OpenAI’s protocol', () => {
  it.each<[Pool, string, string]>([
    ['native', 'responses', RESPONSES],
    ['native', 'chat', CHAT],
    ['native', 'anthropic', CHAT],
    ['native', 'gemini', CHAT],
    ['none', 'responses', CHAT],
    ['none', 'chat', CHAT],
    ['none', 'anthropic', CHAT],
    ['preferred', 'responses', RESPONSES],
    ['preferred', 'chat', CHAT],
    ['preferred', 'anthropic', RESPONSES],
    ['preferred', 'gemini', RESPONSES],
  ])('whose responsesApi is %s hears a client of %s at %s', async (pool, client, path) => {
    await ASKS[client]!(`by-${pool}`);
    expect(asked()).toBe(path);
  });

  it('that prefers Responses is asked by Chat Completions for what Responses cannot say', async () => {
    const answer = await anthropicClient(house.url, house.token).messages.create({
      model: 'by-preferred',
      max_tokens: 100,
      stop_sequences: ['END'],
      messages: [{ role: 'user', content: 'x' }],
    });
    expect(answer.stop_reason).toBe('end_turn');
    expect(asked()).toBe(CHAT);
  });

  it('changes with the admin API, at once', async () => {
    await house.admin.ask('PATCH', '/api/admin/upstreams/native', { responsesApi: 'none' });
    await ASKS.responses!('by-native');
    expect(asked()).toBe(CHAT);
    await house.admin.ask('PATCH', '/api/admin/upstreams/native', { responsesApi: null });
    await ASKS.responses!('by-native');
    expect(asked()).toBe(RESPONSES);
  });
});
