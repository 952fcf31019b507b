import type { IncomingMessage } from 'node:http';
import { ANTHROPIC } from './anthropic.ts';
import { anthropicComplaint } from './envelopes-anthropic.ts';
import { geminiComplaint } from './envelopes-gemini.ts';
import { openaiComplaint } from './envelopes-openai.ts';
import type { Failure } from './envelopes.ts';
import type { Complaint, Json, Operation, Speech } from './exchange.ts';
import { geminiOperations } from './gemini.ts';
import type { GeminiStore } from './gemini-store.ts';
import { OPENAI } from './openai.ts';

export interface Route {
  readonly speech: Speech;
  readonly operation: Operation;
  readonly params: readonly string[];
}

/** Which provider a request speaks to: by its path, and where the path is shared by its headers. */
export class Speeches {
  private readonly gemini: readonly Operation[];

  constructor(store: GeminiStore) {
    this.gemini = geminiOperations(store);
  }

  speechOf(request: IncomingMessage, path: string, query: URLSearchParams): Speech {
    if (path.startsWith('/plain')) return 'http';
    if (
      /^\/(?:upload\/)?v1(?:beta|alpha)\//.test(path) ||
      /^\/upload\/v1\/|\/models\/[^/]+:|^\/v1\/(?:files|cachedContents)\b/.test(path)
    )
      return 'gemini';
    if (path.startsWith('/v1/messages')) return 'anthropic';
    if (!path.startsWith('/v1/models')) return 'openai';
    if (request.headers['anthropic-version'] !== undefined) return 'anthropic';
    if (request.headers['x-goog-api-key'] !== undefined || query.has('key')) return 'gemini';
    return 'openai';
  }

  find(speech: Speech, method: string, path: string): Route | undefined {
    const operations = { openai: OPENAI, anthropic: ANTHROPIC, gemini: this.gemini, http: [] }[speech];
    for (const operation of operations) {
      const match = operation.method === method ? operation.path.exec(path) : null;
      if (match) return { speech, operation, params: match.slice(1) };
    }
    return undefined;
  }
}

export function wordComplaint(speech: Speech, { status, message, param, code }: Complaint): Failure {
  if (speech === 'openai') return openaiComplaint(status, message, param, code);
  if (speech === 'anthropic') return anthropicComplaint(status, message);
  if (speech === 'gemini') return geminiComplaint(status, message);
  return { status, body: { message } };
}

/** What the provider writes into a stream that breaks. */
export function errorFrame(speech: Speech, operation: string): string {
  if (speech === 'anthropic')
    return `event: error\ndata: ${JSON.stringify({ type: 'error', error: { details: null, type: 'overloaded_error', message: 'Overloaded' } })}\n\n`;
  if (speech === 'gemini')
    return `data: ${JSON.stringify({ error: { code: 503, message: 'The model is overloaded. Please try again later.', status: 'UNAVAILABLE' } })}\r\n\r\n`;
  const message = 'The server had an error while processing your request. Sorry about that!';
  if (operation === 'responses')
    return `event: error\ndata: ${JSON.stringify({ type: 'error', sequence_number: 0, code: 'server_error', message, param: null })}\n\n`;
  return `data: ${JSON.stringify({ error: { message, type: 'server_error', param: null, code: null } })}\n\n`;
}

export function modelOf(path: string, body: Buffer): string {
  const inPath = /\/models\/([^/:]+):/.exec(path)?.[1];
  if (inPath !== undefined) return decodeURIComponent(inPath);
  try {
    const { model } = JSON.parse(body.toString('utf8')) as Json;
    return typeof model === 'string' ? model : '';
  } catch {
    return '';
  }
}
