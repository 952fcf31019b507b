import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHouse, type House } from './support/house.ts';
import { openaiClient } from './support/sdk-clients.ts';

const model = 'gpt-4o-mini';
const messages = [{ role: 'user' as const, content: 'hello there' }];
const MODELS = [
  'gpt-4o',
  model,
  'text-embedding-3-small',
  'gpt-image-1',
  'tts-1',
  'whisper-1',
  'omni-moderation-latest',
];

const tool = { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } };

let house: House;
let client: OpenAI;

beforeAll(async () => {
  house = await openHouse();
  await house.pool('openai', 'openai', ['good', 'good'], { models: MODELS });
  client = openaiClient(house.url, house.token);
});

afterAll(() => house.close());

describe('chat completions through the openai SDK', () => {
  it('answers in one piece and tells who served it', async () => {
    const { data, response } = await client.chat.completions.create({ model, messages }).withResponse();
    expect(data.choices[0]?.message.content).toBe('You said: hello there');
    expect(data.usage?.total_tokens).toBeGreaterThan(0);
    expect(response.headers.get('x-keywheel-upstream')).toBe('openai');
    expect(response.headers.get('x-keywheel-key')).toMatch(/^[\w-]{10,}$/);
    expect(response.headers.get('x-keywheel-attempts')).toBe('1');
    expect(response.headers.get('x-request-id')).toBeTruthy();
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('9999');
  });

  it('streams, with usage at the end', async () => {
    const stream = await client.chat.completions.create({
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let usage: number | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage?.total_tokens ?? usage;
    }
    expect(text).toBe('You said: hello there');
    expect(usage).toBeGreaterThan(0);
  });

  it('passes tools and their answers', async () => {
    const tools = [{ type: 'function' as const, function: tool }];
    const first = await client.chat.completions.create({ model, messages, tools });
    const call = first.choices[0]?.message.tool_calls?.[0];
    expect(first.choices[0]?.finish_reason).toBe('tool_calls');
    expect(call?.type === 'function' && call.function.arguments).toBe('{"city":"Paris"}');
    const answered = { role: 'tool' as const, tool_call_id: call?.id ?? '', content: '21 degrees' };
    const second = await client.chat.completions.create({
      model,
      tools,
      messages: [...messages, first.choices[0]!.message, answered],
    });
    expect(second.choices[0]?.message.content).toBe('You said: 21 degrees');
  });

  it("streams a tool's call in pieces", async () => {
    const stream = client.chat.completions.stream({
      model,
      messages,
      tools: [{ type: 'function', function: tool }],
    });
    const final = await stream.finalChatCompletion();
    const call = final.choices[0]?.message.tool_calls?.[0];
    expect(call?.type === 'function' && call.function.arguments).toBe('{"city":"Paris"}');
  });

  it('passes the body on byte for byte', async () => {
    house.upstream.forget();
    house.upstream.forgives = /"x_unknown"/;
    const body =
      '{ "model":"gpt-4o-mini",  "messages":[{"role":"user","content":"é \\u00e9 9007199254740993"}], "x_unknown": 9007199254740993 }';
    const response = await fetch(`${house.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${house.token}`, 'content-type': 'application/json' },
      body,
    });
    expect(response.status).toBe(200);
    expect(house.upstream.calls[0]?.bodyText).toBe(body);
  });
});

describe('the other operations through the openai SDK', () => {
  it('responses, whole and streamed', async () => {
    const whole = await client.responses.create({ model, input: 'hi' });
    expect(whole.output_text).toBe('You said: hi');
    const streamed = await client.responses.stream({ model, input: 'hi' }).finalResponse();
    expect(streamed.output_text).toBe('You said: hi');
  });

  it('completions', async () => {
    const { choices } = await client.completions.create({ model, prompt: 'once' });
    expect(choices[0]?.text).toBe('You said: once');
  });

  it('embeddings, which the SDK asks for in base64', async () => {
    const { data } = await client.embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'b'] });
    expect(data).toHaveLength(2);
    expect(data[0]?.embedding).toHaveLength(8);
  });

  it('images made, and edited by upload', async () => {
    const made = await client.images.generate({ model: 'gpt-image-1', prompt: 'a dot' });
    expect(made.data?.[0]?.b64_json).toMatch(/^iVBOR/);
    const bytes = Buffer.from(Array.from({ length: 300 }, (_, index) => index % 256));
    const edited = await client.images.edit({
      model: 'gpt-image-1',
      prompt: 'x',
      image: await toFile(bytes, 'dot.png', { type: 'image/png' }),
    });
    expect(Buffer.from(edited.data?.[0]?.b64_json ?? '', 'base64').equals(bytes)).toBe(true);
  });

  it('speech as unharmed bytes, and transcription of an upload', async () => {
    const sound = await client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'hello' });
    const bytes = Buffer.from(await sound.arrayBuffer());
    expect(bytes).toHaveLength(4096);
    expect(bytes.every((byte, index) => byte === (index * 7 + 5) % 256)).toBe(true);
    const heard = await client.audio.transcriptions.create({
      model: 'whisper-1',
      file: await toFile(Buffer.alloc(70_000), 'talk.mp3'),
    });
    expect(heard.text).toBe('talk.mp3 70000 bytes');
  });

  it('moderations', async () => {
    const { results } = await client.moderations.create({
      model: 'omni-moderation-latest',
      input: 'violence',
    });
    expect(results[0]?.flagged).toBe(true);
  });

  it('models: the list and one of them', async () => {
    const listed: string[] = [];
    for await (const entry of client.models.list()) listed.push(entry.id);
    expect(listed).toEqual(expect.arrayContaining(MODELS));
    expect((await client.models.retrieve(model)).id).toBe(model);
  });
});

describe("errors are the SDK's own classes", () => {
  it('a bad token', async () => {
    const thrown: unknown = await openaiClient(house.url, 'kw_wrong')
      .models.list()
      .catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(OpenAI.AuthenticationError);
    expect((thrown as { code: string }).code).toBe('invalid_token');
  });

  it('an unknown model', async () => {
    const thrown: unknown = await client.chat.completions
      .create({ model: 'no-such-model', messages })
      .catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(OpenAI.NotFoundError);
    expect((thrown as { requestID: string }).requestID).toBeTruthy();
  });

  it("the upstream's own 400, as it came", async () => {
    const thrown: unknown = await client.chat.completions
      .create({ model, messages: [] })
      .catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(OpenAI.BadRequestError);
    expect((thrown as { code: string }).code).toBe('missing_required_parameter');
  });

  it('a whole pool at its limit', async () => {
    await house.pool('limited', 'openai', [{ kind: 'rate_limited', retryAfter: 30 }], {
      models: ['gpt-limited'],
    });
    const thrown: unknown = await client.chat.completions
      .create({ model: 'gpt-limited', messages })
      .catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(OpenAI.RateLimitError);
    expect((thrown as { headers: Headers }).headers.get('retry-after')).toMatch(/^\d+$/);
  });
});
