import { Pool, type Dispatcher } from 'undici';
import type { Running } from '../contestants/contestant.ts';
import { chat } from './shot.ts';

const BODY = chat({ stream: true });

export interface Reading {
  readonly status: number;
  /** Milliseconds from the call to its first event. */
  readonly first: number;
  /** Milliseconds from the upstream's write of an event to its arrival here, for each event. */
  readonly delays: readonly number[];
}

export interface Listening {
  /** Ends the reading. */
  readonly signal?: AbortSignal;
  /** Whether events are to be timed now. */
  readonly fresh?: () => boolean;
  /** Told of the first event. */
  readonly begun?: () => void;
}

/** Connections of a load generator inside this process. */
export function connectionsTo({ target }: Running): Pool {
  return new Pool(new URL(target).origin, { connections: null, headersTimeout: 0, bodyTimeout: 0 });
}

const now = () => performance.timeOrigin + performance.now();

/** Opens one stream and reads it to its end, or until the signal. Upstreams write into each event when it left. */
export function readStream(
  pool: Dispatcher,
  { target, headers }: Running,
  { signal, fresh = () => true, begun }: Listening = {},
): Promise<Reading> {
  const began = now();
  let first = Number.NaN;
  let status = 0;
  const delays: number[] = [];
  return new Promise((resolve, reject) => {
    const end = () => resolve({ status, first, delays });
    pool.dispatch(
      {
        path: new URL(target).pathname,
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: BODY,
      },
      {
        onRequestStart: (controller) =>
          signal?.addEventListener('abort', () => controller.abort(new Error('read enough'))),
        onResponseStart: (_controller, answered) => void (status = answered),
        onResponseData(_controller, chunk) {
          const at = now();
          if (Number.isNaN(first)) {
            first = at - began;
            begun?.();
          }
          if (!fresh()) return;
          for (const [, sent] of chunk.toString('latin1').matchAll(/"sent":([\d.]+)/g))
            delays.push(at - Number(sent));
        },
        onResponseEnd: end,
        onResponseError: (_controller, error) => (signal?.aborted ? end() : reject(error)),
      },
    );
  });
}
