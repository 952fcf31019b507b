import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Socket } from 'node:net';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { KeywheelError } from '../kernel/errors.js';
import { GuardedLookup } from './guarded-lookup.js';

export interface HttpRequest {
  readonly method: string;
  /** Absolute http(s) URL. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole exchange, from look-up to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Most bytes of the answer's body, counted after decompression; a longer one is an error. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; repeated headers joined with a comma. */
  readonly headers: Record<string, string | undefined>;
  readonly body: string;
}

export type HttpDownload = Omit<HttpAnswer, 'body'> & { readonly body: Buffer };

/** The control plane's own calls: key checks, model lists, web hooks. Guarded like the data plane's. */
@Injectable()
export class HttpClient implements OnApplicationShutdown {
  private readonly httpAgent: HttpAgent;
  private readonly httpsAgent: HttpsAgent;
  private readonly client: AxiosInstance;

  constructor(lookup: GuardedLookup) {
    this.httpAgent = guarded(new HttpAgent({ keepAlive: true, timeout: 30_000 }), lookup);
    this.httpsAgent = guarded(new HttpsAgent({ keepAlive: true, timeout: 30_000 }), lookup);
    this.client = axios.create({
      adapter: 'http',
      httpAgent: this.httpAgent,
      httpsAgent: this.httpsAgent,
      proxy: false,
      maxRedirects: 0,
      responseType: 'text',
      transformRequest: [(body: unknown) => body],
      transformResponse: [(body: unknown) => body],
      validateStatus: () => true,
      headers: { 'user-agent': 'Keywheel' },
    });
  }

  /**
   * Answers whatever the status; redirects come back as they are. Throws KeywheelError `upstream_refused`
   * (address not allowed), `upstream_timeout`, `upstream_broken` (no complete answer, or one over `maxBytes`)
   * or `client_gone` (the caller's signal). Messages name the host only: no header, path or query.
   */
  async request(request: HttpRequest): Promise<HttpAnswer> {
    const answer = await this.exchange<string>(request, 'text');
    return { status: answer.status, headers: flatHeaders(answer), body: answer.data };
  }

  /** The same for an answer that is no text. */
  async download(request: HttpRequest): Promise<HttpDownload> {
    const answer = await this.exchange<Buffer>(request, 'arraybuffer');
    return { status: answer.status, headers: flatHeaders(answer), body: answer.data };
  }

  private async exchange<T>(
    request: HttpRequest,
    responseType: 'text' | 'arraybuffer',
  ): Promise<AxiosResponse<T>> {
    const url = new URL(request.url);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw new KeywheelError('upstream_refused', 'Only http and https URLs can be called.');
    }
    const deadline = AbortSignal.timeout(request.timeoutMs);
    const signal = request.signal ? AbortSignal.any([deadline, request.signal]) : deadline;
    try {
      return await this.client.request<T>({
        method: request.method,
        url: url.href,
        headers: { ...request.headers },
        data: request.body,
        maxContentLength: request.maxBytes,
        responseType,
        signal,
      });
    } catch (error) {
      throw fault(error, url.hostname, deadline, request.signal);
    }
  }

  onApplicationShutdown(): void {
    this.httpAgent.destroy();
    this.httpsAgent.destroy();
  }
}

/** Makes an agent dial only what the guard permits, whether the host is a name or a literal. */
function guarded<A extends HttpAgent>(agent: A, lookup: GuardedLookup): A {
  const create = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const host = (options.host ?? 'localhost').replace(/^\[(.*)\]$/, '$1');
    const port = Number(options.port);
    const refusal = lookup.refusal(host, port);
    if (!refusal) return create({ ...options, host, lookup: lookup.forHost(host, port) }, callback);
    callback?.(refusal, new Socket());
    return undefined;
  };
  return agent;
}

function flatHeaders(answer: AxiosResponse): Record<string, string | undefined> {
  const flat: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(answer.headers as Record<string, unknown>)) {
    flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value);
  }
  return flat;
}

/** axios keeps request headers and the URL in its errors, so none of it is carried on: no cause, own words. */
function fault(error: unknown, host: string, deadline: AbortSignal, signal?: AbortSignal): KeywheelError {
  if (signal?.aborted) return new KeywheelError('client_gone', 'The call was cancelled.');
  if (deadline.aborted) return new KeywheelError('upstream_timeout', `${host} took too long to answer.`);
  const refusal = findRefusal(error);
  if (refusal) return refusal;
  if (axios.isAxiosError(error) && error.message.startsWith('maxContentLength')) {
    return new KeywheelError('upstream_broken', `The answer of ${host} is longer than allowed.`);
  }
  const reason = axios.isAxiosError(error) && error.code ? ` (${error.code})` : '';
  return new KeywheelError('upstream_broken', `The call to ${host} failed${reason}.`);
}

function findRefusal(error: unknown): KeywheelError | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at instanceof KeywheelError) return at;
  }
  return undefined;
}
