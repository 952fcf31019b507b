import { hear, remember } from './secrets.ts';

export class AdminRefusal extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>) {
    super(`admin API answered ${status}: ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
  }
}

export interface KeyView {
  readonly id: string;
  readonly masked: string;
  readonly label: string | null;
  readonly status: string;
  readonly reason: string | null;
  readonly until: number | string | null;
}

export interface UpstreamSpec {
  readonly slug: string;
  readonly protocol: string;
  readonly baseUrl: string;
  readonly [field: string]: unknown;
}

/** The admin API as a person's script would use it. */
export class AdminClient {
  private readonly url: string;
  private readonly token: string;

  constructor(url: string, token: string) {
    this.url = url;
    this.token = token;
  }

  /** Answers the parsed body; a body that is no JSON comes back as text. */
  async ask<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    type = 'application/json',
  ): Promise<T> {
    const sent = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${this.token}`,
      ...(sent === undefined ? {} : { 'content-type': type }),
    };
    const response = await fetch(`${this.url}${path}`, { method, headers, body: sent });
    const text = await response.text();
    if (!response.ok) {
      hear(text);
      throw new AdminRefusal(response.status, parsed(text) as Record<string, unknown>);
    }
    return parsed(text) as T;
  }

  get<T = Record<string, unknown>>(path: string): Promise<T> {
    return this.ask<T>('GET', path);
  }

  addUpstream(spec: UpstreamSpec): Promise<Record<string, unknown>> {
    return this.ask('POST', '/api/admin/upstreams', spec);
  }

  changeUpstream(slug: string, change: Record<string, unknown>): Promise<Record<string, unknown>> {
    return this.ask('PATCH', `/api/admin/upstreams/${slug}`, change);
  }

  /** One key a line, as a person would paste them. */
  addKeys(
    slug: string,
    keys: readonly string[],
  ): Promise<{ added: number; duplicate: number; rejected: unknown[] }> {
    return this.ask('POST', `/api/admin/upstreams/${slug}/keys`, keys.join('\n'), 'text/plain');
  }

  async keys(slug: string): Promise<KeyView[]> {
    const page = await this.get<{ items: KeyView[] }>(`/api/admin/upstreams/${slug}/keys?pageSize=500`);
    return page.items;
  }

  changeSettings(values: Record<string, unknown>): Promise<unknown> {
    return this.ask('PATCH', '/api/admin/settings', values);
  }

  /** Creates an access token and answers its secret. */
  async createToken(spec: Record<string, unknown> = {}): Promise<{ id: string; secret: string }> {
    const made = await this.ask<Record<string, unknown>>('POST', '/api/admin/tokens', {
      name: 'test',
      role: 'client',
      ...spec,
    });
    // By its name and nothing else: an id is random text too, and once in some thousands it holds `kw_`.
    if (typeof made.secret !== 'string') throw new Error('the answer holds no token');
    return { id: String(made.id), secret: remember(made.secret) };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
