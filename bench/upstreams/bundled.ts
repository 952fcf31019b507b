import { createServer, type ServerResponse } from 'node:http';
import { announce } from './announce.ts';
import { burst, COMPLETION, event, REFUSED, REFUSED_KEYS, REST_SECONDS } from './answers.ts';

/*
 * The upstream that every installation has. Arguments: events of a stream, milliseconds between them (0: all in
 * one write), and `half` where keys with even numbers are to be refused.
 */
const events = Number(process.argv[2]);
const gapMs = Number(process.argv[3]);
const refused = process.argv[4] === 'half' ? new RegExp(REFUSED_KEYS) : undefined;

const completion = Buffer.from(COMPLETION);
const STREAMED = Buffer.from('"stream":true');
const whole = Buffer.from(gapMs === 0 ? burst(events) : '');

function stream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (gapMs === 0) {
    response.end(whole);
    return;
  }
  let left = events - 1;
  response.write(event(false));
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) {
      response.write(event(false));
      return;
    }
    clearInterval(timer);
    response.end(event(true));
  }, gapMs);
  response.on('close', () => clearInterval(timer));
}

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  let streamed = false;
  request.on('data', (chunk: Buffer) => (streamed ||= chunk.length < 65_536 && chunk.includes(STREAMED)));
  request.on('end', () => {
    const json = { 'content-type': 'application/json' };
    if (refused?.test(request.headers.authorization ?? '')) {
      response.writeHead(429, { ...json, 'retry-after': String(REST_SECONDS) }).end(REFUSED);
    } else if (streamed) {
      stream(response);
    } else {
      response.writeHead(200, { ...json, 'content-length': completion.length }).end(completion);
    }
  });
});

announce(server);
