import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openHouse, type House } from './support/house.ts';
import { googleClient } from './support/sdk-clients.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
  await house.pool('suffixed', 'gemini', ['good'], {
    preset: 'gemini',
    modelSuffixes: true,
    modelDefaults: {
      'gemini-2.5-*': {
        generationConfig: { thinkingConfig: { thinkingBudget: 1024 } },
        safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
      },
    },
  });
  await house.pool('plain-gemini', 'gemini', ['good'], { models: ['gemini-2.5-pro'], priority: -1 });
  await house.pool('gpt', 'openai', ['good'], {
    models: ['gpt-4o'],
    modelDefaults: { 'gpt-*': { reasoning: { effort: 'low', summary: 'auto' }, max_tokens: 50 } },
  });
});

beforeEach(() => house.upstream.forget());

afterAll(() => house.close());

/** What the upstream was asked last: its model and the body without the contents. */
function asked() {
  const { path, bodyText } = house.upstream.calls.findLast(({ method }) => method === 'POST')!;
  const { contents: _, ...body } = JSON.parse(bodyText) as Record<string, unknown>;
  return { model: /models\/([^:]+):/.exec(path)?.[1], body };
}

const generate = (model: string, config = {}, path = '') =>
  googleClient(house.url, house.token, path).models.generateContent({ model, contents: 'hello', config });

const safetySettings = [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }];

describe('endings of models', () => {
  it.each([
    ['gemini-2.5-flash', { generationConfig: { thinkingConfig: { thinkingBudget: 1024 } } }],
    [
      'gemini-2.5-flash-search',
      { tools: [{ googleSearch: {} }], generationConfig: { thinkingConfig: { thinkingBudget: 1024 } } },
    ],
    ['gemini-2.5-flash-non-thinking', { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } }],
    [
      'gemini-2.5-flash-thinking',
      { generationConfig: { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } } },
    ],
    [
      'gemini-2.5-flash-search-non-thinking',
      { tools: [{ googleSearch: {} }], generationConfig: { thinkingConfig: { thinkingBudget: 0 } } },
    ],
  ])('%s', async (model, body) => {
    await generate(model);
    expect(asked()).toEqual({ model: 'gemini-2.5-flash', body: { ...body, safetySettings } });
    await generate(model, {}, '/llm/suffixed');
    expect(asked()).toEqual({ model: 'gemini-2.5-flash', body: { ...body, safetySettings } });
  });

  it('give way to what the client says itself', async () => {
    const own = [{ category: 'HARM_CATEGORY_HATE_SPEECH', threshold: 'BLOCK_NONE' }] as never;
    await generate('gemini-2.5-flash-non-thinking', {
      thinkingConfig: { thinkingBudget: 7 },
      safetySettings: own,
    });
    expect(asked().body).toMatchObject({
      generationConfig: { thinkingConfig: { thinkingBudget: 7 } },
      safetySettings: own,
    });
  });

  it('are for streams too, and leave other operations alone', async () => {
    const client = googleClient(house.url, house.token);
    const stream = await client.models.generateContentStream({
      model: 'gemini-2.5-flash-search',
      contents: 'hello',
    });
    for await (const chunk of stream) expect(chunk).toBeDefined();
    expect(asked().body).toMatchObject({ tools: [{ googleSearch: {} }] });
    await client.models.countTokens({ model: 'gemini-2.5-flash-search', contents: 'hello' });
    expect(asked()).toEqual({ model: 'gemini-2.5-flash', body: {} });
  });

  it('are listed where they are on, and unknown where they are off', async () => {
    const page = await googleClient(house.url, house.token).models.list({ config: { pageSize: 1000 } });
    const names = page.page.map(({ name }) => name?.replace('models/', ''));
    for (const suffix of ['search', 'image', 'thinking', 'non-thinking']) {
      expect(names).toContain(`gemini-2.5-flash-${suffix}`);
    }
    expect(names).not.toContain('gemini-embedding-001-search');
    await expect(generate('gemini-2.5-pro-search', {}, '/llm/plain-gemini')).rejects.toMatchObject({
      status: 404,
    });
  });

  it('can be switched on for Gemini’s presets only', async () => {
    await expect(house.admin.changeUpstream('gpt', { modelSuffixes: true })).rejects.toMatchObject({
      status: 400,
    });
    await expect(house.admin.changeUpstream('gpt', { modelDefaults: { 'm*': 5 } })).rejects.toMatchObject({
      status: 400,
    });
  });
});

describe('defaults of a model', () => {
  it('fill the bodies of any protocol, however deep, and change no other byte', async () => {
    // As OpenRouter has it, where OpenAI has `reasoning_effort`.
    house.upstream.forgives = /"additionalProperty":"reasoning"/;
    const body =
      '{ "model": "gpt-4o",  "messages": [{"role":"user","content":"x"}], "seed": 9007199254740993, "reasoning": {"effort": "high"}, "max_completion_tokens": 9}';
    const headers = { 'x-keywheel-token': house.token, 'content-type': 'application/json' };
    const answer = await fetch(`${house.url}/v1/chat/completions`, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
    const sent = house.upstream.calls.at(-1)!.bodyText;
    expect(sent).toBe(body.replace('{"effort": "high"}', '{"effort":"high","summary":"auto"}'));
  });
});
