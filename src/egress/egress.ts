import type { Socket } from 'node:net';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { buildConnector } from 'undici';
import { KeywheelError } from '../kernel/errors.js';
import { Connections } from './connections.js';
import { GuardedLookup } from './guarded-lookup.js';

/** Pools kept at once; beyond it, the longest unused idle one is closed for each new one. */
const MAX_POOLS = 256;
/** How long an unused connection stays open where the upstream gives no hint of its own. */
const KEEP_ALIVE_MS = 30_000;

interface Door {
  readonly origin: string;
  readonly connectTimeoutMs: number;
  readonly pool: Connections;
  /** Order of use; the higher, the later. */
  used: number;
}

/**
 * The one door out for the data plane: a connection pool per origin and connect time-out, made on demand,
 * that dials only what the guard permits and never follows a redirect. Ask for the dispatcher anew for each
 * attempt: one that is held for long may have been closed.
 */
@Injectable()
export class Egress implements OnApplicationShutdown {
  private readonly doors = new Map<string, Map<number, Door>>();
  private count = 0;
  private uses = 0;
  private closing = false;

  constructor(private readonly lookup: GuardedLookup) {}

  /**
   * `origin` is `scheme://host[:port]`. A refused address is the dispatched call's error: KeywheelError
   * `upstream_refused`. After `close`, throws `draining`.
   */
  dispatcher(origin: string, connectTimeoutMs: number): Connections {
    const door = this.doors.get(origin)?.get(connectTimeoutMs) ?? this.open(origin, connectTimeoutMs);
    door.used = ++this.uses;
    return door.pool;
  }

  /** Takes no new calls and resolves when the running ones have ended. */
  async close(): Promise<void> {
    this.closing = true;
    await Promise.all(this.take().map((door) => door.pool.close()));
  }

  /** Ends the running calls too. */
  async destroy(): Promise<void> {
    this.closing = true;
    const fault = new KeywheelError('draining', 'Keywheel is shutting down.');
    await Promise.all(this.take().map((door) => door.pool.destroy(fault)));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.destroy();
  }

  /** How many pools are held, for health and tests. */
  get size(): number {
    return this.count;
  }

  private open(origin: string, connectTimeoutMs: number): Door {
    if (this.closing) throw new KeywheelError('draining', 'Keywheel is shutting down.');
    if (this.count >= MAX_POOLS) this.closeLongestIdle();
    const pool = new Connections(origin, {
      connect: this.connector(new URL(origin), connectTimeoutMs),
      allowH2: false,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // The engine keeps its own time-outs, which know the difference between a first byte and an idle stream.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const door: Door = { origin, connectTimeoutMs, pool, used: 0 };
    const ofOrigin = this.doors.get(origin) ?? new Map<number, Door>();
    this.doors.set(origin, ofOrigin.set(connectTimeoutMs, door));
    this.count++;
    return door;
  }

  private connector(url: URL, timeout: number): buildConnector.connector {
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
    const connect = buildConnector({
      allowH2: false,
      timeout,
      lookup: this.lookup.forHost(host, port),
      autoSelectFamily: true,
    });
    return (options, callback) => {
      // A literal is dialled without a look-up.
      const refusal = this.lookup.refusal(options.hostname, port);
      if (refusal) return callback(refusal, null);
      connect(options, (...connected: Parameters<buildConnector.Callback>) => {
        connected[1]?.prependListener('error', tellReadBytes);
        callback(...connected);
      });
    };
  }

  private closeLongestIdle(): void {
    let oldest: Door | undefined;
    for (const door of this.all()) {
      if (door.pool.isIdle && (!oldest || door.used < oldest.used)) oldest = door;
    }
    if (!oldest) return;
    const ofOrigin = this.doors.get(oldest.origin);
    ofOrigin?.delete(oldest.connectTimeoutMs);
    if (ofOrigin?.size === 0) this.doors.delete(oldest.origin);
    this.count--;
    void oldest.pool.close();
  }

  private all(): Door[] {
    return [...this.doors.values()].flatMap((ofOrigin) => [...ofOrigin.values()]);
  }

  private take(): Door[] {
    const all = this.all();
    this.doors.clear();
    this.count = 0;
    return all;
  }
}

/**
 * undici tells how much a closed socket had read, but passes a reset on as it came. Whoever judges it has to know
 * whether the connection had served a call before: then it was lost in the race with its closing.
 */
function tellReadBytes(this: Socket, error: Error): void {
  Object.assign(error, { socket: { bytesRead: this.bytesRead } });
}
