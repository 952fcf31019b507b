import { dayIn } from '../../../src/kernel/calendar.js';
import { type Limit, matchesModel } from '../../../src/kernel/limits.js';
import type { Verdict } from '../../../src/kernel/verdict.js';
import type { Grant, PoolKey, PoolRules, Rest } from '../../../src/keys/pool/pool-state.js';

const MINUTE = 60_000;

interface Entry {
  readonly at: number;
  /** What its key declares; a limit is shared by the keys of a group that declare it. */
  readonly limit: Limit;
  readonly tokens: number;
  readonly isCorrection?: boolean;
}

interface Scope {
  readonly model: string | undefined;
  /** No call before that, as far as can be said from outside. */
  notBefore: number;
  /** Position in the order of events at which the rest was set last. */
  setAt: number;
}

export interface Flight {
  readonly key: PoolKey;
  readonly grant: Grant;
  readonly model: string | undefined;
  readonly at: number;
  readonly order: number;
  readonly tokens: number;
  readonly entries: Entry[];
  /** A key that is dropped and put again gets new accounts. */
  readonly alone: Account;
  readonly quota: Account;
}

/** What is counted together, and what rests together: a quota group, or a lone key. */
class Account {
  entries: Entry[] = [];
  scopes: Scope[] = [];
}

/**
 * What may be said of a pool from outside, with lists and loops only: every call that was lent, every rest that
 * was asked for. It knows when a key must not be lent, and when one must be.
 */
export class NaiveModel {
  readonly keys = new Map<string, PoolKey>();
  readonly flights: Flight[] = [];
  private readonly quotas = new Map<string, Account>();
  private readonly lone = new Map<string, Account>();
  private order = 0;

  constructor(private readonly rules: PoolRules) {}

  put(key: PoolKey): void {
    this.keys.set(key.id, key);
  }

  drop(id: string): void {
    const key = this.keys.get(id);
    if (!key) return;
    this.keys.delete(id);
    this.lone.delete(id);
    if (![...this.keys.values()].some((other) => quotaName(other) === quotaName(key)))
      this.quotas.delete(quotaName(key));
  }

  lent(key: PoolKey, grant: Grant, pick: { model: string | undefined; tokens: number; now: number }): void {
    const entries = this.limitsOf(key, pick.model).map((limit) => ({
      at: pick.now,
      limit,
      tokens: pick.tokens,
    }));
    this.quota(key).entries.push(...entries);
    this.order += 1;
    this.flights.push({
      key,
      grant,
      model: pick.model,
      at: pick.now,
      order: this.order,
      tokens: pick.tokens,
      entries,
      alone: this.alone(key),
      quota: this.quota(key),
    });
  }

  settled(flight: Flight, verdict: Verdict, tokens: number | undefined, now: number): void {
    this.order += 1;
    this.flights.splice(this.flights.indexOf(flight), 1);
    this.correct(flight, tokens, now);
    if (verdict.blame === 'none' || verdict.blame === 'caller') this.succeeded(flight);
    const { effect } = verdict;
    if (!effect || !this.isCurrent(flight)) return;
    if (effect.to === 'invalid' && !effect.confirm)
      return this.put({ ...this.keys.get(flight.key.id)!, out: 'invalid' });
    const isInvalid = effect.to === 'invalid';
    const account =
      !isInvalid && effect.share === 'group' ? this.groupOrLone(flight.key) : this.alone(flight.key);
    const model = !isInvalid && effect.models === 'this' ? flight.model : undefined;
    this.set(account, model, isInvalid ? undefined : effect.until, now);
  }

  /** Whether the key was not dropped since. */
  isCurrent(flight: Flight): boolean {
    return this.keys.has(flight.key.id) && this.alone(flight.key) === flight.alone;
  }

  rested(key: PoolKey, model: string | undefined, rest: Rest): void {
    this.order += 1;
    const account = this.alone(key);
    const known = account.scopes.find((scope) => scope.model === model);
    if (!known) account.scopes.push({ model, notBefore: rest.until, setAt: this.order });
    else if (rest.until > known.notBefore) Object.assign(known, { notBefore: rest.until });
  }

  lifted(key: PoolKey): void {
    this.alone(key).scopes = [];
    this.groupOrLone(key).scopes = [];
  }

  /** Why this key must not be lent to such a call; undefined where it may. */
  objection(key: PoolKey, model: string | undefined, tokens: number, now: number): string | undefined {
    if (key.out) return key.out;
    for (const scope of this.scopesOf(key, model)) {
      if (now < scope.notBefore) return `rests until ${scope.notBefore}`;
      if (this.probes(key, scope) > 0) return 'is half-open and tried out already';
    }
    return this.limitObjection(key, { model, tokens, now }, MINUTE);
  }

  /** A key that nothing can be said against: one has to be lent. */
  surelyFree(
    model: string | undefined,
    tokens: number,
    now: number,
    tried: ReadonlySet<string>,
  ): string | undefined {
    for (const key of this.keys.values()) {
      if (key.out || tried.has(key.id) || this.scopesOf(key, model).length > 0) continue;
      if (this.limitObjection(key, { model, tokens, now }, MINUTE * 1.03)) continue;
      return key.id;
    }
    return undefined;
  }

