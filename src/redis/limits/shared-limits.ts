import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisLink } from '../redis-link.js';
import type { BucketAsk, BucketChange, Reserved } from './bucket-ask.js';
import { type Asking, bucketKeys, type Changing, LimitBatch, type Request } from './limit-batch.js';
import {
  type Answers,
  type Dealt,
  type Emptied,
  readAnswer,
  readAnswers,
  type Served,
} from './limit-wire.js';
import { TURN } from './limits-lua.js';

/** Time for all instances to tell what they have used, after Redis was found empty. */
const RETELL_MS = 250;
const MOST_ROUNDS = 5;
/** Wishes in one script: it must not hold Redis up for long. */
const MOST_AT_ONCE = 100;
/** What a Redis Cluster says to a script for several scopes, before it runs. */
const APART = 'CROSSSLOT';

export interface SharedLimitsOptions {
  /** Where the time of windows comes from: Redis's clock, which is one for all instances, or the caller's (tests). */
  readonly time: 'redis' | 'caller';
  readonly retellMs: number;
}

/** What is counted together. Kept between turns: a Map that changed with each would keep alive what was in it. */
interface Scope {
  readonly name: string;
  /** As Redis told; undefined until it has. */
  epoch: string | undefined;
  /** What this turn wants so far. */
  batch: LimitBatch | undefined;
}

interface Part {
  readonly scope: Scope;
  readonly batch: LimitBatch;
}

/**
 * Limits that all instances on one Redis share, exactly: a script reserves for all calls of one turn of the event
 * loop. A scope is what is counted together (the keys of one upstream, one access token) and names the slot of a
 * Redis Cluster, which gets a script for each.
 */
export class SharedLimits {
  private readonly scopes = new Map<string, Scope>();
  /** Those that want something this turn. */
  private wanting: Scope[] = [];
  private isApart = false;
  /** By epoch: one telling serves all calls that found it. */
  private readonly tellings = new Map<string, Promise<void>>();
  private readonly options: SharedLimitsOptions;

  /**
   * @param ownUse what this instance has used of the scope's buckets within their windows, for a Redis that does
   *   not know it; `isLost`: it did before
   */
  constructor(
    private readonly link: RedisLink,
    private readonly kind: string,
    private readonly ownUse: (scope: string, isLost: boolean) => readonly BucketChange[],
    options: Partial<SharedLimitsOptions> = {},
  ) {
    this.options = { time: 'redis', retellMs: RETELL_MS, ...options };
    link.news?.on('epoch', (news) => {
      const name = this.scopeOf(news.scope);
      if (name !== undefined && this.scopes.get(name)?.epoch !== undefined)
        this.open(name).catch(() => undefined);
    });
  }

  /**
   * Makes sure that Redis counts this scope and knows what this instance has used of it. Rejects where Redis
   * fails.
   */
  async open(scope: string): Promise<void> {
    await this.reserve(scope, [], 0, { now: 0 });
  }

  forget(scope: string): void {
    this.scopes.delete(scope);
  }

  /** Rejects where Redis fails; the reservation may have been made all the same. */
  reserve(scope: string, buckets: readonly BucketAsk[], tokens: number, asking: Asking): Promise<Reserved> {
    return new Promise((resolve, reject) => {
      const request = { buckets, tokens: Math.ceil(tokens), asking, rounds: 0, resolve, reject };
      this.ask(this.scope(scope), request);
    });
  }

  /** Rejects where Redis fails. */
  amend(scope: string, changes: readonly BucketChange[], changing: Changing): Promise<void> {
    return new Promise((resolve, reject) => {
      const batch = this.batchOf(this.scope(scope), changing.now);
      batch.amendments.push({ changes, changing, resolve, reject });
    });
  }

  /** Forgets what was counted. */
  async clear(scope: string, names: readonly string[]): Promise<void> {
    this.flush(this.scope(scope));
    const base = this.base(scope);
    const keys = names.flatMap((name) => bucketKeys(base, name));
    for (let at = 0; at < keys.length; at += 1000)
      await this.link.client.unlink(...keys.slice(at, at + 1000));
  }

  /** Of a name that news carry; undefined where another kind of scope is meant. */
  scopeOf(name: unknown): string | undefined {
    const text = String(name);
    return text.startsWith(`${this.kind}:`) ? text.slice(this.kind.length + 1) : undefined;
  }

  private scope(name: string): Scope {
    let scope = this.scopes.get(name);
    if (!scope) this.scopes.set(name, (scope = { name, epoch: undefined, batch: undefined }));
    return scope;
  }

  private batchOf(scope: Scope, caller: number): LimitBatch {
    const now = this.options.time === 'caller' ? caller : 0;
    if (scope.batch && scope.batch.now !== now) this.flush(scope);
    if (scope.batch) return scope.batch;
    if (this.wanting.push(scope) === 1) setImmediate(() => this.flushAll());
    return (scope.batch = new LimitBatch(now));
  }

