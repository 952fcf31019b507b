import 'reflect-metadata';
import { setFlagsFromString } from 'node:v8';
import { startApp } from './app.js';
import { banner } from './banner.js';
import { BOOT_FAULT_EXIT_CODE, BootFault } from './config/boot-fault.js';
import { loadConfig } from './config/load-config.js';
import { createLogger } from './logging/create-logger.js';
import { pinnedFaults } from './settings/pinned.js';

/** Ctrl-C reaches every process of a terminal, and npm passes it on: what comes this soon is the same signal. */
const SAME_SIGNAL_MS = 1_000;

/*
 * Where much of what a call site makes survives (while the process starts, or a burst waits), V8 moves that site to
 * the old generation for good. Every call's objects then keep young ones alive until the next full collection:
 * measured, fifty times as much was promoted and scavenges took five times as long.
 */
setFlagsFromString('--no-allocation-site-pretenuring');

/** config → app → listen → drain */
async function main(): Promise<void> {
  const config = loadConfig(process.env, pinnedFaults);
  const log = createLogger(config);
  const app = await startApp(config, log);
  process.stdout.write(banner(config, app.url, app.adminUrl));
  let endingSince: number | undefined;
  const end = (signal: NodeJS.Signals) => {
    if (endingSince !== undefined) {
      if (performance.now() - endingSince > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    endingSince = performance.now();
    log.info({ signal, openCalls: app.openCalls, drainSeconds: config.drainSeconds }, 'shutting down');
    app.drain().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'the end was not clean');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end).on('SIGINT', end);
}

function refuse(error: unknown): void {
  const isFault = error instanceof BootFault;
  process.stderr.write(`${isFault ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
  process.exit(isFault ? BOOT_FAULT_EXIT_CODE : 1);
}

await main().catch(refuse);
