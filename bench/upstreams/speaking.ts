import { createServer, type ServerResponse } from 'node:http';
import { announce } from './announce.ts';

/*
 * An upstream that streams text in the dialect of the path it is asked at: Chat Completions or Messages. Each piece of
 * text says when it left, since a translation leaves nothing else as it was. Arguments: events of a stream, and
 * milliseconds between them (0: each as soon as the one before has been written).
 */
const events = Number(process.argv[2]);
const gapMs = Number(process.argv[3]);

interface Dialect {
  readonly begin: string;
  readonly text: (text: string) => string;
  readonly end: string;
}

const named = (type: string, more: object) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
const message = { id: 'msg_bench', type: 'message', role: 'assistant', model: 'm', content: [] };
const stops = { stop_reason: null, stop_sequence: null };

const MESSAGES: Dialect = {
  begin:
    named('message_start', {
      message: { ...message, ...stops, usage: { input_tokens: 200, output_tokens: 1 } },
    }) + named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  text: (text) => named('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
  end:
    named('content_block_stop', { index: 0 }) +
    named('message_delta', { delta: { ...stops, stop_reason: 'end_turn' }, usage: { output_tokens: 50 } }) +
    named('message_stop', {}),
};

const chunk = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1_790_000_000, model: 'm' };
const choice = (delta: object, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ ...chunk, choices: [{ index: 0, delta, logprobs: null, finish_reason }] })}\n\n`;

const CHAT: Dialect = {
  begin: choice({ role: 'assistant', content: '' }),
  text: (content) => choice({ content }),
  end: `${choice({}, 'stop')}data: [DONE]\n\n`,
};

const now = () => `sent:${(performance.timeOrigin + performance.now()).toFixed(3)} `;

function play(response: ServerResponse, { begin, text, end }: Dialect): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(begin);
  let left = events;
  const next = () => {
    if (response.destroyed) return;
    if (left === 0) return void response.end(end);
    left -= 1;
    const hasRoom = response.write(text(now()));
    if (gapMs > 0) setTimeout(next, gapMs);
    else if (hasRoom) setImmediate(next);
    else response.once('drain', next);
  };
  next();
}

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  request.resume();
  request.on('end', () => play(response, request.url?.includes('/messages') ? MESSAGES : CHAT));
});

announce(server);
