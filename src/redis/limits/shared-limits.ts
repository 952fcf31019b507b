import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisLink } from '../redis-link.js';
import type { BucketAsk, BucketChange, Reserved } from './bucket-ask.js';
import { type Answers, type Emptied, pushAsk, pushChange, readAnswer } from './limit-wire.js';
import { AMEND, RESERVE } from './limits-lua.js';

/** Time for all instances to tell what they have used, after Redis was found empty. */
const RETELL_MS = 250;
const MOST_ROUNDS = 5;
/** Requests in one script: it must not hold Redis up for long. */
const MOST_AT_ONCE = 100;
/** Full buckets that one refusal lists. */
const PAGE = 256;

export interface SharedLimitsOptions {
  /** Where the time of windows comes from: Redis's clock, which is one for all instances, or the caller's (tests). */
  readonly time: 'redis' | 'caller';
  readonly retellMs: number;
}

export interface Asking {
  /** Epoch ms of the caller's clock. */
  readonly now: number;
  /** Half-open rests that the call is to try out. */
  readonly probes?: readonly string[];
  /** Which part of the full buckets a refusal lists, from 0. */
  readonly page?: number;
}

export interface Changing {
  readonly now: number;
  /** When the reservation was made that is changed, as `reserve` told; 0: nothing is taken back. */
  readonly at?: number;
  /** Half-open rests that are not tried out any longer. */
  readonly probes?: readonly string[];
}

interface Request {
  readonly buckets: readonly BucketAsk[];
  readonly tokens: number;
  readonly asking: Asking;
  rounds: number;
  readonly resolve: (reserved: Reserved) => void;
  readonly reject: (error: unknown) => void;
}

interface Amendment {
  readonly changes: readonly BucketChange[];
  readonly changing: Changing;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What one turn of the event loop wants of a scope: one script for all changes, and one for all requests. */
class Batch {
  readonly amendments: Amendment[] = [];
  readonly requests: Request[] = [];

  /** @param now in the time of the windows; 0: Redis's */
  constructor(readonly now: number) {}
}

/**
 * Limits that all instances on one Redis share, exactly: a script reserves for all calls of one turn of the event
 * loop. A scope is what is counted together (the keys of one upstream, one access token) and names the slot of a
 * Redis Cluster.
 */
export class SharedLimits {
  private readonly epochs = new Map<string, string>();
  /** By epoch: one telling serves all calls that found it. */
  private readonly tellings = new Map<string, Promise<void>>();
  private readonly batches = new Map<string, Batch>();
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
      const scope = this.scopeOf(news.scope);
      if (scope !== undefined && this.epochs.has(scope)) this.open(scope).catch(() => undefined);
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
    this.epochs.delete(scope);
  }

  /** Rejects where Redis fails; the reservation may have been made all the same. */
  reserve(scope: string, buckets: readonly BucketAsk[], tokens: number, asking: Asking): Promise<Reserved> {
    return new Promise((resolve, reject) => {
      this.ask(scope, { buckets, tokens: Math.ceil(tokens), asking, rounds: 0, resolve, reject });
    });
  }

  /** Rejects where Redis fails. */
  amend(scope: string, changes: readonly BucketChange[], changing: Changing): Promise<void> {
    return new Promise((resolve, reject) => {
      this.batchOf(scope, changing.now).amendments.push({ changes, changing, resolve, reject });
    });
  }

  /** Forgets what was counted. */
  async clear(scope: string, names: readonly string[]): Promise<void> {
    this.flush(scope);
    const keys: string[] = [];
    this.pushKeys(
      keys,
      scope,
      names.map((name) => ({ name })),
    );
    for (let at = 0; at < keys.length; at += 1000)
      await this.link.client.unlink(...keys.slice(at, at + 1000));
  }

  /** Of a name that news carry; undefined where another kind of scope is meant. */
  scopeOf(name: unknown): string | undefined {
    const text = String(name);
    return text.startsWith(`${this.kind}:`) ? text.slice(this.kind.length + 1) : undefined;
  }

  private scopeName(scope: string): string {
    return `${this.kind}:${scope}`;
  }

  private batchOf(scope: string, caller: number): Batch {
    const now = this.options.time === 'caller' ? caller : 0;
    let batch = this.batches.get(scope);
    if (batch && batch.now !== now) this.flush(scope);
    if (batch?.now !== now) {
      this.batches.set(scope, (batch = new Batch(now)));
      setImmediate(() => this.flush(scope));
    }
    return batch;
  }

  private ask(scope: string, request: Request): void {
    const batch = this.batchOf(scope, request.asking.now);
    batch.requests.push(request);
    if (batch.requests.length >= MOST_AT_ONCE) this.flush(scope);
  }

  private flush(scope: string): void {
    const batch = this.batches.get(scope);
    if (!batch) return;
    this.batches.delete(scope);
    if (batch.amendments.length > 0) void this.sendChanges(scope, batch);
    if (batch.requests.length > 0) void this.sendRequests(scope, batch);
  }

