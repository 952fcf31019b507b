import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HeldUpstream } from '../fakes/held-upstream.ts';
import { type Dialect, SPOKEN } from './support/dialects.ts';
import { MODEL, openHouse, type House } from './support/house.ts';
import { anthropicClient, googleClient, openaiClient } from './support/sdk-clients.ts';
import { CALLERS } from './support/translated-callers.ts';

const UPSTREAMS = ['openai', 'anthropic', 'gemini'] as const;
const DIALECTS = ['chat', 'anthropic', 'gemini'] as const satisfies readonly Dialect[];

let house: House;
let held: HeldUpstream;

beforeAll(async () => {
  house = await openHouse();
  held = await HeldUpstream.start();
  for (const speech of UPSTREAMS) {
    const spec = { models: [MODEL[speech]], noStreaming: [`${MODEL[speech].slice(0, 3)}*`] };
    await house.pool(speech, speech, ['good', 'good'], spec);
  }
  for (const dialect of DIALECTS) {
    const { protocol } = SPOKEN[dialect];
    const baseUrl = held.url + (dialect === 'chat' ? '/v1' : '');
    await house.admin.addUpstream({
      slug: `held-${dialect}`,
      protocol,
      baseUrl,
      models: [`held-${dialect}`],
      noStreaming: ['*'],
    });
    await house.admin.addKeys(
      `held-${dialect}`,
      [1, 2, 3, 4].map((n) => `key-${n}-of-${dialect}-000`),
    );
    const lone = `lone-${dialect}`;
    await house.admin.addUpstream({ slug: lone, protocol, baseUrl, models: [lone], noStreaming: ['lone*'] });
    await house.admin.addKeys(lone, [`lone-key-of-${dialect}-000`]);
  }
});

afterAll(async () => {
  await house.close();
  await held.close();
});

describe.each(CALLERS)('an SDK of $name that asks for a stream', (caller) => {
  it.each(UPSTREAMS)('of a model of %s that has none gets one', async (speech) => {
    house.upstream.forget();
    const heard = await caller.ask(house, MODEL[speech], { stream: true, tool: false });
    expect(heard.text).toBe('You said: hello there');
    expect(heard.finish).toBe(caller.finishes.stop);
    expect(heard.output).toBeGreaterThan(0);
    const [call] = house.upstream.calls;
    expect(call?.path).not.toContain('stream');
    expect(JSON.parse(call?.bodyText ?? '')).not.toHaveProperty('stream');
  });

  it('gets calls of tools too', async () => {
    const heard = await caller.ask(house, MODEL.openai, { stream: true, tool: true });
    expect(heard.calls).toEqual([{ name: 'weather', city: 'Paris' }]);
  });

  it('gets an answer that comes late, heartbeats before it', async () => {
    house.upstream.next({ kind: 'slow', delayMs: 1500 });
    const heard = await caller.ask(house, MODEL.openai, { stream: true, tool: false });
    expect(heard.text).toBe('You said: hello there');
  });
});

const BEATS = { chat: ': keep-alive\n\n', anthropic: 'event: ping\n', gemini: ': keep-alive\n\n' } as const;
const KEPT = {
  'x-request-id': expect.stringMatching(/./),
  'content-type': expect.stringContaining('event-stream'),
};

