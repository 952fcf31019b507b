import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LuaScript } from './lua-script.js';
import { RedisLink } from './redis-link.js';
import { within } from './within.js';

/** Milliseconds. What is fetched may be large, and no call waits for these commands. */
const ANSWER_MS = 1_000;
const LOOK_AGAIN_MS = 50;

const RELEASE = new LuaScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
`);

export interface Errand<T> {
  readonly fetch: () => Promise<T>;
  /** Whether others may take it over; a failure is each one's own. */
  readonly isForAll: (value: T) => boolean;
  /** For how long what was fetched is good, in milliseconds. */
  readonly freshMs: number;
  /** After this time another one goes, in milliseconds: whoever went may have been killed. */
  readonly longestMs: number;
}

export interface Fetched<T> {
  readonly value: T;
  /** For how much longer it is good. */
  readonly freshMs: number;
}

/**
 * What one process fetches for all on one Redis, as JSON: who comes meanwhile waits for it, who comes later takes it
 * over. Where Redis is out, or whoever went came back without it, each goes for itself.
 */
@Injectable()
export class Errands {
  constructor(private readonly link: RedisLink) {}

  async run<T>(name: string, errand: Errand<T>): Promise<Fetched<T>> {
    if (!this.link.isShared) return this.go(undefined, errand);
    const key = `${this.link.prefix}{errand:${name}}`;
    const own = randomBytes(9).toString('base64url');
    const taken = await within(
      ANSWER_MS,
      this.link.client.set(`${key}:lock`, own, 'PX', errand.longestMs, 'NX'),
    );
    try {
      const brought =
        (await this.brought<T>(key)) ??
        (taken === null ? await this.awaited<T>(key, errand.longestMs) : undefined);
      return brought ?? (await this.go(key, errand));
    } finally {
      if (taken === 'OK') await within(ANSWER_MS, RELEASE.run(this.link.client, [`${key}:lock`], [own]));
    }
  }

  private async go<T>(key: string | undefined, { fetch, isForAll, freshMs }: Errand<T>): Promise<Fetched<T>> {
    const value = await fetch();
    if (key !== undefined && isForAll(value))
      await within(ANSWER_MS, this.link.client.set(key, JSON.stringify(value), 'PX', freshMs));
    return { value, freshMs };
  }

  private async brought<T>(key: string): Promise<Fetched<T> | undefined> {
    const { client } = this.link;
    const [text, freshMs = 0] = await Promise.all([
      within(ANSWER_MS, client.get(key)),
      within(ANSWER_MS, client.pttl(key)),
    ]);
    return text && freshMs > 0 ? { value: JSON.parse(text) as T, freshMs } : undefined;
  }

  /** What another one brings; undefined where it comes back without, does not come back, or Redis is out. */
  private async awaited<T>(key: string, longestMs: number): Promise<Fetched<T> | undefined> {
    const until = performance.now() + longestMs;
    while (performance.now() < until) {
      await sleep(LOOK_AGAIN_MS);
      // The lock is asked for first: it goes after the value has come.
      const isGone = !(await within(ANSWER_MS, this.link.client.exists(`${key}:lock`)));
      const brought = await this.brought<T>(key);
      if (brought ?? isGone) return brought;
    }
    return undefined;
  }
}
