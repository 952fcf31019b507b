import { LuaScript } from '../../../redis/lua-script.js';
import type { RedisLink } from '../../../redis/redis-link.js';
import type { KeyRecord } from '../key-record.js';
import type { MemoryPoolState } from '../memory-pool-state.js';
import type { PoolKey, PoolListener } from '../pool-state.js';
import type { RestTold } from './adopt-rest.js';
import { RestLedger } from './rest-ledger.js';
import { leaving } from './shared-buckets.js';

type Item = readonly [field: string, version: number, text: string];

/** Notes what changed, numbered in one order for all instances, and tells it. KEYS: hash of rests. */
const TELL = new LuaScript(`
local items = {}
for i = 4, #ARGV, 3 do
  local field, text = ARGV[i], ARGV[i + 1]
  local version = redis.call('HINCRBY', KEYS[1], '#', 1)
  if ARGV[i + 2] == '1' then redis.call('HSET', KEYS[1], field, version .. '|' .. text)
  else redis.call('HDEL', KEYS[1], field) end
  items[#items + 1] = { field, version, text }
end
redis.call('PUBLISH', ARGV[1], cjson.encode({ kind = 'rests', from = ARGV[2], upstream = ARGV[3], items = items }))
return tonumber(redis.call('HGET', KEYS[1], '#'))
`);

/** Changes told in one script. */
const MOST_TOLD = 200;

/**
 * Rests that verdicts, checks and people cause or end, told to every instance within a moment. What was told
 * lies in a hash too, from which an instance that missed news catches up.
 */
export class SharedRests implements PoolListener {
  private readonly ledgers = new Map<string, RestLedger>();
  /** News of upstreams of which this instance is telling something itself. */
  private readonly held = new Map<string, Item[]>();
  /** Telling and catching up happen one after the other. */
  private line: Promise<void> = Promise.resolve();
  private isQuiet = false;
  private isScheduled = false;

  constructor(
    private readonly local: MemoryPoolState,
    private readonly link: RedisLink,
  ) {
    const { news } = link;
    news?.on('rests', ({ upstream, items }) => this.heard(String(upstream), items as Item[]));
    news?.on('invalid', ({ upstream, key, reason }) =>
      this.refused(String(upstream), String(key), String(reason)),
    );
    news?.onConnected(() => {
      if (link.isShared) this.watch(this.catchUp());
    });
    link.onBack(() => this.catchUp());
  }

  /** An upstream that this process has just heard of. */
  open(upstreamId: string): void {
    if (this.ledgers.has(upstreamId)) return;
    this.ledgers.set(upstreamId, new RestLedger());
    if (this.link.isShared) this.watch(this.inLine(() => this.catchUpWith(upstreamId)));
  }

  forget(upstreamId: string): void {
    this.ledgers.delete(upstreamId);
  }

  /** Redis has lost what was told of this upstream. */
  lost(upstreamId: string): void {
    this.ledgers.get(upstreamId)?.reset();
    this.watch(this.inLine(() => this.catchUpWith(upstreamId)));
  }

  /** Keys that were not in the pool before. */
  appeared(upstreamId: string, keys: readonly PoolKey[]): void {
    const pool = this.local.poolOf(upstreamId);
    if (pool) this.ledgers.get(upstreamId)?.appeared(pool, keys);
  }

  /** Before the keys are dropped. */
  dropped(upstreamId: string, keyIds: readonly string[]): void {
    const pool = this.local.poolOf(upstreamId);
    const fields = pool ? (this.ledgers.get(upstreamId)?.dropped(leaving(pool, keyIds)) ?? []) : [];
    if (fields.length === 0 || !this.link.isShared) return;
    this.watch(this.link.client.hdel(this.hash(upstreamId), ...fields));
  }

  /** What the work changes is known to the others by another way. */
  quietly(work: () => void): void {
    this.isQuiet = true;
    try {
      work();
    } finally {
      this.isQuiet = false;
    }
  }

  onFree(): void {
    // Whoever waits hears of it without us.
  }

  onChanged(upstreamId: string, keyIds: readonly string[]): void {
    const ledger = this.ledgers.get(upstreamId);
    const pool = this.local.poolOf(upstreamId);
    if (this.isQuiet || !ledger || !pool) return;
    for (const id of keyIds) {
      const key = pool.roster.keys.get(id);
      if (key && (!ledger.isEmpty || hasRests(key))) ledger.dirty.add(id);
    }
    if (ledger.dirty.size > 0) this.schedule();
  }

