import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers every request at once with the same chat completion of one kilobyte, or with a stream of 50 events. */
const content = 'x'.repeat(640);
const body = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    created: 1_790_000_000,
    model: 'gpt-4o-mini',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 200, completion_tokens: 160, total_tokens: 360 },
  }),
);

const STREAMED = Buffer.from('"stream":true');
const EVENTS = 50;
const GAP_MS = 10;

/** Each event says when it left, so that whoever reads it knows how long it was under way. */
function event(delta: object, finish_reason: string | null): string {
  const choices = [{ index: 0, delta, finish_reason }];
  return `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1_790_000_000, model: 'gpt-4o-mini', choices, sent: performance.timeOrigin + performance.now() })}\n\n`;
}

function stream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let left = EVENTS;
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) {
      response.write(event({ content: 'token ' }, null));
      return;
    }
    clearInterval(timer);
    response.end(`${event({}, 'stop')}data: [DONE]\n\n`);
  }, GAP_MS);
  response.on('close', () => clearInterval(timer));
}

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  let streamed = false;
  request.on('data', (chunk: Buffer) => (streamed ||= chunk.includes(STREAMED)));
  request.on('end', () => {
    if (streamed) {
      stream(response);
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.end(body);
  });
});

server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`),
);
