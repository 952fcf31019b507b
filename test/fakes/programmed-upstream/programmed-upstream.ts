import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkBody } from '../provider-schemas/request-check.ts';
import { framesOf } from './frames.ts';
import { refusalOf } from './refusal.ts';

export type Json = Record<string, unknown>;

/** The dialect that a request came in, by its path. */
export type Spoken = 'chat' | 'responses' | 'anthropic' | 'gemini';

export interface Received {
  readonly spoken: Spoken;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly body: Json;
  readonly streams: boolean;
}

/** What the next requests are answered, until it is programmed anew. */
export interface Programme {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A whole answer of each dialect; streams are made of it. Absent: a short text. */
  readonly answers?: Partial<Readonly<Record<Spoken, Json>>>;
  /** How a stream ends: properly, after so many frames without its end, by an error frame, or by a reset. */
  readonly ending?: 'proper' | 'early' | 'error' | 'reset' | 'open';
}

/** Answers of every dialect to nothing in particular. */
export const PLAIN_ANSWERS: Readonly<Record<Spoken, Json>> = {
  chat: {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_760_000_000,
    model: 'gpt-4.1-2025-04-14',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'Hello there.', refusal: null },
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
  },
  responses: {
    id: 'resp_1',
    object: 'response',
    created_at: 1_760_000_000,
    status: 'completed',
    model: 'gpt-4.1-2025-04-14',
    output: [
      {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'Hello there.', annotations: [] }],
      },
    ],
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: [],
    usage: {
      input_tokens: 9,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 3,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 12,
    },
  },
  anthropic: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5-20250929',
    content: [{ type: 'text', text: 'Hello there.' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 9, output_tokens: 3 },
  },
  gemini: {
    responseId: 'gem1',
    modelVersion: 'gemini-2.5-flash',
    candidates: [
      { index: 0, content: { role: 'model', parts: [{ text: 'Hello there.' }] }, finishReason: 'STOP' },
    ],
    usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 3, totalTokenCount: 12 },
  },
};

/** A provider that refuses what the real one would, records what it gets, and answers what it was told to. */
export class ProgrammedUpstream {
  readonly received: Received[] = [];
  /** What the real provider would have refused, and why. */
  readonly refused: string[] = [];
  /** Complaints that a test provokes on purpose, since it is about something else: they are not made. */
  forgives: RegExp | undefined;
  programme: Programme = {};
  /** The last answer, as it was sent. */
  sent = '';
  /** Files by path, for what is named by URL. */
  readonly files = new Map<string, { readonly type: string; readonly bytes: Buffer }>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  static async start(): Promise<ProgrammedUpstream> {
    const upstream = new ProgrammedUpstream();
    await new Promise<void>((resolve) => upstream.server.listen(0, '127.0.0.1', resolve));
    return upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Forgets what it got, and answers so from now on. */
  next(programme: Programme = {}): void {
    this.programme = programme;
    this.received.length = 0;
  }

  /** @throws Error where the real provider would have refused a request */
  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    if (this.refused.length > 0) {
      throw new Error(`the provider refuses:\n${[...new Set(this.refused)].join('\n')}`);
    }
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    const file = this.files.get(path);
    if (file) {
      response.writeHead(200, { 'content-type': file.type }).end(file.bytes);
      return;
    }
    const spoken = spokenAt(path);
    if (!spoken) {
      response
        .writeHead(404, { 'content-type': 'application/json' })
        .end('{"error":{"message":"no such path"}}');
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    const body = JSON.parse(text) as Json;
    const streams = path.includes(':streamGenerateContent') || body.stream === true;
    this.received.push({ spoken, path, headers: request.headers, text, body, streams });
    const complaint = checkBody(path, body);
    if (complaint !== undefined && !this.forgives?.test(complaint)) {
      this.refused.push(`${path}: ${complaint}`);
      response.writeHead(400, { 'content-type': 'application/json' }).end(refusalOf(spoken, complaint));
      return;
    }
    this.answer(spoken, streams, body, response);
  }

  private answer(spoken: Spoken, streams: boolean, body: Json, response: ServerResponse): void {
    const { status = 200, headers = {}, answers = {}, ending = 'proper' } = this.programme;
    const whole = answers[spoken] ?? PLAIN_ANSWERS[spoken];
    if (!streams || status !== 200) {
      this.sent = JSON.stringify(whole);
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(this.sent);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', ...headers });
    const { begin, end, error } = framesOf(spoken, whole, body);
    const text = begin.join('');
    this.sent = ending === 'proper' ? text + end.join('') : text;
    response.write(text);
    if (ending === 'proper') response.end(end.join(''));
    else if (ending !== 'open') setTimeout(() => breakOff(response, ending, error), 50);
  }
}

/** What was written before has left by now. */
function breakOff(response: ServerResponse, ending: 'early' | 'error' | 'reset', error: string): void {
  if (ending === 'reset') response.socket?.resetAndDestroy();
  else response.end(ending === 'error' ? error : undefined);
}

function spokenAt(url: string): Spoken | undefined {
  const [path = ''] = url.split('?', 1);
  if (path.endsWith('/chat/completions')) return 'chat';
  if (path.endsWith('/responses')) return 'responses';
  if (path.endsWith('/v1/messages')) return 'anthropic';
  return /:(?:stream)?[gG]enerateContent$/.test(path) ? 'gemini' : undefined;
}