describe.each(DIALECTS)('a client of %s', (dialect) => {
  const { ask, read, whole } = SPOKEN[dialect];
  const start = (of: Dialect) => ask(house.url, house.token, `held-${of}`);

  it.each(DIALECTS)('hears heartbeats while a model of %s works, and then the answer', async (of) => {
    const stream = start(of);
    const call = await held.call();
    await stream.holds(BEATS[dialect]);
    expect(stream).toMatchObject({ status: 200, headers: KEPT });
    call.json(SPOKEN[of].whole('The answer.'));
    await stream.isOver();
    expect(stream.over).toBe('ended');
    expect(read(stream.text)).toBe('The answer.');
  });

  it('a failure that shows at once has a status of its own', async () => {
    const stream = start(dialect);
    (await held.call()).json({ error: { message: 'no such thing' } }, 400);
    await stream.isOver();
    expect(stream).toMatchObject({ status: 400, over: 'ended' });
  });

  it('goes on to another key, before heartbeats and behind them', async () => {
    const stream = start(dialect);
    (await held.call()).json({ error: { message: 'slow down' } }, 429);
    const second = await held.call();
    await stream.holds(BEATS[dialect]);
    second.json(whole('From the second key.'));
    await stream.isOver();
    expect(read(stream.text)).toBe('From the second key.');
  });

  it('a refusal behind the first heartbeat is told as an event, and the socket goes', async () => {
    const stream = start(dialect);
    const call = await held.call();
    await stream.holds(BEATS[dialect]);
    call.json({ error: { message: 'too long for me', type: 'invalid_request_error', code: 400 } }, 400);
    await stream.isOver();
    expect(stream.over).toBe('broken');
    expect(stream.text).toContain('too long for me');
    expect(stream.text).toContain(dialect === 'anthropic' ? 'event: error\n' : 'data: {"error":');
  });

  it('an upstream that breaks behind the first heartbeat is told so too', async () => {
    const stream = ask(house.url, house.token, `lone-${dialect}`);
    const call = await held.call();
    await stream.holds(BEATS[dialect]);
    call.reset();
    await stream.isOver();
    expect(stream.over).toBe('broken');
    expect(stream.text).toContain('keywheel_code');
  });

  it('that leaves cancels the upstream’s call', async () => {
    const stream = start(dialect);
    const call = await held.call();
    await stream.holds(BEATS[dialect]);
    stream.leave();
    await expect.poll(() => call.closed).toBe(true);
  });
});

it('an answer in one piece passes as it came', async () => {
  const asked = openaiClient(house.url, house.token).chat.completions.create({
    model: 'held-chat',
    messages: [{ role: 'user', content: 'hi' }],
  });
  const call = await held.call();
  call.json({ ...(SPOKEN.chat.whole('x') as object), odd: 1 });
  expect(await asked).toMatchObject({ odd: 1 });
});

it('a stream of Gemini without alt=sse is one JSON array, space before it', async () => {
  const answer = fetch(`${house.url}/v1beta/models/held-gemini:streamGenerateContent`, {
    method: 'POST',
    headers: { 'x-goog-api-key': house.token, 'content-type': 'application/json' },
    body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }),
  });
  const call = await held.call();
  const head = await answer;
  call.json(SPOKEN.gemini.whole('The answer.'));
  const text = await head.text();
  expect(text.startsWith('\n')).toBe(true);
  const [first] = JSON.parse(text) as object[];
  expect(first).toMatchObject({ candidates: [{ content: { parts: [{ text: 'The answer.' }] } }] });
});

it.each([
  [
    'openai',
    () =>
      openaiClient(house.url, house.token).chat.completions.create({
        model: 'held-chat',
        messages: [{ role: 'user', content: 'hi' }],
        stream: true,
      }),
  ],
  [
    'anthropic',
    () =>
      anthropicClient(house.url, house.token).messages.create({
        model: 'held-chat',
        max_tokens: 10,
        messages: [{ role: 'user', content: 'hi' }],
        stream: true,
      }),
  ],
  [
    'gemini',
    () =>
      googleClient(house.url, house.token).models.generateContentStream({
        model: 'held-chat',
        contents: 'hi',
      }),
  ],
] as const)(
  'the SDK of %s throws where all attempts have failed behind the heartbeats',
  async (_name, ask) => {
    const asked = ask();
    const call = await held.call();
    const stream: AsyncIterable<unknown> = await asked;
    call.json({ error: { message: 'too long for me' } }, 400);
    await expect(readToEnd(stream)).rejects.toThrow();
  },
);

async function readToEnd(stream: AsyncIterable<unknown>): Promise<void> {
  const iterator = stream[Symbol.asyncIterator]();
  while (!(await iterator.next()).done);
}
