import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BootFault } from './boot-fault.js';
import { loadConfig } from './load-config.js';
import type { Environment } from './read-environment.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'keywheel-config-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

const load = (environment: Environment = {}) =>
  loadConfig({ DATABASE_URL: `sqlite:${directory}/kept/keywheel.db`, ...environment });

function faultsOf(environment: Environment): readonly string[] {
  try {
    load(environment);
  } catch (error) {
    if (error instanceof BootFault) return error.faults;
    throw error;
  }
  return [];
}

const masterKey = Buffer.alloc(32, 1).toString('base64');
const adminToken = 'x'.repeat(24);
const server = {
  MASTER_KEY: masterKey,
  ADMIN_TOKEN: adminToken,
  DATABASE_URL: 'postgres://u:p@db:5432/keywheel',
};

describe('the configuration', () => {
  it('has a value for everything from an empty environment', () => {
    expect(load()).toMatchObject({
      port: 8000,
      host: '0.0.0.0',
      adminPort: undefined,
      redisUrl: undefined,
      allowPrivateUpstreams: false,
      trustProxy: [],
      logLevel: 'info',
      logDir: undefined,
      drainSeconds: 30,
      metricsPublic: false,
      workers: 1,
      presetKeys: { openai: [], gemini: [], anthropic: [], 'vertex-express': [] },
      pinnedSettings: {},
    });
  });

  it('reads every variable', () => {
    const config = load({
      PORT: '0',
      HOST: '::1',
      ADMIN_PORT: '9000',
      REDIS_URL: 'rediss://:secret@cache:6380/2',
      ALLOW_PRIVATE_UPSTREAMS: 'ollama.lan, 10.0.0.0/8',
      TRUST_PROXY: '127.0.0.1,fd00::/8',
      METRICS_PUBLIC: 'TRUE',
      DRAIN_SECONDS: '0',
      LOG_DIR: `${directory}/logs`,
      OPENAI_API_KEYS: 'sk-a, sk-b,\nsk-a,',
      KEYWHEEL_MAX_WAIT_MS: '5',
    });
    expect(config).toMatchObject({
      port: 0,
      host: '::1',
      adminPort: 9000,
      allowPrivateUpstreams: ['ollama.lan', '10.0.0.0/8'],
      trustProxy: ['127.0.0.1', 'fd00::/8'],
      metricsPublic: true,
      drainSeconds: 0,
      logDir: `${directory}/logs`,
      pinnedSettings: { maxWaitMs: '5' },
    });
    expect(config.redisUrl?.reveal()).toBe('rediss://:secret@cache:6380/2');
    expect(config.presetKeys.openai.map((key) => key.reveal())).toEqual(['sk-a', 'sk-b']);
  });

  it.each([
    ['sqlite:data/x.db', { kind: 'sqlite', path: join(process.cwd(), 'data/x.db') }],
    ['sqlite:///var/lib/x.db', { kind: 'sqlite', path: '/var/lib/x.db' }],
    ['sqlite::memory:', { kind: 'sqlite', path: ':memory:' }],
    ['mysql://u@h/d', { kind: 'mysql' }],
    ['mariadb://u@h/d', { kind: 'mysql' }],
    ['postgres://u@h/d', { kind: 'postgres' }],
    ['postgresql://u@h/d', { kind: 'postgres' }],
  ])('takes %s for a database', (url, expected) => {
    expect(load({ ...server, DATABASE_URL: url }).database).toMatchObject(expected);
  });

  it('takes several workers where they have a Redis to share, and says what to set where not', () => {
    const REDIS_URL = 'redis://cache';
    expect(load({ WORKERS: '3', REDIS_URL }).workers).toBe(3);
    expect(load({ WORKERS: 'auto', REDIS_URL }).workers).toBe(availableParallelism());
    expect(load({ WORKERS: '1' }).workers).toBe(1);
    for (const WORKERS of ['0', '257', '-1', '2.5', 'many']) {
      expect(faultsOf({ WORKERS, REDIS_URL })).toEqual([
        'WORKERS: must be auto or a whole number from 1 to 256',
      ]);
    }
    expect(faultsOf({ WORKERS: '2' })).toEqual([
      'WORKERS: 2 processes share limits and rotation through Redis; set REDIS_URL, or WORKERS=1',
    ]);
    expect(faultsOf({ WORKERS: '2', REDIS_URL: 'http://x' }).map((fault) => fault.split(':')[0])).toEqual([
      'REDIS_URL',
    ]);
    expect(faultsOf({ WORKERS: '2', REDIS_URL, DATABASE_URL: 'sqlite::memory:' })).toEqual([
      'WORKERS: 2 processes cannot share sqlite::memory:; set DATABASE_URL, or WORKERS=1',
    ]);
  });

  it('tells all faults at once, in plain words, and repeats no value', () => {
    const faults = faultsOf({
      PORT: '80a',
      ADMIN_PORT: '70000',
      DATABASE_URL: 'oracle://user:hunter2@db/x',
      MASTER_KEY: 'c2hvcnQ=',
      ADMIN_TOKEN: 'short',
      REDIS_URL: 'http://hunter2',
      ALLOW_PRIVATE_UPSTREAMS: 'maybe/x',
      TRUST_PROXY: '10.0.0.0/33',
      LOG_LEVEL: 'loud',
      METRICS_PUBLIC: 'perhaps',
      GEMINI_API_KEYS: 'one two',
    });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'PORT',
      'ADMIN_PORT',
      'DATABASE_URL',
      'REDIS_URL',
      'MASTER_KEY',
      'ADMIN_TOKEN',
      'ALLOW_PRIVATE_UPSTREAMS',
      'TRUST_PROXY',
      'LOG_LEVEL',
      'METRICS_PUBLIC',
      'GEMINI_API_KEYS',
    ]);
    expect(faults.join('\n')).not.toMatch(/hunter2|c2hvcnQ|maybe/);
    expect(faults[0]).toBe('PORT: must be a whole number from 0 to 65535');
    expect(readdirSync(directory)).toEqual([]);
  });

  it('tells the faults of pinned settings together with its own', () => {
    const check = (pinned: Readonly<Record<string, string>>) =>
      Object.keys(pinned).map((name) => `${name}: no`);
    expect(() => loadConfig({ PORT: 'x', KEYWHEEL_NOT_A_SETTING: '1' }, check)).toThrow(
      /PORT[^]*notASetting: no/,
    );
  });

  it('takes a secret from a file, but not from both places', () => {
    const path = join(directory, 'token');
    writeFileSync(path, `${adminToken}\n`);
    expect(load({ ADMIN_TOKEN_FILE: path }).adminToken.reveal()).toBe(adminToken);
    expect(faultsOf({ ADMIN_TOKEN_FILE: path, ADMIN_TOKEN: adminToken })).toEqual([
      'ADMIN_TOKEN: set ADMIN_TOKEN or ADMIN_TOKEN_FILE, not both',
    ]);
    expect(faultsOf({ MASTER_KEY_FILE: `${directory}/none` })[0]).toMatch(/^MASTER_KEY_FILE: .* \(ENOENT\)$/);
  });

  it('shows no secret when it is printed', () => {
    const config = load({ OPENAI_API_KEYS: 'sk-a', ADMIN_TOKEN: adminToken, MASTER_KEY: masterKey });
    const printed = inspect(config, { depth: 9 }) + JSON.stringify(config);
    expect(printed).not.toMatch(new RegExp(`sk-a|${adminToken}|AQEBAQEB`));
  });

  it('wants two ports that differ', () => {
    expect(faultsOf({ PORT: '8000', ADMIN_PORT: '8000' })).toHaveLength(1);
    expect(faultsOf({ PORT: '0', ADMIN_PORT: '0' })).toEqual([]);
  });
});

