import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHouse, type House } from './support/house.ts';
import { anthropicClient } from './support/sdk-clients.ts';

const model = 'claude-haiku-4-5';
const messages = [{ role: 'user' as const, content: 'hello there' }];
const tools = [
  { name: 'weather', input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } } },
];

let house: House;
let client: Anthropic;

beforeAll(async () => {
  house = await openHouse();
  await house.pool('anthropic', 'anthropic', ['good', 'good'], { models: [model, 'claude-sonnet-4-5'] });
  client = anthropicClient(house.url, house.token);
});

afterAll(() => house.close());

describe('the @anthropic-ai/sdk', () => {
  it('messages in one piece', async () => {
    const { data, response } = await client.messages
      .create({ model, max_tokens: 64, messages })
      .withResponse();
    expect(data.content).toEqual([{ type: 'text', text: 'You said: hello there' }]);
    expect(data.usage.input_tokens).toBeGreaterThan(0);
    expect(response.headers.get('x-keywheel-upstream')).toBe('anthropic');
  });

  it('messages streamed, thinking with its signature unharmed', async () => {
    const stream = client.messages.stream({
      model,
      max_tokens: 2048,
      messages,
      thinking: { type: 'enabled', budget_tokens: 1024 },
    });
    const { content, stop_reason } = await stream.finalMessage();
    expect(content[0]).toEqual({ type: 'thinking', thinking: 'Let me think.', signature: 'c2lnbmF0dXJl' });
    expect(content[1]).toMatchObject({ type: 'text', text: 'You said: hello there' });
    expect(stop_reason).toBe('end_turn');
  });

  it('tools there and back, streamed', async () => {
    const { content, stop_reason } = await client.messages
      .stream({ model, max_tokens: 64, messages, tools })
      .finalMessage();
    expect(stop_reason).toBe('tool_use');
    const use = content.find((block) => block.type === 'tool_use');
    expect(use?.input).toEqual({ city: 'Paris' });
    const result = {
      role: 'user' as const,
      content: [{ type: 'tool_result' as const, tool_use_id: use?.id ?? '', content: '21 degrees' }],
    };
    const after = await client.messages.create({
      model,
      max_tokens: 64,
      tools,
      messages: [...messages, { role: 'assistant', content }, result],
    });
    expect(after.content[0]).toMatchObject({ type: 'text', text: 'You said: 21 degrees' });
  });

  it('counts tokens and lists models', async () => {
    expect((await client.messages.countTokens({ model, messages })).input_tokens).toBeGreaterThan(0);
    const listed = (await client.models.list()).data.map(({ id }) => id);
    expect(listed).toEqual(expect.arrayContaining([model, 'claude-sonnet-4-5']));
    expect((await client.models.retrieve(model)).id).toBe(model);
  });
});

describe("errors are the SDK's own classes", () => {
  it('a bad token', async () => {
    const thrown: unknown = await anthropicClient(house.url, 'kw_wrong')
      .messages.create({ model, max_tokens: 1, messages })
      .catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Anthropic.AuthenticationError);
  });

  it('an unknown model', async () => {
    const thrown: unknown = await client.messages
      .create({ model: 'no-such-model', max_tokens: 1, messages })
      .catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Anthropic.NotFoundError);
    expect((thrown as Error).message).toContain('not_found_error');
  });

  it("the upstream's own 400, as it came", async () => {
    const thrown: unknown = await client.messages
      .create({ model, max_tokens: 1, messages: [] })
      .catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Anthropic.BadRequestError);
    expect((thrown as Error).message).toContain("'messages'");
  });

  it('a whole pool over its limit', async () => {
    await house.pool('limited', 'anthropic', [{ kind: 'rate_limited', retryAfter: 30 }], {
      models: ['claude-limited'],
    });
    const thrown: unknown = await client.messages
      .create({ model: 'claude-limited', max_tokens: 1, messages })
      .catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Anthropic.RateLimitError);
  });
});
