import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that waits for the test to say what becomes of it. */
export class HeldCall {
  readonly request: IncomingMessage;
  readonly body: string;
  /** The gateway has closed the connection. */
  closed = false;
  private readonly response: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse, body: string) {
    this.request = request;
    this.response = response;
    this.body = body;
    response.on('close', () => (this.closed = !response.writableFinished));
    response.on('error', () => undefined);
  }

  /** The head of an event stream. */
  stream(): this {
    this.response.writeHead(200, { 'content-type': 'text/event-stream' });
    this.response.flushHeaders();
    return this;
  }

  /** Bytes of the stream; settles when they are with the system. */
  write(bytes: string | Buffer): Promise<void> {
    return new Promise((resolve) => this.response.write(bytes, () => resolve()));
  }

  end(): void {
    this.response.end();
  }

  reset(): void {
    this.response.socket?.resetAndDestroy();
  }

  json(value: unknown, status = 200): void {
    this.response.writeHead(status, { 'content-type': 'application/json' });
    this.response.end(JSON.stringify(value));
  }
}

/** An upstream of any protocol that answers nothing by itself: the test holds each call, and plays it event by event. */
export class HeldUpstream {
  private readonly server: Server;
  private readonly calls: HeldCall[] = [];
  private readonly waiting: ((call: HeldCall) => void)[] = [];

  private constructor() {
    this.server = createServer((request, response) => void this.take(request, response));
  }

  static async start(): Promise<HeldUpstream> {
    const upstream = new HeldUpstream();
    await new Promise<void>((resolve) => upstream.server.listen(0, '127.0.0.1', resolve));
    return upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The next request that has not been asked for yet; waits for it. */
  call(): Promise<HeldCall> {
    const call = this.calls.shift();
    return call ? Promise.resolve(call) : new Promise((resolve) => this.waiting.push(resolve));
  }

  /** The same, where it is there already. */
  arrived(): HeldCall | undefined {
    return this.calls.shift();
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const call = new HeldCall(request, response, body);
    const waiting = this.waiting.shift();
    if (waiting) waiting(call);
    else this.calls.push(call);
  }
}
