import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, unknown>;

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly key: string;
  readonly organisation: string;
}

/**
 * OpenAI's Responses and Conversations as they are kept: each belongs to the organisation of the key that made it, and
 * to any other key there is no such thing.
 */
export class KeepingUpstream {
  readonly calls: Asked[] = [];
  /** Key → organisation. */
  readonly organisations = new Map<string, string>();
  /** Keys that are over their limit. */
  readonly limited = new Set<string>();
  /** Id → organisation. */
  private readonly kept = new Map<string, string>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  static async start(): Promise<KeepingUpstream> {
    const upstream = new KeepingUpstream();
    await new Promise<void>((resolve) => upstream.server.listen(0, '127.0.0.1', resolve));
    return upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const key = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const organisation = this.organisations.get(key);
    const { method = '', url: path = '' } = request;
    if (organisation === undefined)
      return say(response, 401, refusal('Incorrect API key', null, 'invalid_api_key'));
    this.calls.push({ method, path, key, organisation });
    if (this.limited.has(key)) {
      response.setHeader('retry-after', '30');
      return say(response, 429, refusal('Rate limit reached', null, 'rate_limit_exceeded'));
    }
    const text = Buffer.concat(chunks).toString('utf8');
    const body = text === '' ? {} : (JSON.parse(text) as Json);
    if (method === 'POST' && path === '/v1/responses') return this.respond(response, organisation, body);
    if (method === 'POST' && path === '/v1/conversations') {
      return say(response, 200, { id: this.keep('conv', organisation), object: 'conversation' });
    }
    this.tell(response, method, path, organisation);
  }

  private respond(response: ServerResponse, organisation: string, body: Json): void {
    const missing = this.missingFrom(organisation, body);
    if (missing) return say(response, 400, missing);
    const isKept = body.store !== false;
    const make = (prefix: string) =>
      isKept ? this.keep(prefix, organisation) : `${prefix}_${randomBytes(12).toString('hex')}`;
    const content = [{ type: 'output_text', text: `Hello from ${organisation}`, annotations: [] }];
    const message = { id: make('msg'), type: 'message', role: 'assistant', status: 'completed', content };
    const usage = { input_tokens: 3, output_tokens: 3, total_tokens: 6 };
    const conversation = idOf(body.conversation);
    const whole = {
      id: make('resp'),
      object: 'response',
      status: 'completed',
      model: body.model,
      output: [message],
      store: isKept,
      usage,
      ...(conversation !== undefined && { conversation: { id: conversation } }),
    };
    if (body.stream !== true) return say(response, 200, whole);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const at = { item_id: message.id, output_index: 0, content_index: 0 };
    const begun = { ...whole, status: 'in_progress', output: [], usage: null };
    for (const event of [
      { type: 'response.created', response: begun },
      { type: 'response.output_item.added', output_index: 0, item: { ...message, content: [] } },
      { type: 'response.content_part.added', ...at, part: { ...content[0], text: '' } },
      { type: 'response.output_text.delta', ...at, delta: content[0]!.text },
      { type: 'response.output_item.done', output_index: 0, item: message },
      { type: 'response.completed', response: whole },
    ])
      response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    response.end();
  }

  private missingFrom(organisation: string, body: Json): Json | undefined {
    const { previous_response_id: previous } = body;
    if (typeof previous === 'string' && this.kept.get(previous) !== organisation) {
      const text = `Previous response with id '${previous}' not found.`;
      return refusal(text, 'previous_response_id', 'previous_response_not_found');
    }
    const conversation = idOf(body.conversation);
    if (conversation !== undefined && this.kept.get(conversation) !== organisation)
      return refusal(`Conversation with id '${conversation}' not found.`, 'conversation', null);
    for (const item of Array.isArray(body.input) ? (body.input as Json[]) : []) {
      const id = String(item.id);
      if (item.type === 'item_reference' && this.kept.get(id) !== organisation)
        return refusal(`Item with id '${id}' not found.`, 'input', null);
    }
    return undefined;
  }

  private tell(response: ServerResponse, method: string, path: string, organisation: string): void {
    const [, id = '', below] =
      /^\/v1\/(?:responses|conversations)\/([^/?]+)(?:\/([a-z_]+))?/.exec(path) ?? [];
    if (this.kept.get(id) !== organisation)
      return say(response, 404, refusal(`Response with id '${id}' not found.`, null, null));
    if (method === 'DELETE') {
      this.kept.delete(id);
      return say(response, 200, { id, object: 'response', deleted: true });
    }
    if (below === 'input_items')
      return say(response, 200, { object: 'list', data: [], first_id: null, last_id: null, has_more: false });
    const status = below === 'cancel' ? 'cancelled' : 'completed';
    say(response, 200, { id, object: 'response', status, output: [] });
  }

  private keep(prefix: string, organisation: string): string {
    const id = `${prefix}_${randomBytes(12).toString('hex')}`;
    this.kept.set(id, organisation);
    return id;
  }
}

function idOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? String((value as Json).id) : undefined;
}

function refusal(message: string, param: string | null, code: string | null): Json {
  return { error: { message, type: 'invalid_request_error', param, code } };
}

function say(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
