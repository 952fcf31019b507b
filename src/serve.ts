import cluster from 'node:cluster';
import { type App, startApp } from './app.js';
import { banner } from './banner.js';
import type { Config } from './config/config.js';
import { onEnd } from './ending.js';
import { createLogger } from './logging/create-logger.js';
import type { Log } from './logging/log.js';
import { type Channel, ChannelColleagues } from './workers/channel-colleagues.js';
import { WORKER_NUMBER } from './workers/messages.js';

/** app → listen → drain, in a process that serves: the only one, or one of several. */
export async function serve(config: Config, environment: NodeJS.ProcessEnv): Promise<void> {
  if (cluster.isWorker) return serveAsWorker(config, Number(environment[WORKER_NUMBER]));
  const log = createLogger(config);
  const app = await startApp(config, log);
  process.stdout.write(banner(config, app.url, app.adminUrl));
  onEnd(
    (signal) => end(app, { config, log, signal }),
    () => process.exit(1),
  );
}

async function serveAsWorker(config: Config, number: number): Promise<void> {
  const log = createLogger({ ...config, worker: number });
  const served: { app?: App } = {};
  const wish = onEnd(
    // Who has not started has nothing to finish.
    (signal) => (served.app ? end(served.app, { config, log, signal }) : process.exit(0)),
    () => process.exit(1),
  );
  const colleagues = new ChannelColleagues(process as Channel, config.workers, number, () => wish('primary'));
  // Without the primary nobody listens for us any more: what runs may finish. node:cluster would exit at once.
  cluster.worker!.on('disconnect', () => {
    cluster.worker!.exitedAfterDisconnect = true;
    wish('disconnect');
  });
  const app = await startApp(config, log, colleagues);
  served.app = app;
  colleagues.ready(app.url, app.adminUrl);
}

function end(app: App, { config, log, signal }: { config: Config; log: Log; signal: string }): void {
  log.info({ signal, openCalls: app.openCalls, drainSeconds: config.drainSeconds }, 'shutting down');
  void ended(app, log).then((code) => process.exit(code));
}

/** @returns the process's exit code */
async function ended(app: App, log: Log): Promise<number> {
  let code = 0;
  try {
    await app.drain();
  } catch (error) {
    log.error({ err: error }, 'the end was not clean');
    code = 1;
  }
  await log.end({ code }, 'ended');
  return code;
}
