import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HeldUpstream, type HeldCall } from '../fakes/held-upstream.ts';
import { MODEL, openHouse, type House } from './support/house.ts';
import { anthropicClient } from './support/sdk-clients.ts';
import { until } from './support/until.ts';

let house: House;
let held: HeldUpstream;

beforeAll(async () => {
  house = await openHouse();
  held = await HeldUpstream.start();
  await house.pool('claude', 'anthropic', ['good'], { models: [MODEL.anthropic] });
  await house.pool('gpt', 'openai', ['good'], { models: [MODEL.openai] });
  await house.pool('gemini', 'gemini', ['good'], { models: [MODEL.gemini] });
  const slug = 'held-gemini';
  await house.admin.addUpstream({ slug, protocol: 'gemini', baseUrl: held.url, models: [slug] });
  await house.admin.addKeys(slug, ['the-key-of-held-gemini-0000']);
});

afterAll(async () => {
  await held.close();
  await house.close();
});

function chat(model: string, more: object = {}): Promise<Response> {
  return fetch(`${house.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${house.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hello there' }], ...more }),
  });
}

const HELLO = 'data: {"candidates":[{"content":{"role":"model","parts":[{"text":"Hello"}]}}]}\n\n';
const ERROR = 'data: {"error":{"code":500,"message":"It broke.","status":"INTERNAL"}}\n\n';

it('fetches nothing for a call that the token’s own limits refuse', async () => {
  const { secret } = await house.admin.createToken({ limits: { rpm: 1 } });
  const ask = (content: unknown) =>
    fetch(`${house.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: MODEL.gemini, messages: [{ role: 'user', content }] }),
    });
  expect((await ask('hello there')).status).toBe(200);
  const refused = await ask([{ type: 'image_url', image_url: { url: `${held.url}/cat.png` } }]);
  expect(refused.status).toBe(429);
  expect(await refused.json()).toMatchObject({ error: { code: 'token_limit' } });
  expect(held.arrived()).toBeUndefined();
});

describe('a field that the client invented', () => {
  it.each([
    ['with line breaks', 'a\r\nx-evil: 1', 'dropped:a?x-evil:?1'],
    ['of other letters', 'ключ', 'dropped:?'],
    ['longer than a header may be', 'x'.repeat(30_000), `dropped:${'x'.repeat(56)}`],
  ])('%s is told of in words that a header can hold', async (_what, name, told) => {
    const answer = await chat(MODEL.anthropic, { [name]: 1 });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-keywheel-warning')).toBe(told);
    expect(answer.headers.get('x-evil')).toBeNull();
  });
});

it.each([MODEL.openai, MODEL.gemini])(
  'a tool runner of Anthropic goes on without a thread (%s)',
  async (model) => {
    const weather = betaTool({
      name: 'weather',
      description: 'Weather of a city',
      inputSchema: { type: 'object', properties: { city: { type: 'string' } } },
      run: () => '21 degrees',
    });
    const { beta } = anthropicClient(house.url, house.token);
    const { content } = await beta.messages.toolRunner({
      model,
      max_tokens: 100,
      messages: [{ role: 'user', content: 'weather?' }],
      tools: [weather],
    });
    expect(content).toMatchObject([{ type: 'text', text: 'You said: 21 degrees' }]);
    const sent = house.upstream.calls.at(-1)!;
    expect(JSON.stringify(sent)).toContain('weather?');
  },
);

describe('an upstream that fails in its stream and goes on sending', () => {
  it('at the beginning is left when the client has its error', async () => {
    let status = 0;
    const asked = chat('held-gemini', { stream: true }).then((answer) => (status = answer.status));
    const calls: HeldCall[] = [];
    // Its only key may be asked more than once.
    await until(() => {
      const call = held.arrived();
      if (call) calls.push(call);
      void call?.stream().write(ERROR);
      return status > 0;
    }, 'an answer');
    await asked;
    expect(status).toBeGreaterThanOrEqual(500);
    expect(calls.length).toBeGreaterThan(0);
    await until(() => calls.every(({ closed }) => closed), 'the upstream is left');
  });

  it('after the beginning is left when the client was told', async () => {
    const asked = chat('held-gemini', { stream: true });
    const call = await held.call();
    await call.stream().write(HELLO);
    const reader = (await asked).body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const read = (async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        text += value;
      }
    })().catch(() => undefined);
    await until(() => text.includes('Hello'), 'the first event');
    await call.write(ERROR);
    await read;
    expect(text).toContain('It broke.');
    await until(() => call.closed, 'the upstream is left');
  });
});
