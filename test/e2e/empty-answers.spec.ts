import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HeldUpstream } from '../fakes/held-upstream.ts';
import { type Dialect, SPOKEN } from './support/dialects.ts';
import { startGateway, type Gateway } from './support/start-gateway.ts';
import { newSecret } from './support/secrets.ts';

let gateway: Gateway;
let held: HeldUpstream;
let token: string;

beforeAll(async () => {
  gateway = await startGateway();
  held = await HeldUpstream.start();
  for (const slug of ['chat', 'responses', 'anthropic', 'gemini'] as const) {
    const { protocol } = SPOKEN[slug];
    const baseUrl = held.url + (protocol === 'openai' ? '/v1' : '');
    await gateway.admin.addUpstream({ slug, protocol, baseUrl, models: [`${slug}-model`] });
    await gateway.admin.addKeys(
      slug,
      ['key-one-', 'key-two-', 'key-three-'].map((name) => newSecret(name)),
    );
  }
  token = (await gateway.admin.createToken()).secret;
});

afterAll(async () => {
  await gateway.stop();
  await held.close();
});

const HI = { role: 'user', content: 'hi' };
const PATHS: Readonly<Record<Dialect, string>> = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  anthropic: '/v1/messages',
  gemini: '/v1beta/models/gemini-model:generateContent',
};
const BODIES: Readonly<Record<Dialect, object>> = {
  chat: { messages: [HI] },
  responses: { input: 'hi' },
  anthropic: { max_tokens: 9, messages: [HI] },
  gemini: { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
};

function ask(dialect: Dialect, more: object = {}): Promise<Response> {
  const model = dialect === 'gemini' ? {} : { model: `${dialect}-model` };
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const body = JSON.stringify({ ...BODIES[dialect], ...model, ...more });
  return fetch(gateway.url + PATHS[dialect], { method: 'POST', headers, body });
}

const NOTHING: Readonly<Record<Dialect, object>> = {
  chat: { object: 'chat.completion', choices: [] },
  responses: { object: 'response', output: [] },
  anthropic: { type: 'message', role: 'assistant', content: [], stop_reason: null },
  gemini: { candidates: [{ content: { role: 'model' } }], usageMetadata: { promptTokenCount: 3 } },
};

/** Empty, with a word on why. */
const EXPLAINED: Readonly<Record<Dialect, object>> = {
  chat: { choices: [{ index: 0, message: { role: 'assistant', content: null }, finish_reason: 'length' }] },
  responses: { object: 'response', status: 'incomplete', output: [] },
  anthropic: { type: 'message', content: [], stop_reason: 'max_tokens' },
  gemini: { promptFeedback: { blockReason: 'SAFETY' } },
};

describe.each(['chat', 'responses', 'anthropic', 'gemini'] as const)('a whole answer of %s', (dialect) => {
  it('that is empty or cut off fails over, and the client sees the good one', async () => {
    const asked = ask(dialect);
    (await held.call()).json(NOTHING[dialect]);
    const good = SPOKEN[dialect].whole('at last');
    const second = await held.call();
    await second.write(JSON.stringify(good).slice(0, -3));
    second.end();
    (await held.call()).json(good);
    const answer = await asked;
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-keywheel-attempts')).toBe('3');
    expect(await answer.json()).toEqual(good);
  });

  it('that is empty and says why passes as it is', async () => {
    const asked = ask(dialect);
    (await held.call()).json(EXPLAINED[dialect]);
    const answer = await asked;
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(JSON.stringify(EXPLAINED[dialect]));
    expect(held.arrived()).toBeUndefined();
  });
});

it('answers 502 where every attempt is empty, and blames no key', async () => {
  const asked = ask('chat');
  for (let attempt = 0; attempt < 3; attempt++) (await held.call()).json(NOTHING.chat);
  const answer = await asked;
  expect(answer.status).toBe(502);
  expect(await answer.json()).toMatchObject({
    error: { code: 'upstream_broken', message: 'The upstream’s answer is empty.' },
  });
  for (const { status } of await gateway.admin.keys('chat')) expect(status).toBe('active');
});

it('does not take a stream of beginnings and [DONE] for an answer', async () => {
  const asked = ask('chat', { stream: true });
  const { begin, text, end } = SPOKEN.chat;
  const first = (await held.call()).stream();
  await first.write(`${begin}data: [DONE]\n\n`);
  first.end();
  const second = (await held.call()).stream();
  await second.write(begin + text('at last') + end);
  second.end();
  expect(await (await asked).text()).toBe(begin + text('at last') + end);
});
