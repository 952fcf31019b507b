import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RequestCheck } from '../provider-schemas/request-check.ts';
import type { Behaviour, KeyScript, Scripted } from './behaviour.ts';
import type { RecordedCall, Violation } from './call-log.ts';
import { presentedKey } from './credential.ts';
import { failureFor } from './envelopes.ts';
import { Complaint, type Asked, type Reply, type Speech } from './exchange.ts';
import { GeminiStore } from './gemini-store.ts';
import { Holds } from './holds.ts';
import { KeyBook } from './key-book.ts';
import { LimitKeeper, type EnforcedLimits } from './limit-keeper.ts';
import { PLAIN } from './plain.ts';
import { Player } from './player.ts';
import { errorFrame, modelOf, Speeches, wordComplaint, type Route } from './speeches.ts';

export interface UpstreamOptions {
  readonly port?: number;
  readonly keys?: Readonly<Record<string, KeyScript>>;
  /** By group; a key without a group is its own. */
  readonly limits?: Readonly<Record<string, EnforcedLimits>>;
  readonly check?: RequestCheck;
}

/** What one request is, while it is served. */
interface Visit {
  readonly speech: Speech;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly call: RecordedCall;
  readonly player: Player;
  readonly key: string;
  readonly behaviour: Behaviour;
}

/**
 * A provider for tests and the demo: speaks OpenAI, Anthropic, Gemini and plain HTTP on one port, is strict about
 * what it is asked, does to each request what the script of its key says, truly enforces limits, and records all.
 */
export class ScriptedUpstream {
  readonly calls: RecordedCall[] = [];
  readonly violations: Violation[] = [];
  /** What `check` would have refused, and why. */
  readonly refused: string[] = [];
  /** Complaints that a test provokes on purpose, since it is about something else: they are not made. */
  forgives: RegExp | undefined;
  readonly keys = new KeyBook();
  readonly limits = new LimitKeeper();
  readonly holds = new Holds();
  private readonly store = new GeminiStore();
  private readonly speeches = new Speeches(this.store);
  private readonly server: Server;
  private readonly check: RequestCheck | undefined;

  private constructor(options: UpstreamOptions) {
    this.check = options.check;
    for (const [key, script] of Object.entries(options.keys ?? {})) this.keys.set(key, script);
    for (const [group, limits] of Object.entries(options.limits ?? {})) this.limits.set(group, limits);
    this.server = createServer(
      { keepAliveTimeout: 60_000 },
      (request, response) => void this.serve(request, response),
    );
  }

  static async start(options: UpstreamOptions = {}): Promise<ScriptedUpstream> {
    const upstream = new ScriptedUpstream(options);
    await new Promise<void>((resolve, reject) =>
      upstream.server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve),
    );
    return upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The next requests do this, whatever key they carry. */
  next(...behaviours: readonly Scripted[]): void {
    this.keys.next(...behaviours);
  }

  callsWith(key: string): RecordedCall[] {
    return this.calls.filter((call) => call.key === key);
  }

  /** Forgets calls and violations; keys, limits and stored files stay. */
  forget(): void {
    this.calls.length = 0;
    this.violations.length = 0;
  }

