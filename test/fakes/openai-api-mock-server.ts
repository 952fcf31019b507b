import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mockOpenAIResponse } from 'openai-api-mock';

/**
 * openai-api-mock answers inside the process that calls `https://api.openai.com`. This puts a server in front of
 * it, so that a gateway in another process can have it as its upstream. Prints its URL.
 */
mockOpenAIResponse(true, { seed: 7, useFixedResponses: false });

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined;
    const headers = {
      authorization: request.headers.authorization ?? '',
      'content-type': request.headers['content-type'] ?? 'application/json',
    };
    void fetch(`https://api.openai.com${request.url}`, { method: request.method, headers, body })
      .then(async (answer) => {
        response.writeHead(answer.status, {
          'content-type': answer.headers.get('content-type') ?? 'application/json',
        });
        for await (const chunk of answer.body ?? []) response.write(chunk);
        response.end();
      })
      .catch((thrown: unknown) => response.writeHead(502).end(String(thrown)));
  });
});

server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`),
);