  /** Never rejects: each of the amendments hears of it. */
  private async sendChanges(scope: string, { amendments, now }: Batch): Promise<void> {
    const keys: string[] = [];
    const args: (string | number)[] = [];
    let count = 0;
    for (const { changes, changing } of amendments) {
      this.pushKeys(keys, scope, changes);
      count += changes.length;
      for (const change of changes) pushChange(args, change, changing.at ?? 0);
    }
    for (const { changing } of amendments) this.pushProbes(keys, scope, changing.probes);
    const { instance, news, client, deadlines } = this.link;
    const head = [now, instance, count, news!.channel, this.scopeName(scope)];
    try {
      await deadlines.within(AMEND.run(client, keys, [...head, ...args]));
      for (const { resolve } of amendments) resolve();
    } catch (error) {
      for (const { reject } of amendments) reject(error);
    }
  }

  /** Never rejects: each of the requests hears of it. */
  private async sendRequests(scope: string, { requests, now }: Batch): Promise<void> {
    const keys = [`${this.base(scope)}:epoch`, `${this.base(scope)}:full`];
    const { instance, news, client, deadlines } = this.link;
    const epoch = this.epochs.get(scope) ?? '';
    const args: (string | number)[] = [
      now,
      instance,
      epoch,
      news!.channel,
      this.scopeName(scope),
      requests.length,
    ];
    for (const { buckets, tokens, asking } of requests) {
      const { probes = [], page = 0 } = asking;
      this.pushKeys(keys, scope, buckets);
      this.pushProbes(keys, scope, probes);
      args.push(tokens, buckets.length, probes.length, page * PAGE);
      for (const bucket of buckets) pushAsk(args, bucket);
    }
    try {
      const asked = RESERVE.run(client, keys, args) as Promise<Answers>;
      const answers = await deadlines.within(asked, (late) => this.giveBack(scope, requests, late));
      if (answers[0] === 1) this.deal(requests, answers);
      else await this.again(scope, requests, answers);
    } catch (error) {
      for (const { reject } of requests) reject(error);
    }
  }

  private deal(requests: readonly Request[], [, now, answers]: Exclude<Answers, Emptied>): void {
    requests.forEach(({ resolve }, at) => resolve(readAnswer(answers[at]!, now)));
  }

  private async again(scope: string, requests: readonly Request[], emptied: Emptied): Promise<void> {
    await this.tellOnce(scope, emptied);
    for (const request of requests) {
      request.rounds += 1;
      if (request.rounds < MOST_ROUNDS) this.ask(scope, request);
      else request.reject(new Error('redis loses its data again and again'));
    }
  }

  /** Reservations that were granted after their calls had given up. */
  private giveBack(scope: string, requests: readonly Request[], answers: Answers): void {
    if (answers[0] !== 1) return;
    const [, now, dealt] = answers;
    requests.forEach(({ buckets, tokens, asking }, at) => {
      if (dealt[at]?.[0] !== 1) return;
      const changes = buckets.map(({ name, rpm, tpm, rpd, concurrency, inFlight, day }) => ({
        name,
        ...(tpm !== undefined && { tokens: -tokens }),
        ...(rpm !== undefined && { requests: -1 }),
        ...(rpd !== undefined && { calls: -1, day }),
        ...(concurrency !== undefined && { inFlight: inFlight - 1 }),
      }));
      this.amend(scope, changes, { now: asking.now, at: now, probes: asking.probes }).catch(() => undefined);
    });
  }

  private tellOnce(scope: string, answer: Emptied): Promise<void> {
    const name = `${scope}\n${answer[1]}`;
    let telling = this.tellings.get(name);
    if (!telling && this.epochs.get(scope) === answer[1]) return Promise.resolve();
    if (!telling) {
      telling = this.retell(scope, answer).finally(() => this.tellings.delete(name));
      this.tellings.set(name, telling);
    }
    return telling;
  }

  /** Redis was empty, or another instance found it so: what was used here is told, and the others get time to. */
  private async retell(scope: string, [, epoch, age]: Emptied): Promise<void> {
    const isFirst = !this.epochs.has(scope);
    const used = this.ownUse(scope, !isFirst);
    if (used.length > 0) await this.amend(scope, used, { now: 0 });
    this.epochs.set(scope, epoch);
    const left = this.options.retellMs - age;
    if (left > 0 && !isFirst) await sleep(left, undefined, { ref: false });
  }

  private base(scope: string): string {
    return `${this.link.prefix}{${this.kind}:${scope}}`;
  }

  private pushKeys(keys: string[], scope: string, buckets: readonly { readonly name: string }[]): void {
    const base = this.base(scope);
    for (const { name } of buckets) keys.push(`${base}:b:${name}`, `${base}:f:${name}`);
  }

  private pushProbes(keys: string[], scope: string, probes: readonly string[] = []): void {
    if (probes.length === 0) return;
    const base = this.base(scope);
    for (const probe of probes) keys.push(`${base}:p:${probe}`);
  }
}