  private limitObjection(
    key: PoolKey,
    { model, tokens, now }: { model: string | undefined; tokens: number; now: number },
    window: number,
  ): string | undefined {
    const day = dayIn(this.rules.dayZone, now).day;
    for (const { models, rpm, tpm, rpd, concurrency } of this.limitsOf(key, model)) {
      const ofPattern = ({ limit }: Entry) => limit.models === models;
      const all = this.quota(key).entries.filter(ofPattern);
      const last = all.filter(({ at }) => at > now - window);
      const requests = last.filter((entry) => entry.limit.rpm !== undefined && !entry.isCorrection).length;
      const today = all.filter(
        (entry) =>
          entry.limit.rpd !== undefined &&
          !entry.isCorrection &&
          dayIn(this.rules.dayZone, entry.at).day === day,
      ).length;
      const used = last
        .filter(({ limit }) => limit.tpm !== undefined)
        .reduce((sum, entry) => sum + entry.tokens, 0);
      const inFlight = this.flights.filter(
        (flight) => flight.quota === this.quota(key) && flight.entries.some(ofPattern),
      ).length;
      if (rpm !== undefined && requests + 1 > rpm) return `rpm ${rpm}`;
      if (rpd !== undefined && today + 1 > rpd) return `rpd ${rpd}`;
      // Nobody knows of a call that it takes no token at all.
      if (tpm !== undefined && used > 0 && used + Math.max(1, tokens) > tpm)
        return `tpm ${tpm}, ${used} used, ${tokens} wanted`;
      if (concurrency !== undefined && inFlight + 1 > concurrency) return `concurrency ${concurrency}`;
    }
    return undefined;
  }

  private correct(flight: Flight, tokens: number | undefined, now: number): void {
    if (tokens === undefined) return;
    const account = flight.quota;
    for (const entry of flight.entries) {
      const at = account.entries.indexOf(entry);
      const more = { at: now, limit: entry.limit, tokens: tokens - entry.tokens, isCorrection: true };
      if (more.tokens > 0) account.entries.push(more);
      else if (at >= 0) account.entries[at] = { ...entry, tokens };
    }
  }

  private succeeded(flight: Flight): void {
    for (const account of [flight.alone, flight.key.quotaGroup === undefined ? flight.alone : flight.quota]) {
      account.scopes = account.scopes.filter(({ model, setAt, notBefore }) => {
        const isOfCall = model === undefined || model === flight.model;
        return !(isOfCall && flight.order > setAt && flight.at >= notBefore);
      });
    }
  }

  private set(account: Account, model: string | undefined, asked: number | undefined, now: number): void {
    const known = account.scopes.find((scope) => scope.model === model);
    const until = asked !== undefined && asked > now ? asked : undefined;
    if (!known) account.scopes.push({ model, notBefore: until ?? now + 1000, setAt: this.order });
    else if (until !== undefined && until > known.notBefore) known.notBefore = until;
    // It may rest anew from now on, or still be at rest: who tries it out afterwards is the first again.
    else if (until === undefined && now >= known.notBefore) known.setAt = this.order;
  }

  private probes(key: PoolKey, scope: Scope): number {
    const isGroup = key.quotaGroup !== undefined && this.quota(key).scopes.includes(scope);
    return this.flights.filter(
      (flight) =>
        (isGroup ? flight.quota === this.quota(key) : flight.alone === this.alone(key)) &&
        (scope.model === undefined || scope.model === flight.model) &&
        flight.order > scope.setAt &&
        flight.at >= scope.notBefore,
    ).length;
  }

  private scopesOf(key: PoolKey, model: string | undefined): Scope[] {
    const accounts = new Set([this.alone(key), this.groupOrLone(key)]);
    return [...accounts]
      .flatMap(({ scopes }) => scopes)
      .filter((scope) => scope.model === undefined || scope.model === model);
  }

  private limitsOf(key: PoolKey, model: string | undefined) {
    const own = new Set(key.limits.map(({ models = '*' }) => models));
    const shared = this.rules.limits.filter(({ models = '*' }) => !own.has(models));
    return [...shared, ...key.limits].filter(
      ({ models, rpm, tpm, rpd, concurrency }) =>
        matchesModel(models, model) && (rpm ?? tpm ?? rpd ?? concurrency) !== undefined,
    );
  }

  private quota(key: PoolKey): Account {
    return account(this.quotas, quotaName(key));
  }

  private alone(key: PoolKey): Account {
    return account(this.lone, key.id);
  }

  private groupOrLone(key: PoolKey): Account {
    return key.quotaGroup === undefined ? this.alone(key) : this.quota(key);
  }
}

function quotaName(key: PoolKey): string {
  return key.quotaGroup === undefined ? `key ${key.id}` : `group ${key.quotaGroup}`;
}

function account(accounts: Map<string, Account>, name: string): Account {
  let found = accounts.get(name);
  if (!found) accounts.set(name, (found = new Account()));
  return found;
}
