import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisLink } from '../redis-link.js';
import type { BucketAsk, BucketChange, Fullness, Reserved } from './bucket-ask.js';
import { AMEND, RESERVE } from './limits-lua.js';

/** Time for all instances to tell what they have used, after Redis was found empty. */
const RETELL_MS = 250;
const MOST_ROUNDS = 5;
/** Full buckets that one refusal lists. */
const PAGE = 256;

type Granted = [1, number, [number, string][]];
type Refused = [0, number, [number, number, number, number, string][], number[], string[]];
type Emptied = [2, string, number];

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

/**
 * Limits that all instances on one Redis share, exactly: a reservation is one script. A scope is what is counted
 * together in one script (the keys of one upstream, one access token) and names the slot of a Redis Cluster.
 */
export class SharedLimits {
  private readonly epochs = new Map<string, string>();
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
  async reserve(
    scope: string,
    buckets: readonly BucketAsk[],
    tokens: number,
    { now, probes = [], page = 0 }: Asking,
  ): Promise<Reserved> {
    const keys = this.keysFor(scope, buckets, probes);
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const args = [
        this.time(now),
        this.link.instance,
        Math.ceil(tokens),
        this.epochs.get(scope) ?? '',
        buckets.length,
        this.link.news!.channel,
        this.scopeName(scope),
        page * PAGE,
      ];
      for (const bucket of buckets) pushAsk(args, bucket);
      const asked = RESERVE.run(this.link.client, keys, args) as Promise<Granted | Refused | Emptied>;
      const answer = await this.link.deadlines.within(asked, (late) => {
        if (late[0] === 1) this.giveBack(scope, buckets, tokens, { now, at: late[1], probes });
      });
      if (answer[0] !== 2) return answer[0] === 1 ? granted(answer) : refused(answer);
      await this.tellOnce(scope, answer);
    }
    throw new Error('redis loses its data again and again');
  }

  /** Rejects where Redis fails. */
  async amend(
    scope: string,
    changes: readonly BucketChange[],
    { now, at = 0, probes = [] }: Changing,
  ): Promise<void> {
    const keys = this.keysFor(scope, changes, probes).slice(2);
    const { instance, news } = this.link;
    const args = [this.time(now), instance, at, changes.length, news!.channel, this.scopeName(scope)];
    for (const change of changes) pushChange(args, change);
    await this.link.deadlines.within(AMEND.run(this.link.client, keys, args));
  }

  /** Forgets what was counted. */
  async clear(scope: string, names: readonly string[]): Promise<void> {
    const keys = this.keysFor(
      scope,
      names.map((name) => ({ name })),
      [],
    ).slice(2);
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

  /** A reservation that was granted after its call had given up. */
  private giveBack(scope: string, buckets: readonly BucketAsk[], tokens: number, reserved: Changing): void {
    const changes = buckets.map(({ name, rpm, tpm, rpd, concurrency, inFlight, day }) => ({
      name,
      ...(tpm !== undefined && { tokens: -tokens }),
      ...(rpm !== undefined && { requests: -1 }),
      ...(rpd !== undefined && { calls: -1, day }),
      ...(concurrency !== undefined && { inFlight: inFlight - 1 }),
    }));
    this.amend(scope, changes, reserved).catch(() => undefined);
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

  private keysFor(
    scope: string,
    buckets: readonly { readonly name: string }[],
    probes: readonly string[],
  ): string[] {
    const base = `${this.link.prefix}{${this.kind}:${scope}}`;
    const keys = [`${base}:epoch`, `${base}:full`];
    for (const { name } of buckets) keys.push(`${base}:b:${name}`, `${base}:f:${name}`);
    for (const probe of probes) keys.push(`${base}:p:${probe}`);
    return keys;
  }

  private time(now: number): number {
    return this.options.time === 'caller' ? now : 0;
  }
}

function pushAsk(args: (string | number)[], ask: BucketAsk): void {
  args.push(
    ask.rpm ?? 0,
    ask.tpm ?? 0,
    ask.rpd ?? 0,
    ask.concurrency ?? 0,
    ask.inFlight,
    ask.day ?? '',
    Math.ceil(ask.dayMs ?? 0),
    ask.budget ?? 0,
    ask.spent ?? 0,
    ask.sign ?? '',
  );
}

function pushChange(args: (string | number)[], change: BucketChange): void {
  args.push(
    Math.ceil(change.tokens ?? 0),
    change.requests ?? 0,
    change.day ?? '',
    change.calls ?? 0,
    change.leastCalls ?? 0,
    change.inFlight ?? -1,
    change.dollars ?? 0,
    change.leastDollars ?? 0,
    change.name,
  );
}

function granted([, at, used]: Granted): Reserved {
  return { granted: true, at, used: used.map(([calls, spent]) => ({ calls, spent: Number(spent) })) };
}

function refused([, now, buckets, probes, listed]: Refused): Reserved {
  const full: [string, number][] = [];
  for (let at = 0; at + 1 < listed.length; at += 2) full.push([listed[at]!, Number(listed[at + 1]) - now]);
  return { granted: false, buckets: buckets.map(fullness), probes, full };
}

function fullness([full, short, stuck, , why]: Refused[2][number]): Fullness {
  return { full, short, isBusy: stuck === 1, isSpent: stuck === 2, why: why as Fullness['why'] };
}
