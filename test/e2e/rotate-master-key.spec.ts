import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { AdminClient } from './support/admin-client.ts';
import { ask } from './support/ask.ts';
import { atOnce } from './support/at-once.ts';
import { GatewayProcess } from './support/gateway-process.ts';
import { createHome, environmentOf, type Home } from './support/home.ts';
import { openHouse, type House } from './support/house.ts';
import { query } from './support/query.ts';
import { runRotation } from './support/rotation-process.ts';
import { newSecrets, remember } from './support/secrets.ts';
import { startGateway } from './support/start-gateway.ts';

const KEYS = 2_100;

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A client that calls again and again until it is told to stop; answers the statuses it got. */
function keepCalling(house: House) {
  const statuses = new Set<number>();
  let isDone = false;
  const calling = (async () => {
    while (!isDone) {
      statuses.add((await ask(house, 'openai', 'openai')).status);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  return async () => {
    isDone = true;
    await calling;
    return [...statuses];
  };
}

async function sealedUnder(home: Home): Promise<number[]> {
  const sql = 'SELECT COUNT(*) AS n FROM api_keys GROUP BY cipher_key_id';
  return (await query<{ n: unknown }>(home, sql)).map(({ n }) => Number(n));
}

/** Calls until every key's turn has come once; each that served was decrypted to what was given. */
async function callWithEveryKey(house: Pick<House, 'url' | 'token' | 'upstream'>): Promise<number> {
  house.upstream.forget();
  await atOnce(KEYS, 8, async () => expect((await ask(house, 'openai', 'openai')).status).toBe(200));
  return new Set(house.upstream.calls.map(({ key }) => key)).size;
}

describe('rotate-master-key under kill -9', { timeout: 240_000 }, () => {
  it('loses no key wherever it is killed, and the gateway serves on', async () => {
    const home = await createHome();
    cleanups.push(home.remove);
    const house = await openHouse({ home });
    cleanups.push(() => house.upstream.close());
    await house.pool('openai', 'openai', Array<'good'>(KEYS).fill('good'));
    const next = remember(randomBytes(32).toString('base64'));
    const rotation = { env: { ...environmentOf(home), NEW_MASTER_KEY: next }, cwd: home.directory };
    const stopCalling = keepCalling(house);

    // Before the first write, in the first hundred, further on, and where the old key is retired.
    for (const lines of [1, 2, 4, 7, 3, 12]) {
      const { signal, output } = await runRotation(rotation, lines);
      expect(signal, output).toBe('SIGKILL');
      expect((await sealedUnder(home)).reduce((sum, n) => sum + n, 0)).toBe(KEYS);
      expect((await ask(house, 'openai', 'openai')).status).toBe(200);
    }
    const { code, output } = await runRotation(rotation);
    expect(code, output).toBe(0);
    expect(output).toMatch(/^Done: \d+ keys sealed anew/m);
    expect(await sealedUnder(home)).toEqual([KEYS]);

    expect(await stopCalling()).toEqual([200]);
    await house.gateway.stop();

    const renewed = { ...home, masterKey: next };
    const again = await startGateway({ home: renewed });
    expect(await callWithEveryKey({ ...house, url: again.url })).toBe(KEYS);
    expect(await again.admin.addKeys('openai', newSecrets(1, 'sk-proj-'))).toMatchObject({ added: 1 });
    await again.stop();
  });

  it('keeps the generated master key until the next one has sealed everything', async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'keywheel-rotation-'));
    cleanups.push(() => rm(cwd, { recursive: true, force: true }));
    const env = { PORT: '0', HOST: '127.0.0.1', HOME: cwd, ALLOW_PRIVATE_UPSTREAMS: 'true' };
    const start = async () => {
      const gateway = await GatewayProcess.start({ cwd, env });
      cleanups.push(() => gateway.stop());
      const token = remember((await readFile(join(cwd, 'data/admin.token'), 'utf8')).trim());
      return { gateway, admin: new AdminClient(gateway.url, token) };
    };
    const masterKey = async () => remember((await readFile(join(cwd, 'data/master.key'), 'utf8')).trim());
    const first = await start();
    const spec = { slug: 'many', protocol: 'openai', baseUrl: 'http://127.0.0.1:9/v1' };
    await first.admin.addUpstream(spec);
    await first.admin.addKeys('many', newSecrets(400));
    const old = await masterKey();

    for (const lines of [1, 3, 2]) {
      expect((await runRotation({ env, cwd }, lines)).signal).toBe('SIGKILL');
      expect(await masterKey()).toBe(old);
    }
    expect((await runRotation({ env, cwd })).code).toBe(0);
    expect(await masterKey()).not.toBe(old);
    await first.gateway.stop();
    const { admin } = await start();
    const pools = await admin.get<{ pools: { active: number }[] }>('/stats/keys');
    expect(pools.pools).toMatchObject([{ upstream: 'many', total: 400, active: 400 }]);
  });
});
