import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CACHE_MANAGER } from '@nestjs/cache-manager';
import type { Cache } from 'cache-manager';
import type { MadeImage } from './made-images.js';

/** How long a link holds, as OpenAI's do. */
const KEPT_MS = 60 * 60 * 1000;
/** Of the images that this process has put there; the oldest go first. */
const MOST = 1000;
const MOST_BYTES = 256 * 1024 * 1024;
const ID_BYTES = 24;
const ID = /^[A-Za-z0-9_-]{32}$/;

/** Made images that are fetched by a link: in Nest's cache, so in memory, or in Redis for all instances. */
@Injectable()
export class ImageFiles {
  /** Bytes by id, the oldest first. */
  private readonly own = new Map<string, number>();
  private bytes = 0;

  constructor(@Inject(CACHE_MANAGER) private readonly cache: Cache) {}

  /** @returns an id that nobody can guess: whoever has the link may see the image */
  async keep({ data, mime }: MadeImage): Promise<string> {
    const id = randomBytes(ID_BYTES).toString('base64url');
    this.own.set(id, data.length);
    this.bytes += data.length;
    await this.cache.set(nameOf(id), { data, mime }, KEPT_MS);
    await this.makeRoom();
    return id;
  }

  /** Undefined where there is none, or no more. */
  async find(id: string): Promise<MadeImage | undefined> {
    if (!ID.test(id)) return undefined;
    return (await this.cache.get<MadeImage>(nameOf(id))) ?? undefined;
  }

  private async makeRoom(): Promise<void> {
    for (const [id, bytes] of this.own) {
      if (this.own.size <= MOST && this.bytes <= MOST_BYTES) return;
      this.own.delete(id);
      this.bytes -= bytes;
      await this.cache.del(nameOf(id));
    }
  }
}

function nameOf(id: string): string {
  return `image:${id}`;
}
