import { gunzip, gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { CACHE_MANAGER } from '@nestjs/cache-manager';
import type { Cache } from 'cache-manager';
import { Settings } from '../../settings/settings.js';
import type { Fields } from '../conversation/dialect.js';

/** One answer as its client may name it later. */
export interface KeptResponse {
  /** As the client got it. */
  readonly response: Fields;
  /** All items that it answers, those of earlier responses included. */
  readonly input: readonly Fields[];
}

const HOUR_MS = 3_600_000;
/** Characters of JSON; longer ones are not kept. */
const LONGEST = 8 * 1024 * 1024;

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/**
 * Answers that a later call may name by `previous_response_id`, for upstreams that keep none themselves. They lie in
 * Nest's cache, in memory or in Redis for all instances, never in the database: what was said is not to outlive its
 * hours in some backup.
 */
@Injectable()
export class KeptResponses {
  /** Bytes that one instance lets lie in the cache; the oldest go first. */
  protected readonly mostBytes: number = 64 * 1024 * 1024;
  /** What this instance has put there, oldest first, with its size. */
  private readonly sizes = new Map<string, number>();
  /** On their way into the cache. */
  private readonly pending = new Map<string, KeptResponse>();
  private bytes = 0;

  constructor(
    @Inject(CACHE_MANAGER) private readonly cache: Cache,
    private readonly settings: Settings,
  ) {}

  /** How long; 0: nothing is kept. */
  get hours(): number {
    return this.settings.values.responsesStateHours;
  }

  /** Can be found from now on, by the same access token. */
  put(owner: string, id: string, kept: KeptResponse): void {
    if (this.hours === 0) return;
    const name = nameOf(owner, id);
    this.pending.set(name, kept);
    void this.store(name, kept).finally(() => this.pending.delete(name));
  }

  async find(owner: string, id: string): Promise<KeptResponse | undefined> {
    if (this.hours === 0) return undefined;
    const name = nameOf(owner, id);
    const pending = this.pending.get(name);
    if (pending) return pending;
    const text = await this.cache.get<string>(name).catch(() => undefined);
    return text === undefined || text === null ? undefined : unpacked(text);
  }

  /** @returns whether there was one */
  async remove(owner: string, id: string): Promise<boolean> {
    const name = nameOf(owner, id);
    const known = (await this.find(owner, id)) !== undefined;
    this.pending.delete(name);
    this.forget(name);
    await this.cache.del(name).catch(() => undefined);
    return known;
  }

  private async store(name: string, kept: KeptResponse): Promise<void> {
    try {
      const json = JSON.stringify(kept);
      if (json.length > LONGEST) return;
      const text = (await compress(json)).toString('base64');
      // Deleted in the meantime.
      if (!this.pending.has(name)) return;
      await this.cache.set(name, text, this.hours * HOUR_MS);
      this.note(name, text.length);
    } catch {
      // The cache is out: the answer has been given, and a later call that names it is told.
    }
  }

  private note(name: string, size: number): void {
    this.forget(name);
    this.sizes.set(name, size);
    this.bytes += size;
    for (const oldest of this.sizes.keys()) {
      if (this.bytes <= this.mostBytes) return;
      this.forget(oldest);
      void this.cache.del(oldest).catch(() => undefined);
    }
  }

  private forget(name: string): void {
    this.bytes -= this.sizes.get(name) ?? 0;
    this.sizes.delete(name);
  }
}

async function unpacked(text: string): Promise<KeptResponse | undefined> {
  try {
    return JSON.parse((await decompress(Buffer.from(text, 'base64'))).toString('utf8')) as KeptResponse;
  } catch {
    return undefined;
  }
}

// No id of a token holds a colon.
function nameOf(owner: string, id: string): string {
  return `response:${owner}:${id}`;
}
