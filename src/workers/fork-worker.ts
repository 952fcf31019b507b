import type { ChildProcess } from 'node:child_process';
import cluster from 'node:cluster';
import { isOurs, type ToPrimary, WORKER_NUMBER } from './messages.js';
import type { Forked } from './primary.js';

/** A connection on its way to a worker, as node:cluster hands it over. */
interface Handed {
  readonly message: { readonly act?: unknown; readonly key?: unknown };
  readonly handle: { readonly close?: () => void } | undefined;
}

/**
 * node:cluster keeps a connection open until its worker says that it has it; where the worker dies instead, the
 * client would wait for ever. It hands over one at a time for each port, so the last one is all there is to close;
 * closing what the worker has taken already does nothing.
 */
function hangUpForTheDead(child: ChildProcess): void {
  const last = new Map<unknown, Handed['handle']>();
  const send = child.send.bind(child) as (...args: unknown[]) => boolean;
  child.send = (...args: unknown[]) => {
    const [message, handle] = args as [Handed['message'], Handed['handle']];
    if (message.act === 'newconn') last.set(message.key, handle);
    return send(...args);
  };
  child.once('exit', () => {
    for (const handle of last.values()) handle?.close?.();
  });
}

/** Another process of this program, as node:cluster makes them: it listens through this one. */
export function forkWorker(number: number): Forked {
  const worker = cluster.fork({ [WORKER_NUMBER]: String(number) });
  hangUpForTheDead(worker.process);
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
