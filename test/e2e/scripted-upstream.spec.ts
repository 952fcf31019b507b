import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScriptedUpstream } from '../fakes/scripted-upstream/scripted-upstream.ts';
import { until } from './support/until.ts';

/** The suites trust the scripted upstream, so it is tested itself: without a gateway. */
let upstream: ScriptedUpstream;

beforeAll(async () => {
  upstream = await ScriptedUpstream.start({
    keys: { one: {}, two: { script: ['rate_limited', 'reset'], then: 'good' } },
    limits: { three: { rpm: 2, concurrency: 1 } },
  });
});

afterAll(() => upstream.close());

const chat = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] };

function post(path: string, headers: Record<string, string>, body: unknown = chat): Promise<Response> {
  return fetch(upstream.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

describe('what it is strict about', () => {
  it.each([
    ['no key', {}, 401],
    ['an unknown key', { authorization: 'Bearer nobody' }, 401],
    ['a key in the wrong place', { 'x-api-key': 'one' }, 401],
    ['a second credential', { authorization: 'Bearer one', 'x-goog-api-key': 'kw_x' }, 401],
    ['a content type', { authorization: 'Bearer one', 'content-type': 'text/plain' }, 415],
    ['nothing, when all is right', { authorization: 'Bearer one' }, 200],
  ])('%s', async (_name, headers, status) => {
    const answer = await post('/v1/chat/completions', headers);
    await answer.text();
    expect(answer.status).toBe(status);
  });

  it("a missing field, in the provider's words", async () => {
    const answer = await post(
      '/v1/messages',
      { 'x-api-key': 'one', 'anthropic-version': '2023-06-01' },
      { model: 'claude-haiku-4-5' },
    );
    expect(await answer.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } });
  });
});

it('plays the script of a key in order', async () => {
  const call = () =>
    post('/v1/chat/completions', { authorization: 'Bearer two' }).then(
      async (answer) => (await answer.text(), answer.status),
      () => 'reset',
    );
  expect([await call(), await call(), await call(), await call()]).toEqual([429, 'reset', 200, 200]);
});

it('enforces limits and records who breaks them', async () => {
  upstream.keys.set('three', {});
  const statuses: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const answer = await post('/v1/chat/completions', { authorization: 'Bearer three' });
    await answer.text();
    statuses.push(answer.status);
  }
  expect(statuses).toEqual([200, 200, 429]);
  expect(upstream.violations).toMatchObject([{ key: 'three', limit: 'rpm', used: 2, allowed: 2 }]);
});

it('keeps the files of one project from another', async () => {
  const headers = {
    'x-goog-api-key': 'one',
    'x-goog-upload-protocol': 'resumable',
    'x-goog-upload-command': 'start',
    'x-goog-upload-header-content-length': '2',
  };
  const begun = await post('/upload/v1beta/files', headers, { file: {} });
  const url = begun.headers.get('x-goog-upload-url') ?? '';
  const sent = await fetch(url, {
    method: 'POST',
    headers: {
      'x-goog-api-key': 'one',
      'x-goog-upload-command': 'upload, finalize',
      'x-goog-upload-offset': '0',
    },
    body: 'hi',
  });
  const { file } = (await sent.json()) as { file: { name: string } };
  const read = (key: string) =>
    fetch(`${upstream.url}/v1beta/${file.name}`, { headers: { 'x-goog-api-key': key } });
  expect((await read('one')).status).toBe(200);
  expect((await read('two')).status).toBe(403);
});

it('can be scripted from another process', async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../fakes/scripted-upstream/cli.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  try {
    const [, url, control] = await until(
      () => /upstream (\S+)\ncontrol (\S+)/.exec(output) ?? undefined,
      'both ports',
    );
    const command = (path: string, body: unknown) =>
      fetch(control + path, { method: 'POST', body: JSON.stringify(body) });
    expect((await command('/keys', { 'sk-new': { then: 'forbidden' } })).status).toBe(200);
    const answer = await fetch(`${url}/v1/models`, { headers: { authorization: 'Bearer sk-new' } });
    expect(answer.status).toBe(403);
    expect(await (await fetch(`${control}/calls`)).json()).toMatchObject([
      { key: 'sk-new', status: 403, operation: 'models' },
    ]);
  } finally {
    child.kill();
  }
});