describe('the generated secrets', () => {
  it('are made at the first start beside the database, for this user alone, and kept', () => {
    const first = load();
    expect(first.generated).toEqual({
      firstStart: true,
      adminTokenFile: join(directory, 'kept/admin.token'),
      masterKeyFile: join(directory, 'kept/master.key'),
    });
    expect(first.dataDir).toBe(join(directory, 'kept'));
    expect(Buffer.from(first.masterKey.reveal(), 'base64')).toHaveLength(32);
    expect(first.adminToken.reveal().length).toBeGreaterThanOrEqual(24);
    expect(statSync(first.dataDir).mode & 0o777).toBe(0o700);
    expect(readdirSync(first.dataDir).toSorted()).toEqual(['admin.token', 'master.key']);
    for (const name of readdirSync(first.dataDir)) {
      expect(statSync(join(first.dataDir, name)).mode & 0o777).toBe(0o600);
    }
    const second = load();
    expect(second.generated.firstStart).toBe(false);
    expect(second.masterKey.reveal()).toBe(first.masterKey.reveal());
    expect(second.adminToken.reveal()).toBe(first.adminToken.reveal());
  });

  it('are not made where the environment gives them', () => {
    const config = load({ MASTER_KEY: masterKey, ADMIN_TOKEN: adminToken });
    expect(config.generated).toEqual({ firstStart: false });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('are required with a database that instances share', () => {
    const { MASTER_KEY: _, ADMIN_TOKEN: __, ...bare } = server;
    const faults = faultsOf(bare);
    expect(faults.map((fault) => fault.split(':')[0])).toEqual(['MASTER_KEY', 'ADMIN_TOKEN']);
    expect(faultsOf(server)).toEqual([]);
  });

  it('that were spoilt end the start, and are left as they are', () => {
    load();
    const path = join(directory, 'kept/master.key');
    writeFileSync(path, 'spoilt');
    expect(faultsOf({})[0]).toContain('master.key');
    expect(readFileSync(path, 'utf8')).toBe('spoilt');
  });
});
