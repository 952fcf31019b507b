import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APIError, toFile } from 'openai';
import { PIXEL } from '../fakes/scripted-upstream/pixel.ts';
import { MODEL, openHouse, type House } from './support/house.ts';
import { anthropicClient, googleClient, openaiClient } from './support/sdk-clients.ts';

const TTS = 'gemini-2.5-flash-preview-tts';
const DRAWS = 'gemini-2.5-flash-image';
const IMAGEN = 'imagen-4.0-generate-001';
const EMBEDS = 'gemini-embedding-001';
const OPENAI_EMBEDS = 'text-embedding-3-small';

let house: House;

beforeAll(async () => {
  house = await openHouse();
  await house.pool('gemini', 'gemini', ['good', 'good'], {
    models: [MODEL.gemini, TTS, DRAWS, IMAGEN, EMBEDS],
  });
  await house.pool('openai', 'openai', ['good', 'good'], {
    models: [MODEL.openai, OPENAI_EMBEDS, 'gpt-3.5-turbo-instruct', 'gpt-image-1', 'tts-1'],
    modelMap: { 'my-alias': MODEL.openai },
  });
  await house.pool('anthropic', 'anthropic', ['good'], { models: [MODEL.anthropic] });
});

afterAll(() => house.close());

const openai = () => openaiClient(house.url, house.token);
const google = () => googleClient(house.url, house.token);

/** How the gateway refuses, as the SDK tells it. */
async function refusal(call: () => PromiseLike<unknown>): Promise<{ status: number; code: string }> {
  const calls = house.upstream.calls.length;
  try {
    await call();
  } catch (error) {
    expect(house.upstream.calls.length).toBe(calls);
    const { status, error: body } = error as APIError & { error: { keywheel_code: string } };
    return { status: status as number, code: body.keywheel_code };
  }
  throw new Error('it was not refused');
}

function lastBody(): Record<string, unknown> {
  return JSON.parse(house.upstream.calls.at(-1)!.bodyText) as Record<string, unknown>;
}