  onInvalid(upstreamId: string, keyId: string, reason: string, confirm: boolean): void {
    const { news, isShared, client, instance } = this.link;
    if (confirm || !isShared || !news) return;
    const told = { kind: 'invalid', from: instance, upstream: upstreamId, key: keyId, reason };
    this.watch(client.publish(news.channel, JSON.stringify(told)));
  }

  private schedule(): void {
    if (this.isScheduled || !this.link.isShared) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.watch(this.inLine(() => this.tellDirty()));
    });
  }

  private async tellDirty(): Promise<void> {
    for (const [upstreamId, ledger] of [...this.ledgers]) {
      if (ledger.dirty.size > 0) await this.tell(upstreamId, [...ledger.dirty]);
    }
  }

  /** Tells what of these keys' rests is not what all know. Rejects where Redis fails: they stay dirty. */
  private async tell(upstreamId: string, keyIds: readonly string[]): Promise<void> {
    const pool = this.local.poolOf(upstreamId);
    const ledger = this.ledgers.get(upstreamId);
    if (!pool || !ledger) return;
    for (const id of keyIds) ledger.dirty.delete(id);
    const told = [...ledger.differences(pool, keyIds)];
    this.held.set(upstreamId, []);
    try {
      for (let at = 0; at < told.length; at += MOST_TOLD) {
        await this.tellSome(upstreamId, ledger, told.slice(at, at + MOST_TOLD));
      }
    } catch (error) {
      for (const id of keyIds) ledger.dirty.add(id);
      throw error;
    } finally {
      const meanwhile = this.held.get(upstreamId) ?? [];
      this.held.delete(upstreamId);
      this.heard(upstreamId, meanwhile);
    }
  }

  private async tellSome(
    upstreamId: string,
    ledger: RestLedger,
    told: readonly (readonly [string, RestTold])[],
  ): Promise<void> {
    const { news, instance, client, deadlines } = this.link;
    const args: string[] = [news!.channel, instance, upstreamId];
    for (const [field, one] of told) args.push(field, JSON.stringify(one), one.rest ? '1' : '0');
    const last = (await deadlines.within(TELL.run(client, [this.hash(upstreamId)], args))) as number;
    told.forEach(([field, one], at) => ledger.told(field, last - told.length + 1 + at, one));
  }

  private heard(upstreamId: string, items: readonly Item[]): void {
    const held = this.held.get(upstreamId);
    if (held) {
      held.push(...items);
      return;
    }
    const pool = this.local.poolOf(upstreamId);
    const ledger = this.ledgers.get(upstreamId);
    if (!pool || !ledger) return;
    for (const [field, version, text] of items)
      ledger.heard(pool, field, version, JSON.parse(text) as RestTold);
  }

  private refused(upstreamId: string, keyId: string, reason: string): void {
    const pool = this.local.poolOf(upstreamId);
    const key = pool?.roster.keys.get(keyId);
    if (pool && key && !key.out) pool.refuseKey(key, reason);
  }

  /** Rejects where Redis fails. */
  private catchUp(): Promise<void> {
    return this.inLine(async () => {
      for (const upstreamId of [...this.ledgers.keys()]) await this.catchUpWith(upstreamId);
    });
  }

  private async catchUpWith(upstreamId: string): Promise<void> {
    const stored = await this.link.deadlines.within(this.link.client.hgetall(this.hash(upstreamId)));
    const pool = this.local.poolOf(upstreamId);
    const ledger = this.ledgers.get(upstreamId);
    if (!pool || !ledger) return;
    const known = Object.entries(stored)
      .filter(([field]) => field !== '#')
      .map(([field, text]) => [field, knownFrom(text)] as const);
    ledger.catchUp(pool, Number(stored['#'] ?? 0), new Map(known));
    const resting = [...pool.roster.keys.values()].filter(hasRests).map(({ id }) => id);
    await this.tell(upstreamId, [...new Set([...resting, ...ledger.dirty])]);
  }

  private inLine(work: () => Promise<void>): Promise<void> {
    const done = this.line.then(work);
    this.line = done.catch(() => undefined);
    return done;
  }

  private watch(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.link.failed(error));
  }

  private hash(upstreamId: string): string {
    return `${this.link.prefix}{u:${upstreamId}}:rests`;
  }
}

function knownFrom(text: string): { version: number; told: RestTold } {
  const bar = text.indexOf('|');
  return { version: Number(text.slice(0, bar)), told: JSON.parse(text.slice(bar + 1)) as RestTold };
}

function hasRests({ rests, quota }: KeyRecord): boolean {
  return (
    rests.whole !== undefined ||
    (rests.models?.size ?? 0) > 0 ||
    quota.rests?.whole !== undefined ||
    (quota.rests?.models?.size ?? 0) > 0
  );
}
