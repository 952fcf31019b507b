import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { until } from './until.ts';

/** An answer while it comes, byte for byte. */
export class OpenStream {
  /** 0 until the head is here. */
  status = 0;
  headers: IncomingMessage['headers'] = {};
  bytes = Buffer.alloc(0);
  /** `ended`: in good order · `broken`: the connection went away before the last chunk. */
  over: 'ended' | 'broken' | undefined;
  private readonly request: ClientRequest;

  /** Asks with a JSON body. */
  constructor(url: string, path: string, headers: Readonly<Record<string, string>>, body: unknown) {
    const { hostname, port } = new URL(url);
    const options = {
      hostname,
      port,
      path,
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', ...headers },
    } as const;
    this.request = httpRequest(options, (response) => this.read(response));
    this.request.on('error', () => (this.over ??= 'broken'));
    this.request.end(JSON.stringify(body));
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  /** Waits until the text holds this. */
  async holds(part: string): Promise<void> {
    await until(() => this.text.includes(part), `"${part}" in the stream`);
  }

  async isOver(): Promise<void> {
    await until(() => this.over, 'the end of the stream');
  }

  /** The client goes away. */
  leave(): void {
    this.request.destroy();
  }

  private read(response: IncomingMessage): void {
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    response.on('data', (chunk: Buffer) => (this.bytes = Buffer.concat([this.bytes, chunk])));
    response.on('end', () => (this.over ??= 'ended'));
    response.on('error', () => (this.over ??= 'broken'));
    response.on('close', () => (this.over ??= 'broken'));
  }
}
