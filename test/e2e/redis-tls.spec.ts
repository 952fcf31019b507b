import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canStartRedis, freePort, RedisProcess } from '../support/redis-process.ts';
import { ask } from './support/ask.ts';
import { openHouse, type House } from './support/house.ts';
import { until } from './support/until.ts';

interface Health {
  readonly checks: { readonly redis: { readonly status: string } };
}

describe.skipIf(!canStartRedis())('redis behind TLS', () => {
  const directory = mkdtempSync(join(tmpdir(), 'keywheel-tls-'));
  const certificate = join(directory, 'cert.pem');
  let redis: RedisProcess;
  let url: string;

  beforeAll(async () => {
    const key = join(directory, 'key.pem');
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const made = [
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      certificate,
    ];
    execFileSync('openssl', ['req', ...made, ...names], { stdio: 'ignore' });
    const port = await freePort();
    const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate];
    redis = await RedisProcess.start(['--tls-port', String(port), '--tls-auth-clients', 'no', ...files]);
    url = `rediss://127.0.0.1:${port}/0`;
  });

  afterAll(async () => {
    await redis.end();
    rmSync(directory, { recursive: true, force: true });
  });

  const health = async ({ admin }: House) => (await admin.get<Health>('/health')).checks.redis.status;

  it('holds limits where its certificate is trusted', async () => {
    const env = { REDIS_URL: url, NODE_EXTRA_CA_CERTS: certificate, KEYWHEEL_MAX_WAIT_MS: '0' };
    const house = await openHouse({ env });
    try {
      await until(async () => (await health(house)) === 'up', 'redis is up');
      await house.pool('limited', 'openai', ['good'], { limits: [{ rpm: 2 }] });
      const statuses: number[] = [];
      for (let i = 0; i < 3; i++) statuses.push((await ask(house, 'limited', 'openai')).status);
      expect(statuses).toEqual([200, 200, 429]);
      const plain = new Redis(redis.url);
      expect(await plain.dbsize()).toBeGreaterThan(0);
      plain.disconnect();
    } finally {
      await house.close();
    }
  });

  it('is not spoken to where it is not; calls go on from memory', async () => {
    const house = await openHouse({ env: { REDIS_URL: url } });
    try {
      await house.pool('alone', 'openai', ['good']);
      expect((await ask(house, 'alone', 'openai')).status).toBe(200);
      expect(await health(house)).toBe('degraded');
    } finally {
      await house.close();
    }
  });
});
