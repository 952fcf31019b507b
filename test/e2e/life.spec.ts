import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ScriptedUpstream } from '../fakes/scripted-upstream/scripted-upstream.ts';
import { AdminClient } from './support/admin-client.ts';
import { ask } from './support/ask.ts';
import { atOnce } from './support/at-once.ts';
import { GatewayProcess } from './support/gateway-process.ts';
import { createHome, environmentOf, type Home } from './support/home.ts';
import { openHouse } from './support/house.ts';
import { query } from './support/query.ts';
import { googleClient, openaiClient } from './support/sdk-clients.ts';
import { newSecret, newSecrets, remember } from './support/secrets.ts';
import { startGateway } from './support/start-gateway.ts';
import { until } from './support/until.ts';

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function home(): Promise<Home> {
  const made = await createHome();
  cleanups.push(made.remove);
  return made;
}

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keywheel-first-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe('the first start', () => {
  it('needs no environment: makes data, master key and admin token, readable by their owner only', async () => {
    const cwd = await emptyFolder();
    const gateway = await GatewayProcess.start({ cwd, env: { PORT: '0', HOST: '127.0.0.1', HOME: cwd } });
    cleanups.push(() => gateway.stop());
    const files = await readdir(join(cwd, 'data'));
    const tokenFile = files.find((name) => /token/.test(name))!;
    const keyFile = files.find((name) => /key$|master/.test(name))!;
    for (const name of [tokenFile, keyFile])
      expect((await stat(join(cwd, 'data', name))).mode & 0o777).toBe(0o600);
    const token = remember((await readFile(join(cwd, 'data', tokenFile), 'utf8')).trim());
    const master = remember((await readFile(join(cwd, 'data', keyFile), 'utf8')).trim());
    expect(token.length).toBeGreaterThanOrEqual(24);
    expect(gateway.output).toContain(tokenFile);
    expect(gateway.output).not.toContain(token);
    expect(gateway.output).not.toContain(master);
    await new AdminClient(gateway.url, token).get('/api/admin/upstreams');
    expect((await gateway.stop()).code).toBe(0);
    const again = await GatewayProcess.start({ cwd, env: { PORT: '0', HOST: '127.0.0.1', HOME: cwd } });
    cleanups.push(() => again.stop());
    await new AdminClient(again.url, token).get('/api/admin/upstreams');
  });

  it('takes keys from the environment, once', async () => {
    const house = await home();
    const keys = newSecrets(3);
    const env = { OPENAI_API_KEYS: keys.join(',') };
    for (let round = 0; round < 2; round += 1) {
      const gateway = await startGateway({ home: house, env });
      expect(await gateway.admin.keys('openai')).toHaveLength(3);
      await gateway.stop();
    }
  });
});

describe('boot faults', () => {
  it('are told all at once, and end the process with 78', async () => {
    const cwd = await emptyFolder();
    const env = {
      PORT: 'eighty',
      ADMIN_TOKEN: 'short',
      MASTER_KEY: 'not-a-key',
      DATABASE_URL: 'oracle://x',
      KEYWHEEL_MAX_WAIT_MS: 'soon',
    };
    const gateway = GatewayProcess.launch({ cwd, env });
    expect((await gateway.ended).code).toBe(78);
    for (const name of Object.keys(env)) expect(gateway.output).toContain(name);
    expect(existsSync(join(cwd, 'data/keywheel.db'))).toBe(false);
  });

  it('a wrong master key ends the boot before it listens', async () => {
    const house = await home();
    const first = await startGateway({ home: house });
    await first.stop();
    const env = { ...environmentOf(house), MASTER_KEY: randomBytes(32).toString('base64') };
    const gateway = GatewayProcess.launch({ cwd: house.directory, env });
    expect((await gateway.ended).code).not.toBe(0);
    expect(gateway.output).toMatch(/MASTER_KEY|master key/);
    expect(gateway.output).not.toMatch(/listening on/);
  });

  it('a port that is taken', async () => {
    const house = await home();
    const first = await startGateway({ home: house });
    const port = new URL(first.url).port;
    const second = GatewayProcess.launch({
      cwd: house.directory,
      env: { ...environmentOf(house), PORT: port },
    });
    expect((await second.ended).code).not.toBe(0);
    expect(second.output).toContain(port);
    await first.stop();
  });
});