  private ask(scope: Scope, request: Request): void {
    const batch = this.batchOf(scope, request.asking.now);
    batch.requests.push(request);
    if (batch.requests.length >= MOST_AT_ONCE) this.flush(scope);
  }

  private flush(scope: Scope): void {
    const part = taken(scope);
    if (part) void this.send([part]);
  }

  private flushAll(): void {
    const { wanting } = this;
    this.wanting = [];
    let parts: Part[] = [];
    let size = 0;
    for (const scope of wanting) {
      const part = taken(scope);
      if (!part) continue;
      parts.push(part);
      size += part.batch.size;
      if (size < MOST_AT_ONCE && !this.isApart) continue;
      void this.send(parts);
      parts = [];
      size = 0;
    }
    if (parts.length > 0) void this.send(parts);
  }

  /** Never rejects: each amendment and each request hears of it. */
  private async send(parts: readonly Part[]): Promise<void> {
    const { instance, news, client, deadlines } = this.link;
    const keys: string[] = [];
    const wanted = parts.map(({ scope: { name, epoch }, batch }) =>
      batch.write(keys, this.base(name), `${this.kind}:${name}`, epoch),
    );
    const args = [instance, news!.channel, JSON.stringify(wanted)];
    try {
      const asked = TURN.run(client, keys, args).then(readAnswers);
      const said = await deadlines.within(asked, (late) => this.giveBack(parts, late));
      for (const [at, part] of parts.entries()) void this.answer(part, said[at]!);
    } catch (error) {
      if (parts.length > 1 && String(error).includes(APART)) return this.sendApart(parts);
      for (const { batch } of parts) batch.fail(error);
    }
  }

  private sendApart(parts: readonly Part[]): void {
    this.isApart = true;
    for (const part of parts) void this.send([part]);
  }

  /** Never rejects. */
  private async answer({ scope, batch }: Part, said: Served | Emptied): Promise<void> {
    const { amendments, requests } = batch;
    for (const { resolve } of amendments) resolve();
    if (said[0] === 1) return this.deal(requests, said[1], said[2]);
    try {
      await this.again(scope, requests, said);
    } catch (error) {
      batch.fail(error);
    }
  }

  private deal(requests: readonly Request[], now: number, answers: readonly Dealt[] = []): void {
    requests.forEach(({ resolve }, at) => resolve(readAnswer(answers[at]!, now)));
  }

  private async again(scope: Scope, requests: readonly Request[], emptied: Emptied): Promise<void> {
    await this.tellOnce(scope, emptied);
    for (const request of requests) {
      request.rounds += 1;
      if (request.rounds < MOST_ROUNDS) this.ask(scope, request);
      else request.reject(new Error('redis loses its data again and again'));
    }
  }

  /** Reservations that were granted after their calls had given up. */
  private giveBack(parts: readonly Part[], late: Answers): void {
    for (const [at, said] of late.entries()) {
      const { scope, batch } = parts[at]!;
      if (said[0] === 2) continue;
      const [, now, dealt = []] = said;
      batch.requests.forEach((request, place) => {
        if (dealt[place]?.[0] === 1) this.takeBack(scope.name, request, now);
      });
    }
  }

  private takeBack(scope: string, { buckets, tokens, asking }: Request, at: number): void {
    const changes = buckets.map(({ name, rpm, tpm, rpd, concurrency, inFlight, day }) => ({
      name,
      ...(tpm !== undefined && { tokens: -tokens }),
      ...(rpm !== undefined && { requests: -1 }),
      ...(rpd !== undefined && { calls: -1, day }),
      ...(concurrency !== undefined && { inFlight: inFlight - 1 }),
    }));
    this.amend(scope, changes, { now: asking.now, at, probes: asking.probes }).catch(() => undefined);
  }

  private tellOnce(scope: Scope, answer: Emptied): Promise<void> {
    const name = `${scope.name}\n${answer[1]}`;
    let telling = this.tellings.get(name);
    if (!telling && scope.epoch === answer[1]) return Promise.resolve();
    if (!telling) {
      telling = this.retell(scope, answer).finally(() => this.tellings.delete(name));
      this.tellings.set(name, telling);
    }
    return telling;
  }

  /** Redis was empty, or another instance found it so: what was used here is told, and the others get time to. */
  private async retell(scope: Scope, [, epoch, age]: Emptied): Promise<void> {
    const isFirst = scope.epoch === undefined;
    const used = this.ownUse(scope.name, !isFirst);
    if (used.length > 0) await this.amend(scope.name, used, { now: 0 });
    scope.epoch = epoch;
    const left = this.options.retellMs - age;
    if (left > 0 && !isFirst) await sleep(left, undefined, { ref: false });
  }

  private base(scope: string): string {
    return `${this.link.prefix}{${this.kind}:${scope}}`;
  }
}

/** What the scope wants; from then on it may want something else. */
function taken(scope: Scope): Part | undefined {
  const { batch } = scope;
  scope.batch = undefined;
  return batch && { scope, batch };
}
