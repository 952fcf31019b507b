import type { RedisClient } from './open-redis.js';

/** One thing that instances tell each other; `kind` says who reads it. */
export interface News {
  readonly kind: string;
  /** Instance that tells it. */
  readonly from: string;
  readonly [field: string]: unknown;
}

type Reader = (news: News) => void;

/** What instances tell each other through Redis. What is told while the connection is cut is lost. */
export class RedisNews {
  private readonly readers = new Map<string, Reader[]>();
  private readonly comers: (() => void)[] = [];
  private hasEnded = false;

  constructor(
    private readonly client: RedisClient,
    readonly channel: string,
    private readonly instance: string,
  ) {
    client.on('message', (_: string, text: string) => this.read(text));
    client.on('ready', () => void this.subscribe());
  }

  /** News of this kind that others tell. */
  on(kind: string, reader: Reader): void {
    const known = this.readers.get(kind);
    if (known) known.push(reader);
    else this.readers.set(kind, [reader]);
  }

  /** News may have been missed before this moment. */
  onConnected(callback: () => void): void {
    this.comers.push(callback);
  }

  start(): void {
    this.client.connect().catch(() => undefined);
  }

  stop(): void {
    this.hasEnded = true;
    this.client.disconnect();
  }

  private async subscribe(): Promise<void> {
    try {
      await this.client.subscribe(this.channel);
      if (!this.hasEnded) for (const comer of this.comers) comer();
    } catch {
      // The connection was lost again; `ready` comes anew.
    }
  }

  private read(text: string): void {
    const news = newsOf(text);
    if (!news || news.from === this.instance) return;
    for (const reader of this.readers.get(news.kind) ?? []) reader(news);
  }
}

/** Undefined for what is no news of ours. */
function newsOf(text: string): News | undefined {
  try {
    const value = JSON.parse(text) as News | null;
    return typeof value === 'object' && value !== null && typeof value.kind === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
