import { APICallError, embed, generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHouse, type House } from './support/house.ts';
import { aiProviders } from './support/sdk-clients.ts';

let house: House;
let providers: ReturnType<typeof aiProviders>;

beforeAll(async () => {
  house = await openHouse();
  await house.pool('openai', 'openai', ['good'], { models: ['gpt-4o-mini', 'text-embedding-3-small'] });
  await house.pool('anthropic', 'anthropic', ['good'], { models: ['claude-haiku-4-5'] });
  await house.pool('gemini', 'gemini', ['good'], { models: ['gemini-2.5-flash'] });
  providers = aiProviders(house.url, house.token);
});

afterAll(() => house.close());

const models = {
  'openai responses': () => providers.openai('gpt-4o-mini'),
  'openai chat': () => providers.openai.chat('gpt-4o-mini'),
  anthropic: () => providers.anthropic('claude-haiku-4-5'),
  google: () => providers.google('gemini-2.5-flash'),
};

describe.each(Object.entries(models))('the AI SDK with %s', (_name, model) => {
  it('generates', async () => {
    const { text, usage } = await generateText({ model: model(), prompt: 'hello there', maxRetries: 0 });
    expect(text).toBe('You said: hello there');
    expect(usage.outputTokens).toBeGreaterThan(0);
  });

  it('streams', async () => {
    const { textStream } = streamText({ model: model(), prompt: 'hello there', maxRetries: 0 });
    let text = '';
    for await (const piece of textStream) text += piece;
    expect(text).toBe('You said: hello there');
  });

  it('runs a tool and goes on with its result', async () => {
    const weather = tool({
      description: 'Weather of a city',
      inputSchema: jsonSchema<{ city: string }>({ type: 'object', properties: { city: { type: 'string' } } }),
      execute: async ({ city }) => `21 degrees in ${city}`,
    });
    const { steps } = await generateText({
      model: model(),
      prompt: 'weather?',
      tools: { weather },
      stopWhen: stepCountIs(3),
      maxRetries: 0,
    });
    expect(steps).toHaveLength(2);
    expect(steps[0]?.toolResults[0]?.output).toBe('21 degrees in Paris');
  });

  it('throws its own error with the status', async () => {
    const wrong = aiProviders(house.url, 'kw_wrong');
    const thrown: unknown = await generateText({
      model: wrong.openai('gpt-4o-mini'),
      prompt: 'x',
      maxRetries: 0,
    }).catch((error: unknown) => error);
    expect(APICallError.isInstance(thrown)).toBe(true);
    expect((thrown as APICallError).statusCode).toBe(401);
  });
});

it('embeds', async () => {
  const { embedding } = await embed({
    model: providers.openai.embedding('text-embedding-3-small'),
    value: 'x',
    maxRetries: 0,
  });
  expect(embedding).toHaveLength(8);
});
