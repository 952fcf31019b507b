import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runBesideUpstream } from './run.ts';
import { chat, CONNECTIONS, type Aim, type Shot } from './shot.ts';

/** The generator that every installation has, in a process of its own. It is slower than what it measures. */
export async function fireAutocannon(aim: Aim): Promise<Shot> {
  const folder = mkdtempSync(join(tmpdir(), 'keywheel-load-'));
  const file = join(folder, 'aim.json');
  try {
    writeFileSync(file, JSON.stringify({ connections: CONNECTIONS, bodies: [chat()], ...aim }));
    const script = join(import.meta.dirname, 'autocannon-child.mjs');
    return JSON.parse(await runBesideUpstream([process.execPath, script, file])) as Shot;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
