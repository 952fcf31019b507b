import { Injectable } from '@nestjs/common';
import { KeywheelError } from '../kernel/errors.js';
import { headerOf } from './wire/header-of.js';
import { isPromise, type MaybePromise } from '../kernel/maybe-promise.js';
import type { Upstream } from '../upstreams/upstream.js';
import { UpstreamTable } from '../upstreams/upstream-table.js';
import { conversationOf } from './affinity.js';
import { BodyRoom } from './body-room.js';
import type { Call } from './call.js';
import type { Entry } from './entry.js';
import { Forwarder } from './forwarder.js';
import { httpRules } from './http-rules.js';
import { Judges } from './judges.js';
import type { SendableBody } from './plan.js';
import { clientQuery } from './client-query.js';
import { Reception } from './reception.js';
import { writeProblem } from './write-error.js';
import { declaredLength, hasBody } from './wire/call-body.js';
import { StreamedBody } from './wire/streamed-body.js';
import { joinTarget } from './wire/target-url.js';

const PREFIX = '/proxy/';
const HELD_BYTES = 64 * 1024;
/** Methods that may be repeated by their definition (RFC 9110, 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE', 'QUERY']);

/** `/proxy/{slug}/{rest}`: any method of any API, with the key put where the upstream wants it. */
@Injectable()
export class ProxyEntry implements Entry<void> {
  constructor(
    private readonly upstreams: UpstreamTable,
    private readonly reception: Reception,
    private readonly forwarder: Forwarder,
    private readonly judges: Judges,
    private readonly bodies: BodyRoom,
  ) {}

  recognise(call: Call): void {
    call.protocol = 'http';
    call.operation = 'proxy';
  }

  /** @throws KeywheelError (or rejects with it), as everything on the way to an answer does */
  serve(call: Call): Promise<void> {
    const { slug, rest } = splitProxyPath(call.path);
    const upstream = this.upstreams.bySlug(slug);
    if (!upstream?.enabled) throw new KeywheelError('unknown_upstream', `There is no upstream "${slug}".`);
    this.reception.assertScope(call, slug);
    const admitted = this.reception.admit(call, 0);
    return isPromise(admitted)
      ? admitted.then(() => this.read(call, upstream, rest))
      : this.read(call, upstream, rest);
  }

  private read(call: Call, upstream: Upstream, rest: string): Promise<void> {
    call.upstream = upstream;
    call.conversation = conversationOf(call);
    const path = joinTarget(upstream.basePath, rest) + clientQuery(call, upstream);
    const body = this.body(call);
    if (isPromise(body)) return body.then((late) => this.forward(call, upstream, path, late));
    const forwarded = this.forward(call, upstream, path, body);
    return body instanceof StreamedBody ? forwarded.finally(() => body.discard()) : forwarded;
  }

  private forward(
    call: Call,
    upstream: Upstream,
    path: string,
    body: SendableBody | undefined,
  ): Promise<void> {
    const method = call.req.method ?? 'GET';
    return this.forwarder.forward(call, {
      method,
      targets: [{ upstream, model: undefined, path, body }],
      rules: httpRules(this.judges.of(upstream.protocol)),
      repeatable: IDEMPOTENT.has(method) || headerOf(call.req, 'idempotency-key') !== undefined,
      tokens: 0,
    });
  }

  renderError(call: Call, error: KeywheelError): void {
    writeProblem(call, error);
  }

  /** Small bodies are held, so that they go out in one write; all others flow. */
  private body(call: Call): MaybePromise<SendableBody | undefined> {
    const { req } = call;
    if (!hasBody(req)) return undefined;
    const length = declaredLength(req);
    return length !== undefined && length <= HELD_BYTES ? this.bodies.read(call) : this.bodies.stream(call);
  }
}

function splitProxyPath(path: string): { slug: string; rest: string } {
  const slash = path.indexOf('/', PREFIX.length);
  if (slash === -1) return { slug: path.slice(PREFIX.length), rest: '' };
  return { slug: path.slice(PREFIX.length, slash), rest: path.slice(slash) };
}
