import { Injectable } from '@nestjs/common';
import type { Dispatcher } from 'undici';
import type { Connections } from '../egress/connections.js';
import { Egress } from '../egress/egress.js';
import { Batch } from '../kernel/batch.js';
import type { Lease } from '../keys/pool/lease.js';
import { Settings } from '../settings/settings.js';
import { credentialValue } from '../upstreams/credential.js';
import type { Upstream } from '../upstreams/upstream.js';
import type { Call } from './call.js';
import { Exchange } from './exchange.js';
import { LoopGuard, VIA } from './loop-guard.js';
import { Deadlines } from './deadlines.js';
import type { Plan, Target } from './plan.js';
import { forwardedHeaders } from './wire/request-headers.js';

interface Departure {
  readonly dispatcher: Connections;
  readonly options: Dispatcher.DispatchOptions;
  readonly exchange: Exchange;
}

/** Puts one attempt on the wire: address, headers, credential, body. */
@Injectable()
export class Sender {
  /** Attempts leave when all calls that go on together have theirs ready. */
  private readonly leaving = new Batch<Departure>(depart, queueMicrotask);

  private readonly deadlines = new Deadlines();

  constructor(
    private readonly egress: Egress,
    private readonly settings: Settings,
    private readonly loops: LoopGuard,
  ) {}

  /** @param firstByteMs how long the upstream may be silent */
  send(call: Call, plan: Plan, target: Target, lease: Lease, firstByteMs: number): Exchange {
    const { upstream, body } = target;
    const { values } = this.settings;
    const secret = lease.secret?.reveal();
    const exchange = new Exchange(
      target.rules ?? plan.rules,
      {
        firstByteMs,
        idleMs: upstream.timeouts.idleTimeoutMs ?? values.idleTimeoutMs,
      },
      this.deadlines,
      lease.secret,
    );
    const headers = forwardedHeaders(
      target.headers ?? call.req.rawHeaders,
      upstream.headers,
      upstream.credential,
      secret,
    );
    const trail = this.loops.trail(upstream, call.req);
    if (trail !== undefined) headers.push(VIA, trail);
    if (body?.length) headers.push('content-length', String(body.length));
    const dispatcher = this.egress.dispatcher(
      upstream.origin,
      upstream.timeouts.connectTimeoutMs ?? values.connectTimeoutMs,
    );
    const options = {
      path: secret === undefined ? target.path : withQueryKey(target.path, upstream, secret),
      method: plan.method,
      headers,
      body: body?.forDispatch(),
      // The exchange has its own time-outs, which know of back-pressure.
      headersTimeout: 0,
      bodyTimeout: 0,
      origin: upstream.origin,
    };
    this.leaving.add({ dispatcher, options, exchange });
    return exchange;
  }
}

function depart({ dispatcher, options, exchange }: Departure): void {
  if (exchange.failure) return;
  try {
    dispatcher.dispatch(options, exchange);
  } catch (error) {
    exchange.abort(error instanceof Error ? error : new Error('dispatch failed'));
  }
}

function withQueryKey(path: string, upstream: Upstream, secret: string): string {
  const { credential } = upstream;
  if (credential.in !== 'query') return path;
  const value = encodeURIComponent(credentialValue(credential, secret));
  return `${path}${path.includes('?') ? '&' : '?'}${encodeURIComponent(credential.name)}=${value}`;
}
