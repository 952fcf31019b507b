import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QueryFailedError } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Secret } from '../kernel/secret.js';
import { createLogger } from './create-logger.js';
import type { Log } from './log.js';
import { NestLog } from './nest-log.js';

function recorded(logDir?: string) {
  const lines: string[] = [];
  const log: Log = createLogger({ logLevel: 'debug', logDir }, { write: (line) => void lines.push(line) });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') };
}

describe('the log', () => {
  it('writes one JSON line with level, time, room and fields', () => {
    const { log, last } = recorded();
    log.child({ room: 'keys' }).info({ keyId: 'k1' }, 'key rests');
    expect(last()).toMatchObject({ level: 'info', room: 'keys', keyId: 'k1', msg: 'key rests' });
    expect(last().time).toBeTypeOf('number');
  });

  it('is silent below its level', () => {
    const { log, lines } = recorded();
    log.trace({}, 'too much');
    expect(lines).toEqual([]);
    expect(log.isLevelEnabled('trace')).toBe(false);
  });

  it('shows no secret, by type and by the name of a field', () => {
    const { log, lines } = recorded();
    log.info({ given: new Secret('hunter2'), deep: { list: [new Secret('hunter2')] } });
    log.info({ authorization: 'Bearer hunter2', headers: { 'x-api-key': 'hunter2', cookie: 'hunter2' } });
    log.info({ req: { headers: { 'x-goog-api-key': 'hunter2' } }, password: 'hunter2' });
    expect(lines.join('')).not.toContain('hunter2');
    expect(lines).toHaveLength(3);
  });

  it('shows of an error what finds it, but neither its parameters nor its configuration', () => {
    const { log, lines, last } = recorded();
    const driver = Object.assign(new Error('duplicate'), { code: 'ER_DUP_ENTRY' });
    log.error({ err: new QueryFailedError('INSERT …', ['hunter2'], driver) }, 'write failed');
    expect(last().err).toMatchObject({
      type: 'QueryFailedError',
      message: 'duplicate',
      code: 'ER_DUP_ENTRY',
    });
    const axiosLike = Object.assign(new Error('refused'), {
      config: { headers: { 'x-api-key': 'hunter2' } },
    });
    log.error({ err: new Error('outer', { cause: axiosLike }) });
    expect(last().err.cause).toMatchObject({ type: 'Error', message: 'refused' });
    expect(lines.join('')).not.toContain('hunter2');
  });

  it('takes the lines of Nest', () => {
    const { log, last } = recorded();
    const nest = new NestLog(log);
    nest.log('Mapped {/x, GET} route', 'RouterExplorer');
    expect(last()).toMatchObject({ level: 'debug', nest: 'RouterExplorer', msg: 'Mapped {/x, GET} route' });
    nest.error('broke', 'Error: broke\n at x', 'ExceptionsHandler');
    expect(last()).toMatchObject({ level: 'error', nest: 'ExceptionsHandler', stack: 'Error: broke\n at x' });
    nest.error(new Error('thrown'), 'Scheduler');
    expect(last()).toMatchObject({
      level: 'error',
      nest: 'Scheduler',
      msg: 'thrown',
      err: { message: 'thrown' },
    });
  });

  it('writes to files as well where a directory is set', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'keywheel-log-'));
    const { log, lines } = recorded(join(directory, 'logs'));
    log.info({}, 'in both');
    await vi.waitFor(async () => {
      const [file = ''] = await readdir(join(directory, 'logs'));
      expect(file).toMatch(/^keywheel\.\d{4}-\d\d-\d\d\.1\.log$/);
      expect(await readFile(join(directory, 'logs', file), 'utf8')).toBe(lines[0]);
    }, 5_000);
    await rm(directory, { recursive: true });
  });

  describe('of lines that are ready', () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it('writes those of 50 ms at once, in the same shape', () => {
      const { log, lines } = recorded();
      log.child({ room: 'stats' }).bulk(['"msg":"call","path":"/a"']);
      log.bulk(['"msg":"call","path":"/b"']);
      expect(lines).toEqual([]);
      vi.advanceTimersByTime(50);
      expect(lines).toHaveLength(1);
      const [a, b, ...rest] = lines[0]!.split('\n');
      expect(JSON.parse(a!)).toMatchObject({ level: 'info', pid: process.pid, msg: 'call', path: '/a' });
      expect(JSON.parse(b!)).toMatchObject({ path: '/b' });
      expect(rest).toEqual(['']);
    });

    it('writes 256 without waiting, and each once', () => {
      const { log, lines } = recorded();
      for (let i = 0; i < 257; i++) log.bulk([`"call":${i}`]);
      expect(lines).toHaveLength(1);
      vi.advanceTimersByTime(50);
      const written = lines.join('').trimEnd().split('\n');
      expect(written.map((line) => (JSON.parse(line) as { call: number }).call)).toEqual([
        ...Array(257).keys(),
      ]);
    });

    it('writes what waits before the last line', async () => {
      const { log, lines } = recorded();
      log.bulk(['"msg":"call"']);
      await log.end({}, 'ended');
      expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['call', 'ended']);
    });
  });

  it('writes line by line where several processes write, each to files of its own', async () => {
    const logDir = await mkdtemp(join(tmpdir(), 'keywheel-log-'));
    const lines: string[] = [];
    const config = { logLevel: 'info' as const, logDir, worker: 2 };
    const log: Log = createLogger(config, { write: (line) => void lines.push(line) });
    log.bulk(['"msg":"call","path":"/a"', '"msg":"call","path":"/b"']);
    expect(lines.map((line) => (JSON.parse(line) as { path: string }).path)).toEqual(['/a', '/b']);
    await vi.waitFor(async () => expect(await readdir(join(logDir, 'worker-2'))).toHaveLength(1), 5_000);
    await rm(logDir, { recursive: true });
  });
});
