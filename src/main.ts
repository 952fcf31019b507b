import 'reflect-metadata';
import cluster from 'node:cluster';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { BOOT_FAULT_EXIT_CODE, BootFault } from './config/boot-fault.js';
import { loadConfig } from './config/load-config.js';
import { pinnedFaults } from './settings/pinned.js';

const GIB = 1024 ** 3;

/*
 * Where much of what a call site makes survives (while the process starts, or a burst waits), V8 moves that site to
 * the old generation for good. Every call's objects then keep young ones alive until the next full collection:
 * measured, fifty times as much was promoted and scavenges took five times as long.
 */
setFlagsFromString('--no-allocation-site-pretenuring');

/*
 * V8 makes the young generation small in quiet seconds and lets it grow by doubling, each time only when as much has
 * survived: measured, a process that calls come back to then spends a tenth more on each of them for seconds. Now it
 * grows in one step, and shrinks when it is collected as a whole.
 */
setFlagsFromString('--semi-space-growth-factor=32');
setFlagsFromString('--lazy-new-space-shrinking');

/*
 * Bodies are memory beside the heap, of which V8 looks through all of the heap for every 64 MiB: a dozen pictures.
 * Counted together with the heap, they make it do so when both have grown by a part, which V8 chooses, a small one after
 * quiet seconds: still four times a second under uploads of 5 MB. Now both may grow to four times of what lives:
 * measured, such uploads take the CPU of a bare proxy's, where they took 1.7 times as much before both and 1.3 times
 * between. It takes memory: up to 300 MiB more under such a load.
 */
const available = process.availableMemory();
if (available >= 2 * GIB) setFlagsFromString('--external-memory-accounted-in-global-limit');
if (available >= 4 * GIB) setFlagsFromString('--heap-growing-percent=300');

/*
 * What V8 has compiled is kept beside the build when a process ends: measured, the next start takes a fifth to a quarter
 * less time. Where that folder cannot be written, as in an image, each start compiles anew. After the flags, on which
 * compiled code depends.
 */
enableCompileCache(join(import.meta.dirname, '.compile-cache'));

/** One process that serves, or several and one that keeps them running: that one never loads the product. */
async function main(): Promise<void> {
  const config = loadConfig(process.env, pinnedFaults);
  if (config.workers > 1 && cluster.isPrimary) {
    const { keepWorkers } = await import('./keep-workers.js');
    process.exit(await keepWorkers(config));
  }
  const { serve } = await import('./serve.js');
  await serve(config, process.env);
}

function refuse(error: unknown): void {
  const isFault = error instanceof BootFault;
  process.stderr.write(`${isFault ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
  process.exit(isFault ? BOOT_FAULT_EXIT_CODE : 1);
}

await main().catch(refuse);
