import { banner } from './banner.js';
import type { Config } from './config/config.js';
import { onEnd } from './ending.js';
import { createLogger } from './logging/create-logger.js';
import { remainsOf } from './stats/metrics/snapshot.js';
import { forkWorker } from './workers/fork-worker.js';
import { Primary } from './workers/primary.js';

/**
 * Keeps `config.workers` processes that serve, and replaces those that end. Answers the exit code. Each worker reads
 * the environment itself, so one that replaces another is a start like any: with a master key that was rotated
 * meanwhile it finds the new one.
 */
export async function keepWorkers(config: Config): Promise<number> {
  const log = createLogger(config);
  const primary = new Primary({
    workers: config.workers,
    fork: forkWorker,
    onReady: (url, adminUrl) => process.stdout.write(banner(config, url, adminUrl)),
    bequeath: { metrics: remainsOf, health: () => undefined, changes: () => undefined },
    log,
  });
  onEnd(
    (signal) => {
      log.info({ signal, workers: config.workers }, 'shutting down all workers');
      primary.drain();
    },
    () => {
      primary.kill();
      process.exit(1);
    },
  );
  return primary.run();
}
