import { ApiError, type GoogleGenAI } from '@google/genai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHouse, type House } from './support/house.ts';
import { googleClient } from './support/sdk-clients.ts';

const model = 'gemini-2.5-flash';
const tools = [
  {
    functionDeclarations: [
      { name: 'weather', parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } } } },
    ],
  },
];

let house: House;

beforeAll(async () => {
  house = await openHouse();
  await house.pool('gemini', 'gemini', ['good', 'good', 'good'], { models: [model, 'gemini-embedding-001'] });
});

afterAll(() => house.close());

const WAYS: readonly [name: string, path: string, version: string | undefined][] = [
  ['as it comes', '', undefined],
  ['v1beta', '', 'v1beta'],
  ['v1alpha', '', 'v1alpha'],
  ['below /gemini', '/gemini', 'v1beta'],
  ['below /llm/{slug}', '/llm/gemini', 'v1beta'],
];

describe.each(WAYS)('the @google/genai SDK, %s', (_name, path, version) => {
  let client: GoogleGenAI;

  beforeAll(() => {
    client = googleClient(house.url, house.token, path, version);
  });

  it('generates, whole and streamed', async () => {
    const whole = await client.models.generateContent({ model, contents: 'hello there' });
    expect(whole.text).toBe('You said: hello there');
    expect(whole.usageMetadata?.totalTokenCount).toBeGreaterThan(0);
    let text = '';
    for await (const chunk of await client.models.generateContentStream({ model, contents: 'hello there' }))
      text += chunk.text ?? '';
    expect(text).toBe('You said: hello there');
  });

  it('passes tools with their thought signatures', async () => {
    const first = await client.models.generateContent({ model, contents: 'weather?', config: { tools } });
    const part = first.candidates?.[0]?.content?.parts?.[0];
    expect(part?.functionCall?.args).toEqual({ city: 'Paris' });
    expect(part?.thoughtSignature).toBe('c2lnbmF0dXJl');
  });

  it('counts tokens, embeds, lists models', async () => {
    expect((await client.models.countTokens({ model, contents: 'x' })).totalTokens).toBeGreaterThan(0);
    expect(
      (await client.models.embedContent({ model: 'gemini-embedding-001', contents: ['a', 'b'] })).embeddings,
    ).toHaveLength(2);
    const names = (await client.models.list()).page.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([`models/${model}`]));
  });

  it('uploads a file, and every later use goes to the key that made it', async () => {
    const bytes = new Blob([Buffer.alloc(100_000, 'x')]);
    const file = await client.files.upload({
      file: bytes,
      config: { mimeType: 'text/plain', displayName: 'notes' },
    });
    expect(file.sizeBytes).toBe('100000');
    for (let round = 0; round < 4; round += 1) {
      expect((await client.files.get({ name: file.name! })).state).toBe('ACTIVE');
      const contents = [
        {
          role: 'user',
          parts: [{ fileData: { fileUri: file.uri!, mimeType: 'text/plain' } }, { text: 'sum up' }],
        },
      ];
      expect((await client.models.generateContent({ model, contents })).text).toContain('sum up');
    }
    await client.files.delete({ name: file.name! });
  });

  it('keeps cached contents with their key', async () => {
    const cache = await client.caches.create({ model, config: { contents: 'a long text' } });
    for (let round = 0; round < 4; round += 1) {
      const answer = await client.models.generateContent({
        model,
        contents: 'about it',
        config: { cachedContent: cache.name! },
      });
      expect(answer.text).toBe('You said: about it');
    }
    await client.caches.delete({ name: cache.name! });
  });
});

it('streams the JSON array that the API gives without alt=sse', async () => {
  const response = await fetch(
    `${house.url}/v1beta/models/${model}:streamGenerateContent?key=${house.token}`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ contents: [{ parts: [{ text: 'one two' }] }] }),
    },
  );
  const chunks = (await response.json()) as { candidates: { content: { parts: { text: string }[] } }[] }[];
  expect(chunks.map((chunk) => chunk.candidates[0]?.content.parts[0]?.text).join('')).toBe(
    'You said: one two',
  );
  expect(house.upstream.calls.at(-1)?.query).not.toContain('kw_');
});

describe("errors are the SDK's own class, with Google's status", () => {
  it.each([
    [
      'a bad token',
      () => googleClient(house.url, 'kw_wrong').models.generateContent({ model, contents: 'x' }),
      401,
    ],
    [
      'an unknown model',
      () => googleClient(house.url, house.token).models.generateContent({ model: 'nope', contents: 'x' }),
      404,
    ],
    [
      "the upstream's own 400",
      () =>
        googleClient(house.url, house.token).models.generateContent({
          model,
          contents: [{ role: 'robot', parts: [{ text: 'x' }] }],
        }),
      400,
    ],
  ])('%s', async (_name, call, status) => {
    const thrown: unknown = await call().catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(ApiError);
    expect((thrown as ApiError).status).toBe(status);
  });
});
