import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

it('the demo runs without keys or network, and no client sees an error', async () => {
  const { code, stdout } = await new Promise<{ code: number; stdout: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      ['demo/demo.ts', '--once'],
      { cwd: ROOT },
      (_error, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, stdout: stdout + stderr });
      },
    );
  });
  expect(stdout).toContain('client errors 0 of 28');
  expect(stdout).toMatch(/upstream failures absorbed [1-9]/);
  expect(code).toBe(0);
});