  /** @throws Error where `check` would have refused a request */
  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    if (this.refused.length > 0) {
      throw new Error(`the provider refuses:\n${[...new Set(this.refused)].join('\n')}`);
    }
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const visit = this.receive(request, response);
    if (!visit) return;
    const { speech, behaviour, player, call } = visit;
    if (behaviour.kind === 'silence') return;
    if (behaviour.kind === 'reset') {
      player.reset();
      return;
    }
    try {
      if (speech === 'http') await this.servePlain(visit);
      else await this.serveOperation(visit);
    } catch (thrown) {
      if (call.abortedAt !== undefined || response.headersSent) return;
      player.fail(
        wordComplaint(speech, thrown instanceof Complaint ? thrown : new Complaint(500, String(thrown))),
      );
    }
  }

  private receive(request: IncomingMessage, response: ServerResponse): Visit | undefined {
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
    const speech = this.speeches.speechOf(request, path, query);
    const { key, fault } = presentedKey(speech, request, query);
    const operation =
      speech === 'http'
        ? 'plain'
        : (this.speeches.find(speech, request.method ?? '', path)?.operation.name ?? 'unknown');
    const call = this.record(request, { speech, operation, path, query: query.toString(), key, fault });
    const player = new Player(response, call);
    response.on('close', () => {
      if (call.finishedAt === undefined) call.abortedAt = Date.now();
    });
    response.on('error', () => undefined);
    if (key === undefined || fault !== undefined || !this.keys.has(key)) {
      player.fail(
        failureFor(speech, { kind: 'invalid_key' }, { key: key ?? '', model: '' }) ?? {
          status: 401,
          body: {},
        },
      );
      request.resume();
      return undefined;
    }
    const behaviour = this.keys.take(key);
    call.behaviour = behaviour.kind;
    return { speech, request, response, path, query, call, player, key, behaviour };
  }

  private record(
    request: IncomingMessage,
    known: {
      speech: string;
      operation: string;
      path: string;
      query: string;
      key: string | undefined;
      fault: string | undefined;
    },
  ): RecordedCall {
    const call: RecordedCall = {
      seq: this.calls.length,
      at: Date.now(),
      protocol: known.speech,
      operation: known.operation,
      method: request.method ?? '',
      path: known.path,
      query: known.query,
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      key: known.key,
      behaviour: 'none',
      bodyBytes: 0,
      bodySha256: '',
      bodyText: '',
      status: undefined,
      written: 0,
      abortedAt: undefined,
      finishedAt: undefined,
      fault: known.fault,
    };
    this.calls.push(call);
    return call;
  }

  private async servePlain(visit: Visit): Promise<void> {
    const { path, key, player, behaviour } = visit;
    const failure = failureFor('http', behaviour, { key, model: '' });
    if (failure) {
      visit.request.resume();
      player.fail(failure);
      return;
    }
    if (!this.admit(visit, 0, '')) return;
    const [, name = '', rest = ''] = /^\/plain\/([^/]*)(.*)$/.exec(path) ?? [];
    const answer = PLAIN[name];
    if (behaviour.kind === 'echo_key') player.fail({ status: 200, body: { token: key } });
    else if (answer) await answer({ ...visit, holds: this.holds }, rest);
    else player.fail({ status: 404, body: { message: 'No such page' } });
  }

  private async serveOperation(visit: Visit): Promise<void> {
    const { speech, path, query, key, behaviour, player, call, request } = visit;
    const body = await this.readBody(request, call);
    const model = modelOf(path, body);
    const failure = failureFor(speech, behaviour, { key, model });
    if (failure) {
      player.fail(failure);
      return;
    }
    const route = this.speeches.find(speech, request.method ?? '', path);
    if (!route) throw new Complaint(404, `Invalid URL (${request.method} ${path})`);
    if (speech === 'anthropic' && request.headers['anthropic-version'] === undefined)
      throw new Complaint(400, 'anthropic-version: header is required');
    const origin = `http://${request.headers.host ?? ''}`;
    const asked: Asked = {
      method: request.method ?? '',
      path,
      query,
      headers: request.headers,
      body,
      key,
      group: this.keys.groupOf(key),
      origin,
    };
    const reply = await this.run(route, asked, behaviour);
    await this.complain(asked);
    if (!this.admit(visit, reply.tokens, model)) return;
    await player.play(reply.answer, behaviour, errorFrame(speech, route.operation.name));
  }

  /** What the operation lets pass may still be more than the real provider takes. */
  private async complain(asked: Asked): Promise<void> {
    const complaint = await this.check?.(asked);
    if (complaint === undefined || this.forgives?.test(complaint)) return;
    this.refused.push(`${asked.path}: ${complaint}`);
    throw new Complaint(400, `STRICT: ${complaint}`);
  }

  private async run({ operation, params }: Route, asked: Asked, behaviour: Behaviour): Promise<Reply> {
    const reply = await operation.run(asked, params);
    if (behaviour.kind !== 'echo_key') return reply;
    const { answer } = reply;
    if (answer.kind === 'stream')
      return {
        ...reply,
        answer: { ...answer, frames: answer.frames.map((frame) => frame.replace('You', `${asked.key} You`)) },
      };
    return answer.kind === 'json'
      ? { ...reply, answer: { ...answer, value: { ...(answer.value as object), debug: asked.key } } }
      : reply;
  }

  private async readBody(request: IncomingMessage, call: RecordedCall): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    call.bodyBytes = body.length;
    call.bodySha256 = createHash('sha256').update(body).digest('hex');
    if (body.length <= 65_536) call.bodyText = body.toString('utf8');
    return body;
  }

  /** Counts the request against its group's limits; over them it is recorded and answered as the provider does. */
  private admit({ speech, key, player, response }: Visit, tokens: number, model: string): boolean {
    const group = this.keys.groupOf(key);
    const { violation, ...refusal } = this.limits.admit(key, group, tokens, Date.now());
    if (!violation) {
      response.once('close', () => this.limits.leave(group));
      return true;
    }
    this.violations.push(violation);
    const retryAfter = 'retryAfterMs' in refusal ? refusal.retryAfterMs / 1000 : 1;
    player.fail(
      failureFor(speech, { kind: 'rate_limited', retryAfter }, { key, model }) ?? { status: 429, body: {} },
    );
    return false;
  }
}
