import cluster from 'node:cluster';
import { isOurs, type ToPrimary, WORKER_NUMBER } from './messages.js';
import type { Forked } from './primary.js';

/** Another process of this program, as node:cluster makes them: it listens through this one. */
export function forkWorker(number: number): Forked {
  const worker = cluster.fork({ [WORKER_NUMBER]: String(number) });
  // A message to a process that has just ended; its end is told by itself.
  worker.on('error', () => undefined);
  return {
    pid: worker.process.pid ?? -1,
    send: (message) => {
      if (worker.isConnected()) worker.send(message, () => undefined);
    },
    kill: () => void worker.process.kill('SIGKILL'),
    listen: (onMessage, onEnd) => {
      worker.on('message', (message: unknown) => {
        if (isOurs(message)) onMessage(message as ToPrimary);
      });
      worker.once('exit', (code: number | null) => onEnd(code ?? undefined));
    },
  };
}
