import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';

/** The least that a reverse proxy on Node can do: node:http in front, undici behind, bodies buffered. */
const upstream = process.argv[2] ?? '';
const pool = new Pool(upstream, { connections: null });

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    const headers = {
      authorization: 'Bearer sk-bench',
      'content-type': request.headers['content-type'] ?? 'application/json',
    };
    pool.dispatch(
      { path: request.url ?? '/', method: request.method ?? 'GET', headers, body },
      {
        onRequestStart() {},
        onResponseStart(_controller, status, answered) {
          const length = answered['content-length'];
          const type = { 'content-type': String(answered['content-type']) };
          response.writeHead(
            status,
            length === undefined ? type : { ...type, 'content-length': String(length) },
          );
        },
        onResponseData(_controller, chunk) {
          response.write(chunk);
        },
        onResponseEnd() {
          response.end();
        },
        onResponseError() {
          response.destroy();
        },
      },
    );
  });
});

server.listen({ port: 0, host: '127.0.0.1', backlog: 8192 }, () =>
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`),
);
