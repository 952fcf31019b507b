import type { IncomingHttpHeaders } from 'node:http';

export type Speech = 'openai' | 'anthropic' | 'gemini' | 'http';

/** A request with its body, as an operation reads it. */
export interface Asked {
  readonly method: string;
  /** Decoded by nobody: as it came, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly key: string;
  readonly group: string;
  /** `http://host:port` under which the upstream was called. */
  readonly origin: string;
}

/** What goes back when nothing is scripted to break. `frames` are literal text on the wire. */
export type Answer =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly value: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'bytes';
      readonly status: number;
      readonly type: string;
      readonly bytes: Buffer;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'stream';
      readonly type: string;
      readonly frames: readonly string[];
      readonly headers?: Readonly<Record<string, string>>;
    };

export interface Reply {
  readonly answer: Answer;
  /** Tokens that count against tpm. */
  readonly tokens: number;
}

export const json = (
  value: unknown,
  tokens = 0,
  status = 200,
  headers: Record<string, string> = {},
): Reply => ({
  answer: { kind: 'json', status, value, headers },
  tokens,
});

/** One operation of a provider: strict about what it is asked, deterministic in what it answers. */
export interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: RegExp;
  readonly run: (asked: Asked, params: readonly string[]) => Reply | Promise<Reply>;
}

/** The request is at fault; the server words it in the provider's envelope. */
export class Complaint extends Error {
  readonly status: number;
  readonly param: string | null;
  readonly code: string | null;

  constructor(status: number, message: string, param: string | null = null, code: string | null = null) {
    super(message);
    this.status = status;
    this.param = param;
    this.code = code;
  }
}

export type Json = Readonly<Record<string, unknown>>;

export function readJson(asked: Asked): Json {
  const type = asked.headers['content-type'] ?? '';
  if (!/^application\/json\b/i.test(type))
    throw new Complaint(415, `Content-Type must be application/json, was "${type}"`);
  try {
    const value: unknown = JSON.parse(asked.body.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  } catch {
    // Falls through to the complaint.
  }
  throw new Complaint(400, 'We could not parse the JSON body of your request.');
}

export async function readForm(asked: Asked): Promise<FormData> {
  const type = asked.headers['content-type'] ?? '';
  if (!/^multipart\/form-data; ?boundary=/i.test(type))
    throw new Complaint(415, `Content-Type must be multipart/form-data, was "${type}"`);
  const body = new Uint8Array(asked.body);
  return new Response(body, { headers: { 'content-type': type } }).formData().catch(() => {
    throw new Complaint(400, 'The multipart body is malformed.');
  });
}

export function text(body: Json, field: string): string {
  const value = body[field];
  if (typeof value !== 'string' || value === '')
    throw new Complaint(400, `Missing required parameter: '${field}'.`, field, 'missing_required_parameter');
  return value;
}

export function list(body: Json, field: string): readonly unknown[] {
  const value = body[field];
  if (!Array.isArray(value) || value.length === 0)
    throw new Complaint(400, `Missing required parameter: '${field}'.`, field, 'missing_required_parameter');
  return value as unknown[];
}
