import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MODEL, openHouse, type House } from './support/house.ts';
import { openaiClient } from './support/sdk-clients.ts';

const CHAT_ONLY = 'by-chat-completions';
const UPSTREAMS = [
  ['anthropic', MODEL.anthropic],
  ['gemini', MODEL.gemini],
  ['chat-only', CHAT_ONLY],
] as const;

let house: House;
let client: OpenAI;

beforeAll(async () => {
  house = await openHouse();
  await house.pool('openai', 'openai', ['good'], { models: [MODEL.openai] });
  await house.pool('anthropic', 'anthropic', ['good'], { models: [MODEL.anthropic] });
  await house.pool('gemini', 'gemini', ['good'], { models: [MODEL.gemini] });
  await house.pool('chat-only', 'openai', ['good'], {
    models: [CHAT_ONLY],
    modelMap: { [CHAT_ONLY]: MODEL.openai },
    responsesApi: 'none',
  });
  client = openaiClient(house.url, house.token);
});

afterAll(() => house.close());

/** What the upstream got last, as text. */
function lastAsked(): string {
  return house.upstream.calls.findLast(({ method }) => method === 'POST')?.bodyText ?? '';
}

async function refusal(call: Promise<unknown>): Promise<{ status: number; message: string; param: unknown }> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OpenAI.APIError)) throw new Error('the call was not refused');
  return { status: error.status as number, message: error.message, param: error.param };
}

describe.each(UPSTREAMS)('a conversation of Responses with %s', (_slug, model) => {
  it.each([false, true])('goes on by the id of the answer before (stream: %s)', async (stream) => {
    const asked = { model, input: 'my name is Ada', metadata: { topic: 'names' } };
    const first = stream
      ? await client.responses.stream(asked).finalResponse()
      : await client.responses.create(asked);
    expect(first.id).toMatch(/^resp_/);
    const second = await client.responses.create({
      model,
      input: 'and what is it?',
      previous_response_id: first.id,
    });
    expect(second.previous_response_id).toBe(first.id);
    expect(lastAsked()).toMatch(/my name is Ada.*You said: my name is Ada.*and what is it\?/s);
    const third = await client.responses.create({ model, input: 'again', previous_response_id: second.id });
    expect(third.status).toBe('completed');
    expect(lastAsked()).toMatch(/my name is Ada.*and what is it\?.*again/s);
  });

  it('goes on with the result of a call alone', async () => {
    const tools = [
      {
        type: 'function' as const,
        name: 'weather',
        strict: false,
        parameters: { type: 'object', properties: {} },
      },
    ];
    const first = await client.responses.create({ model, input: 'how is it there?', tools });
    const [call] = first.output.filter((item) => item.type === 'function_call');
    const second = await client.responses.create({
      model,
      tools,
      previous_response_id: first.id,
      input: [{ type: 'function_call_output', call_id: call!.call_id, output: '21 degrees' }],
    });
    expect(second.output_text).toContain('21 degrees');
  });

  it('can be read and deleted', async () => {
    const made = await client.responses.create({ model, input: 'keep this' });
    const read = await client.responses.retrieve(made.id);
    expect(read.output).toEqual(made.output);
    expect(read.output_text).toBe('You said: keep this');
    const items = await client.responses.inputItems.list(made.id);
    expect(items.data).toMatchObject([
      { role: 'user', content: [{ type: 'input_text', text: 'keep this' }] },
    ]);
    const [message] = made.output;
    await client.responses.create({
      model,
      input: [
        { type: 'item_reference', id: message!.id! },
        { role: 'user', content: 'more' },
      ],
    });
    expect(lastAsked()).toContain('You said: keep this');
    await client.responses.delete(made.id);
    expect(await refusal(client.responses.retrieve(made.id))).toMatchObject({ status: 404 });
    expect(await refusal(client.responses.delete(made.id))).toMatchObject({ status: 404 });
    expect(
      await refusal(client.responses.create({ model, input: 'x', previous_response_id: made.id })),
    ).toMatchObject({ status: 400, param: 'previous_response_id' });
  });

  it('is nobody else’s, and is not kept where the client does not want it', async () => {
    const made = await client.responses.create({ model, input: 'mine' });
    const other = openaiClient(house.url, (await house.admin.createToken()).secret);
    expect(await refusal(other.responses.retrieve(made.id))).toMatchObject({ status: 404 });
    expect(
      await refusal(other.responses.create({ model, input: 'x', previous_response_id: made.id })),
    ).toMatchObject({ status: 400 });
    const unkept = await client.responses.create({ model, input: 'forget', store: false });
    expect(await refusal(client.responses.retrieve(unkept.id))).toMatchObject({ status: 404 });
  });

  it('does not run in the background', async () => {
    const call = client.responses.create({ model, input: 'x', background: true });
    expect(await refusal(call)).toMatchObject({ status: 400, param: 'background' });
  });
});

it('an unknown id, and what is below it, is refused in OpenAI’s envelope', async () => {
  expect(await refusal(client.responses.retrieve('resp_unknown'))).toMatchObject({
    status: 404,
    param: 'response_id',
  });
  expect(await refusal(client.responses.cancel('resp_unknown'))).toMatchObject({ status: 400 });
  const token = await fetch(`${house.url}/v1/responses/resp_unknown`);
  expect(token.status).toBe(401);
});

it('upstreams that have Responses get the call as it came, and keep what they answer', async () => {
  await client.responses.create({ model: MODEL.openai, input: 'x', previous_response_id: 'resp_theirs' });
  expect(lastAsked()).toContain('"previous_response_id":"resp_theirs"');
  const there = openaiClient(house.url, house.token, '/llm/openai');
  await refusal(there.responses.retrieve('resp_theirs'));
  expect(house.upstream.calls.map(({ path }) => path)).toContain('/v1/responses/resp_theirs');
});

it('keeps nothing where the setting says so, and names it', async () => {
  await house.admin.ask('PATCH', '/api/admin/settings', { responsesStateHours: 0 });
  const made = await client.responses.create({ model: CHAT_ONLY, input: 'x' });
  const next = client.responses.create({ model: CHAT_ONLY, input: 'y', previous_response_id: made.id });
  expect((await refusal(next)).message).toContain('responsesStateHours');
  await house.admin.ask('PATCH', '/api/admin/settings', { responsesStateHours: 24 });
});
