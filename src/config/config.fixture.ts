import { tmpdir } from 'node:os';
import { Secret } from '../kernel/secret.js';
import type { Config } from './config.js';

/** A configuration for tests: SQLite in memory, fixed secrets, nothing pinned. */
export function testConfig(overrides: Partial<Config> = {}): Config {
  return Object.freeze({
    port: 0,
    host: '127.0.0.1',
    adminPort: undefined,
    database: { kind: 'sqlite' as const, path: ':memory:' },
    redisUrl: undefined,
    masterKey: new Secret(Buffer.alloc(32, 7).toString('base64')),
    adminToken: new Secret('test-admin-token-000000000000'),
    allowPrivateUpstreams: true,
    trustProxy: [],
    workers: 1,
    logLevel: 'info' as const,
    logDir: undefined,
    drainSeconds: 5,
    metricsPublic: false,
    presetKeys: { openai: [], gemini: [], anthropic: [], 'vertex-express': [] },
    pinnedSettings: {},
    dataDir: tmpdir(),
    generated: { firstStart: false },
    ...overrides,
  });
}