describe('SIGTERM', () => {
  it('lets a stream finish, refuses new calls, keeps the statistics, ends with 0', async () => {
    const house = await home();
    const upstream = await ScriptedUpstream.start();
    cleanups.push(() => upstream.close());
    const key = newSecret();
    upstream.keys.set(key, { then: { kind: 'slow', delayMs: 150 } });
    const gateway = await startGateway({ home: house });
    await gateway.admin.addUpstream({
      slug: 'openai',
      protocol: 'openai',
      baseUrl: `${upstream.url}/v1`,
      models: ['gpt-4o-mini'],
    });
    await gateway.admin.addKeys('openai', [key]);
    const { secret } = await gateway.admin.createToken();
    const messages = [{ role: 'user' as const, content: 'a b c d e f g h i j' }];
    const stream = await openaiClient(gateway.url, secret).chat.completions.create({
      model: 'gpt-4o-mini',
      messages,
      stream: true,
    });
    let text = '';
    let refused = 0;
    let stopping: Promise<{ code: number | null }> | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      stopping ??= gateway.process.stop('SIGTERM');
      const status = await fetch(`${gateway.url}/health/ready`).then(
        ({ status }) => status,
        () => 0,
      );
      if (status === 503 || status === 0) refused += 1;
    }
    expect(text).toBe('You said: a b c d e f g h i j');
    expect(refused).toBeGreaterThan(0);
    expect((await stopping)?.code).toBe(0);
    const again = await startGateway({ home: house });
    const stats = await again.admin.get<Record<string, unknown>>('/stats?window=1h');
    expect(JSON.stringify(stats)).toMatch(/"calls":1\b/);
    await again.stop();
  });

  it('does not wait for connections that ask nothing', async () => {
    const gateway = await startGateway();
    const silent = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    silent.on('error', () => undefined);
    await until(() => silent.readyState === 'open', 'the connection stands');
    expect((await gateway.stop()).code).toBe(0);
    silent.destroy();
  });

  it('does not wait for a reader of its output who reads no more', async () => {
    const gateway = await startGateway();
    const { child } = gateway.process;
    child.stdout!.pause();
    // Their lines are more than the pipe holds.
    await atOnce(4000, 20, async () => (await fetch(`${gateway.url}/v1/models`)).arrayBuffer());
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect((await exited)[0]).toBe(0);
    child.stdout!.resume();
    await gateway.process.ended;
    await gateway.home.remove();
  });

  it('is one signal where it comes twice at once, as Ctrl-C does under npm', async () => {
    const house = await openHouse();
    await house.pool('openai', 'openai', [{ kind: 'slow', delayMs: 50 }], { models: ['gpt-4o-mini'] });
    const messages = [{ role: 'user' as const, content: 'a b c d e f g h i j' }];
    const client = openaiClient(house.url, house.token);
    const stream = await client.chat.completions.create({ model: 'gpt-4o-mini', messages, stream: true });
    let text = '';
    let stopping: Promise<{ code: number | null }> | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      if (stopping) continue;
      stopping = house.gateway.process.stop('SIGINT');
      await until(() => house.gateway.process.output.includes('shutting down'), 'the first signal is heard');
      house.gateway.process.child.kill('SIGINT');
    }
    expect(text).toBe('You said: a b c d e f g h i j');
    expect((await stopping)?.code).toBe(0);
    await house.upstream.close();
    await house.gateway.home.remove();
  });

  it('ends what outlasts DRAIN_SECONDS as a break, so that no client takes it for complete', async () => {
    const house = await openHouse({ env: { DRAIN_SECONDS: '1' } });
    await house.pool('openai', 'openai', [{ kind: 'slow', delayMs: 1000 }], { models: ['gpt-4o-mini'] });
    const messages = [{ role: 'user' as const, content: 'a b c d e f g h i j' }];
    const stream = await openaiClient(house.url, house.token).chat.completions.create({
      model: 'gpt-4o-mini',
      messages,
      stream: true,
    });
    let threw = false;
    let stopping: Promise<{ code: number | null }> | undefined;
    try {
      for await (const chunk of stream) if (chunk) stopping ??= house.gateway.process.stop('SIGTERM');
    } catch {
      threw = true;
    }
    expect(threw).toBe(true);
    expect((await stopping)?.code).toBe(0);
    await house.upstream.close();
    await house.gateway.home.remove();
  });
});

describe('kill -9', () => {
  it('loses no change that was acknowledged', async () => {
    const house = await home();
    let gateway = await startGateway({ home: house });
    await gateway.admin.addUpstream({ slug: 'many', protocol: 'openai', baseUrl: 'http://127.0.0.1:9/v1' });
    let expected = 0;
    for (let round = 0; round < 3; round += 1) {
      const { added } = await gateway.admin.addKeys('many', newSecrets(50));
      const { id, secret } = await gateway.admin.createToken({ name: `round ${round}` });
      expected += added;
      await gateway.stop('SIGKILL');
      gateway = await startGateway({ home: house });
      expect(await gateway.admin.keys('many')).toHaveLength(expected);
      expect(JSON.stringify(await gateway.admin.get('/api/admin/tokens'))).toContain(id);
      const { status } = await fetch(`${gateway.url}/v1/models`, {
        headers: { authorization: `Bearer ${secret}` },
      });
      expect(status).toBe(200);
    }
    expect(expected).toBe(150);
    await gateway.stop();
  });
});

