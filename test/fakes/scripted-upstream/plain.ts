import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { RecordedCall } from './call-log.ts';
import type { Holds } from './holds.ts';
import { writable } from './writable.ts';

export interface PlainExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly call: RecordedCall;
  readonly holds: Holds;
}

type PlainAnswer = (exchange: PlainExchange, rest: string) => Promise<void> | void;

/** Plain HTTP below `/plain`: what any REST API may do to a proxy. The first path segment chooses. */
export const PLAIN: Readonly<Record<string, PlainAnswer>> = {
  echo,
  bytes,
  drip,
  held: heldUpload,
  status: async (exchange, rest) => finish(exchange, Number(rest.slice(1) || 200), {}, ''),
  redirect: async (exchange) =>
    finish(
      exchange,
      Number(exchange.query.get('status') ?? 302),
      { location: exchange.query.get('to') ?? '/plain/echo' },
      '',
    ),
  cookie: async (exchange) =>
    finish(
      exchange,
      200,
      { 'set-cookie': ['session=upstream; HttpOnly', 'b=2'], 'content-type': 'text/plain' },
      'cookies',
    ),
  gzip: async (exchange) =>
    finish(
      exchange,
      200,
      { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      gzipSync('{"zipped":true}'),
    ),
  hop: async (exchange) =>
    finish(
      exchange,
      200,
      {
        connection: 'keep-alive, x-private',
        'x-private': '1',
        'proxy-authenticate': 'Basic',
        'x-public': '1',
        'content-type': 'text/plain',
      },
      'hop',
    ),
  trailers,
  leak,
};

async function drainBody({ request, call }: PlainExchange): Promise<string> {
  const hash = createHash('sha256');
  const kept: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    hash.update(chunk);
    call.bodyBytes += chunk.length;
    if (call.bodyBytes <= 65_536) kept.push(chunk);
  }
  call.bodySha256 = hash.digest('hex');
  call.bodyText = Buffer.concat(kept).toString('utf8');
  return call.bodySha256;
}

type Headers = Readonly<Record<string, string | string[]>>;

async function finish(
  exchange: PlainExchange,
  status: number,
  headers: Headers,
  body: string | Buffer,
): Promise<void> {
  await drainBody(exchange);
  exchange.call.status = status;
  exchange.call.finishedAt = Date.now();
  exchange.response.writeHead(status, headers);
  exchange.response.end(status === 204 || status === 304 ? undefined : body);
}

async function echo(exchange: PlainExchange): Promise<void> {
  const { request, call } = exchange;
  const sha256 = await drainBody(exchange);
  const seen = {
    method: request.method,
    url: request.url,
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    bytes: call.bodyBytes,
    sha256,
    body: call.bodyText,
  };
  await finish(
    exchange,
    200,
    { 'content-type': 'application/json', 'x-ratelimit-remaining': '41' },
    JSON.stringify(seen),
  );
}

/** `?n=` bytes of a pattern, as fast as the reader takes them. */
async function bytes(exchange: PlainExchange): Promise<void> {
  const { response, query, call } = exchange;
  await drainBody(exchange);
  let left = Number(query.get('n') ?? 1024);
  const block = Buffer.alloc(65_536, 'keywheel');
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': left });
  call.status = 200;
  while (left > 0 && !response.destroyed) {
    const chunk = block.subarray(0, Math.min(left, block.length));
    left -= chunk.length;
    call.written += 1;
    if (!response.write(chunk)) await writable(response);
  }
  call.finishedAt = Date.now();
  response.end();
}

/** `?n=` chunks, one every `?ms=` milliseconds, until the peer leaves. */
async function drip(exchange: PlainExchange): Promise<void> {
  const { response, query, call } = exchange;
  await drainBody(exchange);
  response.writeHead(200, { 'content-type': 'text/plain' });
  call.status = 200;
  for (let index = 0; index < Number(query.get('n') ?? 10); index += 1) {
    if (call.abortedAt !== undefined) return;
    call.written += 1;
    response.write(`${index}\n`);
    await sleep(Number(query.get('ms') ?? 20));
  }
  call.finishedAt = Date.now();
  response.end();
}

/** Reads nothing of the body until the test releases `?hold=`: a slow receiver. */
async function heldUpload(exchange: PlainExchange): Promise<void> {
  await exchange.holds.wait(exchange.query.get('hold') ?? '');
  const sha256 = await drainBody(exchange);
  await finish(
    exchange,
    200,
    { 'content-type': 'application/json' },
    JSON.stringify({ bytes: exchange.call.bodyBytes, sha256 }),
  );
}

async function trailers(exchange: PlainExchange): Promise<void> {
  const { response, call } = exchange;
  await drainBody(exchange);
  response.writeHead(200, { 'content-type': 'text/plain', trailer: 'x-checksum' });
  response.write('body with a trailer');
  response.addTrailers({ 'x-checksum': 'abc' });
  call.status = 200;
  call.finishedAt = Date.now();
  response.end();
}

/** Repeats its own key, cut in two by a chunk's border, or inside gzip with `?as=gzip`. */
async function leak(exchange: PlainExchange): Promise<void> {
  const { response, call, query } = exchange;
  await drainBody(exchange);
  const told = `{"your_key":"${call.key ?? ''}"}`;
  if (query.get('as') === 'gzip') {
    await finish(
      exchange,
      200,
      { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      gzipSync(told),
    );
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json', 'x-your-key': call.key ?? '' });
  call.status = 200;
  response.write(told.slice(0, 20));
  await sleep(30);
  call.finishedAt = Date.now();
  response.end(told.slice(20));
}