describe('embeddings', () => {
  it('of Gemini reach a client of OpenAI, as numbers and as base64', async () => {
    const input = ['one', 'two', 'three'];
    const floats = await openai().embeddings.create({ model: EMBEDS, input, encoding_format: 'float' });
    // Without a format the SDK asks for base64 and decodes it.
    const decoded = await openai().embeddings.create({ model: EMBEDS, input });
    expect(floats.data.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(floats.data[0]?.embedding).not.toEqual(floats.data[1]?.embedding);
    for (const [index, { embedding }] of decoded.data.entries()) {
      for (const [at, value] of embedding.entries()) {
        expect(value).toBeCloseTo(floats.data[index]!.embedding[at]!, 5);
      }
    }
    expect(floats.usage.prompt_tokens).toBeGreaterThan(0);
    const small = await openai().embeddings.create({ model: EMBEDS, input: 'one', dimensions: 4 });
    expect(small.data[0]?.embedding).toHaveLength(4);
    expect(small.data[0]?.embedding.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 5);
  });

  it('of OpenAI reach a client of Gemini', async () => {
    const config = { outputDimensionality: 4, taskType: 'RETRIEVAL_QUERY' };
    const made = await google().models.embedContent({ model: OPENAI_EMBEDS, contents: ['a', 'b'], config });
    expect(made.embeddings?.map(({ values }) => values?.length)).toEqual([4, 4]);
    expect(lastBody()).toMatchObject({ model: OPENAI_EMBEDS, input: ['a', 'b'], dimensions: 4 });
  });

  it('of token numbers, and of an upstream that has none, are refused before it is called', async () => {
    const asked = () => openai().embeddings.create({ model: EMBEDS, input: [1, 2] });
    expect(await refusal(asked)).toEqual({ status: 400, code: 'untranslatable' });
    const none = () => openai().embeddings.create({ model: MODEL.anthropic, input: 'a' });
    expect(await refusal(none)).toEqual({ status: 400, code: 'translation_unavailable' });
  });
});

describe('images', () => {
  it('by Imagen come as base64, with warnings of what was lost', async () => {
    const request = { model: IMAGEN, prompt: 'a cat', n: 2, size: '1792x1024', quality: 'hd' } as const;
    const { data, response } = await openai().images.generate(request).withResponse();
    expect(data.data?.map(({ b64_json: image }) => image)).toEqual(Array(2).fill(PIXEL.toString('base64')));
    expect(response.headers.get('x-keywheel-warning')).toBe('dropped:quality, approximated:size');
    expect(lastBody()).toMatchObject({ parameters: { sampleCount: 2, aspectRatio: '16:9' } });
  });

  it('by Gemini come as a link that holds for whoever has it', async () => {
    const made = await openai().images.generate({ model: DRAWS, prompt: 'a cat', response_format: 'url' });
    const { url } = made.data![0]!;
    expect(url).toMatch(new RegExp(`^${house.url}/v1/images/files/[\\w-]{32}$`));
    const image = await fetch(url!);
    expect([image.status, image.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(Buffer.from(await image.arrayBuffer()).equals(PIXEL)).toBe(true);
    expect(made.usage?.total_tokens).toBeGreaterThan(0);
    const other = await fetch(`${house.url}/v1/images/files/${'x'.repeat(32)}`);
    expect([other.status, await other.json()]).toMatchObject([
      404,
      { error: { keywheel_code: 'not_found' } },
    ]);
    expect((await fetch(url!, { method: 'DELETE' })).status).toBe(405);
  });

  it('are edited by Gemini', async () => {
    const image = await toFile(PIXEL, 'pixel.png', { type: 'image/png' });
    const made = await openai().images.edit({ model: DRAWS, prompt: 'make it blue', image });
    expect(made.data?.[0]?.b64_json).toBe(PIXEL.toString('base64'));
    expect(lastBody()).toMatchObject({
      contents: [{ parts: [{ inlineData: { mimeType: 'image/png' } }, { text: 'make it blue' }] }],
    });
    expect(await refusal(() => openai().images.edit({ model: IMAGEN, prompt: 'blue', image }))).toEqual({
      status: 400,
      code: 'untranslatable',
    });
  });

  it('of OpenAI reach a client of Gemini, in one piece or as a stream', async () => {
    const config = { responseModalities: ['IMAGE'] };
    const asked = { model: 'gpt-image-1', contents: 'a cat', config };
    const bytes = PIXEL.toString('base64');
    const made = await google().models.generateContent(asked);
    expect(made.candidates?.[0]?.content?.parts?.[0]?.inlineData).toEqual({
      mimeType: 'image/png',
      data: bytes,
    });
    expect(made.usageMetadata).toMatchObject({ promptTokenCount: 5, candidatesTokenCount: 10 });
    expect(lastBody()).toEqual({ model: 'gpt-image-1', prompt: 'a cat' });
    const pieces: string[] = [];
    for await (const { candidates } of await google().models.generateContentStream(asked)) {
      for (const { inlineData } of candidates?.[0]?.content?.parts ?? [])
        if (inlineData?.data) pieces.push(inlineData.data);
    }
    expect(pieces).toEqual([bytes]);
  });

  it('that the model will not make are a 400 in its own words, and no key suffers', async () => {
    const asked = openai().images.generate({ model: DRAWS, prompt: 'forbidden' });
    await expect(asked).rejects.toMatchObject({
      status: 400,
      code: 'content_blocked',
      message: expect.stringContaining('I cannot draw that.') as string,
    });
  });

  it('of OpenAI are not to be had by Imagen’s path', async () => {
    const answer = await fetch(`${house.url}/v1beta/models/${MODEL.openai}:predict`, {
      method: 'POST',
      headers: { 'x-goog-api-key': house.token, 'content-type': 'application/json' },
      body: JSON.stringify({ instances: [{ prompt: 'a cat' }] }),
    });
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { error: { status: 'INVALID_ARGUMENT', keywheel_code: 'translation_unavailable' } },
    ]);
  });
});

describe('speech', () => {
  it.each([
    ['mp3', 'audio/mpeg', /^\xff[\xf2\xf3]/],
    ['wav', 'audio/wav', /^RIFF/],
    ['pcm', 'audio/pcm', /^\0\0/],
  ] as const)('of Gemini comes as %s', async (format, type, head) => {
    const response = await openai().audio.speech.create({
      model: TTS,
      voice: 'nova',
      input: 'Hello',
      instructions: 'Whisper',
      response_format: format,
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-type')).toBe(type);
    expect(bytes.toString('latin1', 0, 4)).toMatch(head);
    expect(bytes.length).toBeGreaterThan(1000);
    expect(JSON.stringify(lastBody())).toContain('"Aoede"');
  });

  it('of OpenAI reaches a client of Gemini as the same bytes', async () => {
    const config = { responseModalities: ['AUDIO'] };
    const made = await google().models.generateContent({ model: 'tts-1', contents: 'Hello', config });
    const sound = made.candidates?.[0]?.content?.parts?.[0]?.inlineData;
    expect(sound?.mimeType).toBe('audio/L16;codec=pcm;rate=24000');
    const direct = await openai().audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'Hello' });
    expect(sound?.data).toBe(Buffer.from(await direct.arrayBuffer()).toString('base64'));
  });

  it('in other formats is refused by name', async () => {
    const asked = { model: TTS, voice: 'nova', input: 'Hello', response_format: 'opus' } as const;
    expect(await refusal(() => openai().audio.speech.create(asked))).toEqual({
      status: 400,
      code: 'untranslatable',
    });
  });
});

describe('recordings', () => {
  const file = () => toFile(Buffer.alloc(321), 'hello.wav', { type: 'audio/wav' });

  it('are written down and translated by Gemini', async () => {
    const model = MODEL.gemini;
    const written = await openai().audio.transcriptions.create({ model, file: await file(), language: 'de' });
    expect(written.text).toBe('Heard 321 bytes.');
    const translated = await openai().audio.translations.create({ model, file: await file() });
    expect(translated.text).toBe('Heard 321 bytes.');
    const text = await openai().audio.transcriptions.create({
      model,
      file: await file(),
      response_format: 'text',
    });
    expect(text).toBe('Heard 321 bytes.\n');
  });

  it('are written down as a stream', async () => {
    const stream = await openai().audio.transcriptions.create({
      model: MODEL.gemini,
      file: await file(),
      stream: true,
    });
    let text = '';
    let whole = '';
    for await (const event of stream) {
      if (event.type === 'transcript.text.delta') text += event.delta;
      if (event.type === 'transcript.text.done') whole = event.text;
    }
    expect([text, whole]).toEqual(['Heard 321 bytes.', 'Heard 321 bytes.']);
  });

  it('with times, or without a recording, are refused', async () => {
    const recording = await file();
    const asked = { model: MODEL.gemini, file: recording, response_format: 'srt' } as const;
    expect(await refusal(() => openai().audio.transcriptions.create(asked))).toEqual({
      status: 400,
      code: 'untranslatable',
    });
  });
});

describe('counts of tokens', () => {
  const messages = [{ role: 'user' as const, content: 'hello there' }];
  const count = (model: string) =>
    anthropicClient(house.url, house.token).messages.countTokens({ model, messages }).withResponse();

  it('of Gemini reach a client of Anthropic, by the upstream itself', async () => {
    const { data, response } = await count(MODEL.gemini);
    expect(data.input_tokens).toBeGreaterThan(0);
    expect(response.headers.get('x-keywheel-warning')).toBeNull();
    expect(response.headers.get('x-keywheel-attempts')).toBe('1');
  });

  it('of Anthropic reach a client of Gemini', async () => {
    const counted = await google().models.countTokens({ model: MODEL.anthropic, contents: 'hello there' });
    expect(counted.totalTokens).toBeGreaterThan(0);
    expect(house.upstream.calls.at(-1)?.operation).toBe('count_tokens');
  });

  it('are estimated where the upstream has no counter, and nobody is called', async () => {
    const calls = house.upstream.calls.length;
    const { data, response } = await count(MODEL.openai);
    expect(data.input_tokens).toBe(2 + 3 + 3);
    expect(response.headers.get('x-keywheel-warning')).toBe('estimated');
    const counted = await google().models.countTokens({ model: MODEL.openai, contents: 'hello there' });
    expect(counted.totalTokens).toBe(8);
    expect(house.upstream.calls.length).toBe(calls);
  });
});

describe('what OpenAI alone has', () => {
  it('is refused clearly where another would have to do it', async () => {
    const moderated = () => openai().moderations.create({ model: MODEL.gemini, input: 'x' });
    expect(await refusal(moderated)).toEqual({ status: 400, code: 'translation_unavailable' });
    const completed = () => openai().completions.create({ model: MODEL.anthropic, prompt: 'x' });
    expect(await refusal(completed)).toEqual({ status: 400, code: 'translation_unavailable' });
  });

  it('passes to those that speak it: completions, whole and streamed', async () => {
    const request = { model: 'gpt-3.5-turbo-instruct', prompt: 'hello there' };
    const whole = await openai().completions.create(request);
    expect(whole.choices[0]?.text).toContain('hello there');
    let text = '';
    for await (const event of await openai().completions.create({ ...request, stream: true })) {
      text += event.choices[0]?.text ?? '';
    }
    expect(text).toBe(whole.choices[0]?.text);
  });
});

describe('lists of models', () => {
  const ALL = [MODEL.openai, MODEL.anthropic, MODEL.gemini, 'my-alias', 'my-route', IMAGEN];

  it('hold those of all protocols, aliases and routes, in the caller’s own shape', async () => {
    await house.admin.ask('POST', '/api/admin/routes', {
      model: 'my-route',
      strategy: 'failover',
      targets: [{ upstream: 'gemini', model: MODEL.gemini }],
    });
    const listed: string[] = [];
    for await (const { id } of openai().models.list()) listed.push(id);
    expect(listed).toEqual(expect.arrayContaining(ALL));
    const claude: string[] = [];
    for await (const { id } of anthropicClient(house.url, house.token).models.list({ limit: 3 }))
      claude.push(id);
    expect(claude).toEqual(listed);
    const gemini: (string | undefined)[] = [];
    for await (const { name } of await google().models.list({ config: { pageSize: 4 } })) gemini.push(name);
    expect(gemini).toEqual(listed.map((id) => `models/${id}`));
    expect((await openai().models.retrieve(MODEL.gemini)).object).toBe('model');
  });

  it('of one upstream come in the caller’s shape too', async () => {
    const listed: string[] = [];
    for await (const { id } of openaiClient(house.url, house.token, '/llm/anthropic').models.list())
      listed.push(id);
    expect(listed).toEqual([MODEL.anthropic]);
  });
});
