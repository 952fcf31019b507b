import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from './support/free-port.ts';
import { openaiClient } from './support/sdk-clients.ts';
import { newSecrets } from './support/secrets.ts';
import { startGateway, type Gateway } from './support/start-gateway.ts';
import { until } from './support/until.ts';

const ROOT = join(import.meta.dirname, '../..');
const messages = [{ role: 'user' as const, content: 'Hello from a test' }];

const children: ChildProcess[] = [];
let gateway: Gateway;

/** Starts another project's mock server and waits for what it prints. */
async function start(script: string, announced: RegExp, env: Record<string, string> = {}): Promise<string> {
  const child = spawn(process.execPath, [join(ROOT, script)], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return until(() => announced.exec(output)?.[1], `${script} announces itself`);
}

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(async () => {
  for (const child of children) child.kill();
  await gateway.stop();
});

async function front(slug: string, baseUrl: string): Promise<OpenAI> {
  await gateway.admin.addUpstream({ slug, protocol: 'openai', baseUrl, models: ['gpt-4o'] });
  await gateway.admin.addKeys(slug, newSecrets(3));
  const { secret } = await gateway.admin.createToken({ name: slug });
  return openaiClient(gateway.url, secret, `/llm/${slug}`);
}

async function streamed(client: OpenAI): Promise<string> {
  let text = '';
  for await (const chunk of await client.chat.completions.create({ model: 'gpt-4o', messages, stream: true }))
    text += chunk.choices[0]?.delta?.content ?? '';
  return text;
}

describe('@dwmkerr/mock-llm as the upstream', () => {
  let client: OpenAI;

  beforeAll(async () => {
    const port = String(await freePort());
    const address = await start('node_modules/@dwmkerr/mock-llm/dist/main.js', /running on (\S+:\d+)/, {
      HOST: '127.0.0.1',
      PORT: port,
    });
    client = await front('mock-llm', `http://${address}/v1`);
  });

  it('answers whole', async () => {
    const { choices } = await client.chat.completions.create({ model: 'gpt-4o', messages });
    expect(choices[0]?.message.content).toBe('Hello from a test');
  });

  it('streams', async () => {
    expect(await streamed(client)).toBe('Hello from a test');
  });
});

describe('openai-api-mock as the upstream', () => {
  let client: OpenAI;

  beforeAll(async () => {
    const url = await start('test/fakes/openai-api-mock-server.ts', /^(http:\/\/127\.0\.0\.1:\d+)$/m);
    client = await front('api-mock', `${url}/v1`);
  });

  it('answers whole', async () => {
    const { choices } = await client.chat.completions.create({ model: 'gpt-4o', messages });
    expect(choices[0]?.message.content).toBeTruthy();
  });

  it('streams', async () => {
    expect(await streamed(client)).toBeTruthy();
  });

  it('embeds', async () => {
    const { data } = await client.embeddings.create({
      model: 'text-embedding-3-small',
      input: 'x',
      encoding_format: 'float',
    });
    expect(data[0]?.embedding.length).toBeGreaterThan(0);
  });
});
