import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeepingUpstream } from '../fakes/keeping-upstream.ts';
import type { KeyView } from './support/admin-client.ts';
import { createHome, type Home } from './support/home.ts';
import { openaiClient } from './support/sdk-clients.ts';
import { newSecret } from './support/secrets.ts';
import { startGateway, type Gateway } from './support/start-gateway.ts';

const MODEL = 'gpt-4o-mini';
const ROUNDS = 6;
const ORGANISATIONS = ['one', 'two', 'three', 'four'] as const;

let upstream: KeepingUpstream;
let home: Home;
let gateway: Gateway;
let token: string;
let client: OpenAI;

beforeAll(async () => {
  upstream = await KeepingUpstream.start();
  home = await createHome();
  gateway = await startGateway({ home, env: { KEYWHEEL_MAX_WAIT_MS: '0' } });
  const spec = { protocol: 'openai', baseUrl: upstream.url, models: [MODEL], affinity: false };
  await gateway.admin.addUpstream({ slug: 'keeping', ...spec });
  const keys = ORGANISATIONS.map((organisation) => {
    const key = newSecret('sk-proj-');
    upstream.organisations.set(key, organisation);
    return key;
  });
  await gateway.admin.addKeys('keeping', keys);
  token = (await gateway.admin.createToken()).secret;
  client = openaiClient(gateway.url, token);
});

afterAll(async () => {
  await gateway.stop();
  await upstream.close();
  await home.remove();
});

beforeEach(() => void (upstream.calls.length = 0));

const organisations = () => new Set(upstream.calls.map(({ organisation }) => organisation));

async function ask(fields: object = {}): Promise<OpenAI.Responses.Response> {
  return client.responses.create({ model: MODEL, input: 'hello', ...fields, stream: false });
}

async function askStreamed(fields: object = {}): Promise<OpenAI.Responses.Response> {
  return client.responses.stream({ model: MODEL, input: 'hello', ...fields }).finalResponse();
}

async function refusal(call: Promise<unknown>): Promise<{ status: number; code: unknown; message: string }> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OpenAI.APIError)) throw new Error('the call was not refused');
  return { status: error.status as number, code: error.code, message: error.message };
}

async function keyOf(organisation: string): Promise<KeyView> {
  const key = [...upstream.organisations].find(([, of]) => of === organisation)![0];
  const keys = await gateway.admin.keys('keeping');
  return keys.find(({ masked }) => key.endsWith(masked.slice(-4)))!;
}

describe('what an upstream keeps of its answers', () => {
  it('leaves other calls in their turn', async () => {
    for (let round = 0; round < ORGANISATIONS.length; round++) await ask();
    expect(organisations().size).toBe(ORGANISATIONS.length);
  });

  it.each([
    ['whole', ask],
    ['streamed', askStreamed],
  ] as const)('is gone on with at the key that made it (%s)', async (_, call) => {
    let { id } = await call();
    for (let round = 0; round < ROUNDS; round++) ({ id } = await call({ previous_response_id: id }));
    expect(organisations().size).toBe(1);
    expect(upstream.calls).toHaveLength(1 + ROUNDS);
  });

  it('is read, listed, cancelled and deleted there, with and without the upstream’s name', async () => {
    const named = openaiClient(gateway.url, token, '/llm/keeping');
    for (const { responses } of [client, named, client, named]) {
      const { id } = await ask();
      expect((await responses.retrieve(id)).id).toBe(id);
      expect((await responses.inputItems.list(id)).data).toEqual([]);
      expect((await responses.cancel(id)).status).toBe('cancelled');
      await responses.delete(id);
      expect(organisations().size).toBe(1);
      upstream.calls.length = 0;
    }
  });

  it('is found by references to its items', async () => {
    const references: object[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { output } = await ask({ input: [...references, { role: 'user', content: 'go on' }] });
      references.push({ type: 'item_reference', id: output[0]!.id });
    }
    expect(organisations().size).toBe(1);
  });

  it('is a conversation, too', async () => {
    const named = openaiClient(gateway.url, token, '/llm/keeping');
    const { id } = await named.conversations.create();
    for (let round = 0; round < ROUNDS; round++) {
      await ask({ conversation: round % 2 === 0 ? id : { id } });
      expect((await named.conversations.retrieve(id)).id).toBe(id);
    }
    expect(organisations().size).toBe(1);
  });

  it('waits for its key while that is over its limit, and tells when', async () => {
    const { id } = await ask();
    const { key } = upstream.calls[0]!;
    upstream.limited.add(key);
    expect((await refusal(ask({ previous_response_id: id }))).status).toBe(429);
    expect((await refusal(ask({ previous_response_id: id }))).status).toBe(429);
    expect(organisations().size).toBe(1);
    upstream.limited.clear();
    await gateway.admin.ask('POST', '/api/admin/keys/actions', {
      action: 'reset',
      filter: { upstream: 'keeping' },
    });
  });

  it('is known after a restart', async () => {
    const made = [await ask(), await askStreamed(), await ask()];
    const of = upstream.calls.map(({ organisation }) => organisation);
    await gateway.stop();
    gateway = await startGateway({ home, env: { KEYWHEEL_MAX_WAIT_MS: '0' } });
    client = openaiClient(gateway.url, token);
    upstream.calls.length = 0;
    for (const { id } of made) await ask({ previous_response_id: id });
    expect(upstream.calls.map(({ organisation }) => organisation)).toEqual(of);
    expect((await client.responses.retrieve(made[0]!.id)).id).toBe(made[0]!.id);
  });

  it('is asked of another key where its own is gone or out: the provider says what it knows', async () => {
    const { id } = await ask();
    const { organisation } = upstream.calls[0]!;
    const key = await keyOf(organisation);
    await gateway.admin.ask('POST', '/api/admin/keys/actions', { action: 'disable', ids: [key.id] });
    expect(await refusal(ask({ previous_response_id: id }))).toMatchObject({
      status: 400,
      code: 'previous_response_not_found',
    });
    await gateway.admin.ask('DELETE', `/api/admin/keys/${key.id}`);
    expect(await refusal(ask({ previous_response_id: id }))).toMatchObject({
      status: 400,
      code: 'previous_response_not_found',
    });
    expect(await refusal(client.responses.retrieve(id))).toMatchObject({ status: 404 });
  });

  it('is nothing where the client did not want it kept', async () => {
    const { id } = await ask({ store: false });
    expect(await refusal(client.responses.retrieve(id))).toMatchObject({ status: 404 });
    expect(upstream.calls).toHaveLength(1);
  });
});
