import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toFile } from 'openai';
import { openHouse, type House } from './support/house.ts';
import { googleClient, openaiClient } from './support/sdk-clients.ts';

/** What goes wrong at an upstream of another protocol, for calls that ask for no text. */
const EMBEDS = 'gemini-embedding-001';
const TTS = 'gemini-2.5-flash-preview-tts';

interface Counted {
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

let house: House;

beforeAll(async () => {
  house = await openHouse();
  await house.pool('gemini', 'gemini', ['good'], { models: [EMBEDS, TTS, 'gemini-2.5-flash'] });
  await house.pool('limited', 'gemini', [{ kind: 'rate_limited', retryAfter: 40 }], {
    models: ['embed-limited'],
  });
  await house.pool('mixed', 'gemini', ['rate_limited', 'server_error', 'good'], {
    modelMap: { 'embed-mixed': EMBEDS },
    models: ['embed-mixed'],
  });
  await house.pool('broken', 'openai', ['early_end'], { models: ['embed-broken'] });
});

afterAll(() => house.close());

const openai = () => openaiClient(house.url, house.token);

describe('an upstream of another protocol', () => {
  it('that limits or fails gives way to its next key', async () => {
    const { data, response } = await openai()
      .embeddings.create({ model: 'embed-mixed', input: 'a' })
      .withResponse();
    expect(data.data[0]?.embedding.length).toBeGreaterThan(0);
    expect(Number(response.headers.get('x-keywheel-attempts'))).toBeGreaterThan(0);
    for (let more = 0; more < 3; more++)
      await openai().embeddings.create({ model: 'embed-mixed', input: 'a' });
  });

  it('whose keys all rest is a 429 in the caller’s envelope, with the time', async () => {
    await house.admin.ask('PATCH', '/api/admin/settings', { maxWaitMs: 0 });
    const asked = openai().embeddings.create({ model: 'embed-limited', input: 'a' });
    const error = await asked.then(
      () => undefined,
      (thrown: unknown) => thrown as { status: number; headers: Headers },
    );
    expect(error?.status).toBe(429);
    expect(Number(error?.headers.get('retry-after'))).toBeGreaterThan(30);
  });

  it('that refuses is heard in the caller’s envelope, with its own status', async () => {
    house.upstream.next('context_too_long');
    const file = await toFile(Buffer.alloc(10), 'a.wav', { type: 'audio/wav' });
    await expect(
      openai().audio.transcriptions.create({ model: 'gemini-2.5-flash', file }),
    ).rejects.toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      message: expect.stringContaining('exceeds the maximum number of tokens') as string,
    });
  });

  it('that breaks off is a 502', async () => {
    const asked = googleClient(house.url, house.token).models.embedContent({
      model: 'embed-broken',
      contents: 'a',
    });
    await expect(asked).rejects.toMatchObject({ status: 502 });
  });

  it('has its counts recorded', async () => {
    await openai().audio.speech.create({ model: TTS, voice: 'nova', input: 'Hello there' });
    const { byModel } = await house.admin.get<{ byModel: Counted[] }>('/stats?window=1h');
    const counts = byModel.find(({ model }) => model === TTS);
    expect(counts?.inputTokens).toBeGreaterThan(0);
    expect(counts?.outputTokens).toBeGreaterThan(0);
  });
});