/** Calls in a text of stats_deltas: groups of a span, a start, an upstream and deltas; those of one call are short. */
function callsInWords(text: string): number {
  const groups = JSON.parse(text) as [number, number, string, ...[string, number, ...unknown[]][]][];
  const deltas = groups.flatMap(([, , , ...some]) => some);
  return deltas.reduce((sum, delta) => sum + (delta.length === 5 ? 1 : delta[1]), 0);
}

describe('kill -9 under load', () => {
  it('loses no statistics that were a flush old, however many keys served', async () => {
    const own = await home();
    const house = await openHouse({ home: own });
    cleanups.push(() => house.upstream.close());
    await house.pool('openai', 'openai', Array<'good'>(150).fill('good'));
    const stored = async () => {
      const sums = `SELECT SUM(CASE WHEN key_id = '' THEN calls ELSE 0 END) AS calls,
        SUM(CASE WHEN key_id = '' THEN 0 ELSE calls END) AS by_key FROM stats_slices`;
      const [row] = await query<{ calls: unknown; by_key: unknown }>(own, sums);
      const texts = await query<{ cells: string }>(own, 'SELECT cells FROM stats_deltas');
      const inWords = texts.reduce((sum, { cells }) => sum + callsInWords(cells), 0);
      return { calls: Number(row?.calls), byKey: Number(row?.by_key) + inWords };
    };
    // The first round makes it many keys, whose counts are put into words from then on.
    for (let round = 1; round <= 3; round += 1) {
      await atOnce(150, 16, async () => expect((await ask(house, 'openai', 'openai')).status).toBe(200));
      await until(async () => (await stored()).calls === round * 150, `round ${round} is stored`);
      expect((await stored()).byKey).toBe(round * 150);
    }
    await house.gateway.stop('SIGKILL');
    expect(await stored()).toEqual({ calls: 450, byKey: 450 });
    const again = await startGateway({ home: own });
    const report = await again.admin.get<{ totals: { calls: number }; byKey: { calls: number }[] }>('/stats');
    expect(report.totals.calls).toBe(450);
    expect(new Set(report.byKey.map(({ calls }) => calls))).toEqual(new Set([3]));
    await again.stop();
  });
});

describe('a restart', () => {
  it('keeps cooling keys cooling', async () => {
    const own = await home();
    const house = await openHouse({ home: own });
    const [limited = '', good = ''] = await house.pool('openai', 'openai', [
      { kind: 'rate_limited', retryAfter: 600 },
      'good',
    ]);
    await until(async () => {
      expect((await ask(house, 'openai', 'openai')).status).toBe(200);
      return house.upstream.callsWith(limited).length > 0;
    }, 'the limited key is met');
    // What a pool learned is written behind, at most a second old.
    await until(
      async () => (await house.admin.keys('openai')).some(({ status }) => status === 'cooling'),
      'the key is shown cooling',
    );
    await house.gateway.stop();
    house.upstream.forget();
    const again = await startGateway({ home: own });
    const cooling = (await again.admin.keys('openai')).find(({ status }) => status === 'cooling');
    expect(cooling?.until).toBeTruthy();
    for (let round = 0; round < 6; round += 1)
      expect((await ask({ url: again.url, token: house.token }, 'openai', 'openai')).status).toBe(200);
    expect(house.upstream.callsWith(limited)).toEqual([]);
    expect(house.upstream.callsWith(good)).toHaveLength(6);
    await again.stop();
    await house.upstream.close();
  });

  it('keeps files of Gemini with the key that made them', async () => {
    const own = await home();
    const house = await openHouse({ home: own });
    await house.pool('gemini', 'gemini', ['good', 'good', 'good', 'good'], { models: ['gemini-2.5-flash'] });
    const file = await googleClient(house.url, house.token).files.upload({
      file: new Blob(['a note']),
      config: { mimeType: 'text/plain' },
    });
    await house.gateway.stop();
    const again = await startGateway({ home: own });
    const client = googleClient(again.url, house.token);
    for (let round = 0; round < 5; round += 1) {
      expect((await client.files.get({ name: file.name! })).state).toBe('ACTIVE');
      const parts = [{ fileData: { fileUri: file.uri!, mimeType: 'text/plain' } }, { text: 'sum up' }];
      const answer = await client.models.generateContent({
        model: 'gemini-2.5-flash',
        contents: [{ role: 'user', parts }],
      });
      expect(answer.text).toContain('sum up');
    }
    await again.stop();
    await house.upstream.close();
  });
});
