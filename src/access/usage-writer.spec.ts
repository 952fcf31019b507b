import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Shell, startShell } from '../admin/shell.fixture.js';
import { Gate } from './gate.js';
import { UsageWriter } from './usage-writer.js';

async function withDatabase(test: (start: () => Promise<Shell>) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'keywheel-test-'));
  const path = join(directory, 'keywheel.db');
  try {
    await test(() => startShell([], { database: { kind: 'sqlite', path } }));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function call(shell: Shell, secret: string, cost: number): Promise<void> {
  const gate = shell.app.get(Gate);
  const token = gate.identify({ rawHeaders: ['x-api-key', secret], queryKeys: [], ip: '192.0.2.1' });
  gate.settle(await gate.reserve(token, 0), { cost });
}

describe('usage of a token', () => {
  it('is forgiven by no restart', () =>
    withDatabase(async (start) => {
      const first = await start();
      const body = { name: 'app', role: 'client', limits: { rpd: 3, budget: 1 } };
      const { id, secret } = (await first.ask('POST', '/api/admin/tokens', { token: first.adminToken, body }))
        .json;
      await call(first, secret, 0.25);
      await first.app.get(UsageWriter).flush();
      await call(first, secret, 0.25);
      await first.close();

      const second = await start();
      const path = `/api/admin/tokens/${id}`;
      const view = await second.ask('GET', path, { token: second.adminToken });
      expect(view.json).toMatchObject({
        usage: { spent: 0.5, callsToday: 2 },
        lastUsedAt: '2026-11-21T12:00:00.000Z',
      });
      await call(second, secret, 0);
      await expect(call(second, secret, 0)).rejects.toThrow(expect.objectContaining({ code: 'token_limit' }));
      await second.ask('PATCH', path, { token: second.adminToken, body: { limits: { budget: 0.5 } } });
      await expect(call(second, secret, 0)).rejects.toThrow(/budget/);
      await second.close();
    }));
});
