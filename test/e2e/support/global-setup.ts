import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

/** The suites run the built product: an incremental build costs little when nothing has changed. */
export default function setup(): void {
  try {
    execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-b'], {
      cwd: ROOT,
      stdio: 'pipe',
    });
  } catch (thrown) {
    const { stdout } = thrown as { stdout?: Buffer };
    throw new Error(`the build failed:\n${stdout?.toString('utf8') ?? String(thrown)}`);
  }
  if (!existsSync(join(ROOT, 'dist/main.js'))) throw new Error('the build made no dist/main.js');
}
