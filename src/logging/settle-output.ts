import { EventEmitter, once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { DestinationStream } from 'pino';

/** So long the last lines wait for whoever reads them. */
const PATIENCE_MS = 1_000;

/**
 * Waits until the line that was written just before has left, or nobody reads. pino writes what is left when the
 * process exits, and tries that for ever: a reader that stands still or has gone would keep the process from its end.
 * So what is not read by now is given up.
 */
export async function settleOutput(output: DestinationStream): Promise<void> {
  if (!(output instanceof EventEmitter)) return;
  const read = new AbortController();
  await Promise.race([
    // It rejects where the reader has gone, and then pino has given up by itself.
    once(output, 'drain', { signal: read.signal }).catch(() => undefined),
    setTimeout(PATIENCE_MS, undefined, { ref: false }),
  ]);
  read.abort();
  Object.assign(output, { flushSync: () => undefined });
}
