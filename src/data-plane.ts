import { Injectable } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AddressList } from './access/address-list.js';
import { clientIp } from './access/client-ip.js';
import { Config } from './config/config.js';
import { KeywheelError, toKeywheelError } from './kernel/errors.js';
import { LlmEntry } from './llm/llm-entry.js';
import { Admission, draining } from './proxy/admission.js';
import { Call } from './proxy/call.js';
import type { Entry } from './proxy/entry.js';
import { OpenCalls } from './proxy/open-calls.js';
import { ProxyEntry } from './proxy/proxy-entry.js';
import { Reception } from './proxy/reception.js';
import { StalledClients } from './proxy/stalled-clients.js';
import { splitTarget } from './proxy/wire/target-url.js';

/** The first segments of paths that are calls; everything else belongs to the control plane. */
const LLM_SEGMENTS = new Set(['v1', 'v1beta', 'v1alpha', 'upload', 'gemini', 'vertex-express', 'llm']);

/** For the last events of streams that were ended to reach their clients. */
const GRACE_MS = 2000;

/** Decides which entry takes a request, on the raw request and response: Express is never entered for a call. */
@Injectable()
export class DataPlane {
  private readonly open = new OpenCalls();
  private readonly trusted: AddressList;
  private stalled: StalledClients | undefined;

  constructor(
    private readonly proxy: ProxyEntry,
    private readonly llm: LlmEntry,
    private readonly reception: Reception,
    private readonly admission: Admission,
    config: Config,
  ) {
    this.trusted = new AddressList(config.trustProxy);
  }

  /** True where the request is a call and will be answered here. */
  takes(req: IncomingMessage, res: ServerResponse): boolean {
    const { path, query } = splitTarget(req.url ?? '/');
    const entry = this.entryFor(path);
    if (!entry) return false;
    const ip = clientIp(req.socket.remoteAddress, req.headers, this.trusted);
    void this.serve(entry, new Call(req, res, path, query, ip));
    return true;
  }

  /** From now on clients that hold calls without taking part in them are hung up on. */
  watchClients(patienceMs: () => number): void {
    this.stalled = new StalledClients(() => this.open.all(), patienceMs);
    this.stalled.start();
  }

  get openCalls(): number {
    return this.open.size;
  }

  /** Lets the running calls finish; those that take longer end as a break of the upstream would end them. */
  async drained(withinMs: number): Promise<void> {
    const until = Date.now() + withinMs;
    while (this.open.size > 0 && Date.now() < until) await pause();
    this.open.stop();
    const grace = Date.now() + GRACE_MS;
    while (this.open.size > 0 && Date.now() < grace) await pause();
  }

  /** Answers that there is nothing at this path, on a port that serves calls only. */
  refuse(req: IncomingMessage, res: ServerResponse): void {
    const { path, query } = splitTarget(req.url ?? '/');
    const error = new KeywheelError('unknown_path', `There is nothing at ${path}.`);
    this.proxy.renderError(new Call(req, res, path, query, ''), error);
  }

  private entryFor(path: string): Entry | undefined {
    const end = path.indexOf('/', 1);
    const first = end === -1 ? path.slice(1) : path.slice(1, end);
    if (first === 'proxy') return this.proxy;
    return LLM_SEGMENTS.has(first) ? this.llm : undefined;
  }

  private async serve(entry: Entry, call: Call): Promise<void> {
    this.open.add(call);
    this.reception.opened();
    try {
      const found = entry.recognise(call);
      const refusal = this.admission.refusal(this.open.size, call.req);
      if (refusal) return this.fail(entry, call, refusal);
      await this.admission.turn();
      if (entry.isPublic?.(found) || this.reception.identifies(call)) await entry.serve(call, found);
    } catch (thrown) {
      this.fail(entry, call, thrown);
    } finally {
      this.open.remove(call);
      this.stalled?.ended(call);
      this.admission.left(call);
      this.reception.closed(call);
    }
  }

  private fail(entry: Entry, call: Call, thrown: unknown): void {
    const error = call.stopped === 'draining' ? draining() : toKeywheelError(thrown);
    call.outcome = error.code;
    call.error = error;
    entry.renderError(call, error);
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
