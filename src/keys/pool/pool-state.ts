import type { Limit } from '../../kernel/limits.js';
import type { MaybePromise } from '../../kernel/maybe-promise.js';
import type { Verdict } from '../../kernel/verdict.js';

/** How the next key is chosen among the free keys of the best priority. */
export const ROTATIONS = ['round_robin', 'least_in_flight', 'sequential', 'random'] as const;
export type Rotation = (typeof ROTATIONS)[number];

/** What the pool knows of one key. It never holds the secret. */
export interface PoolKey {
  readonly id: string;
  /** Share of calls among keys of one priority; 1 to 1000. */
  readonly weight: number;
  /** Higher is preferred. */
  readonly priority: number;
  /** Keys with the same group share their limits and what a verdict says of them. */
  readonly quotaGroup?: string;
  readonly limits: readonly Limit[];
  /** Only these are never lent: `disabled` (a person) and `invalid` (the provider, confirmed). */
  readonly out?: 'disabled' | 'invalid';
}

/** The rules that all keys of one upstream share. */
export interface PoolRules {
  readonly rotation: Rotation;
  /** Limits that hold for each quota group (or lone key) unless the key declares its own for that pattern. */
  readonly limits: readonly Limit[];
  /** IANA time zone in which the provider's day turns (`rpd`), e.g. `America/Los_Angeles`. */
  readonly dayZone: string;
}

/** Why a key (or one model of it) rests. */
export interface Rest {
  readonly status: 'cooling' | 'exhausted';
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly until: number;
  /** Rests in a row without a success between; the pool's own interval grows with it. */
  readonly streak: number;
}

export interface Pick {
  readonly upstreamId: string;
  /** The upstream's name of the model; absent for plain HTTP. */
  readonly model?: string;
  /** Tokens to reserve against tpm: an estimate, corrected at settle. */
  readonly tokens: number;
  /** Keys this call has tried already: lent again only where nothing else is left and they came back from a rest. */
  readonly tried: ReadonlySet<string>;
  /** Epoch ms: a tried key whose rest has ended since then has come back. Absent: tried keys are never lent. */
  readonly since?: number;
  /** Lend this key or none (files and cached contents stay with the key that made them). */
  readonly only?: string;
  /**
   * Not a key that is shaky: its last attempt ended with blame `upstream`, less than a growing interval ago
   * (5 s to 60 s), or calls wait for a first word from it much longer than usual. Without this a shaky key is lent only when no sound one is free. Being shaky is no rest: it
   * is not shown, not stored, and ends with the next success.
   */
  readonly soundOnly?: boolean;
  /**
   * Lend this key out of turn where it is as good as the one whose turn it is: free now, untried, sound, of the same
   * priority. Else as without it.
   */
  readonly prefer?: string;
  readonly now: number;
}

/** A key with its limits reserved. */
export interface Grant {
  readonly keyId: string;
  readonly upstreamId: string;
  readonly model: string | undefined;
  /** What was reserved, for the state alone to read. */
  readonly reservation: unknown;
}

/** No key now. `readyAt` is when one may be free: epoch ms, or Infinity when only an event can free one. */
export interface Refusal {
  readonly keyId: undefined;
  readonly readyAt: number;
  /** Whether a call in flight may free one earlier, when it is settled. */
  readonly early: boolean;
  /** `empty`: no keys at all · `out`: all disabled or invalid · `tried`: this call has used up all others · `busy`: limits or rests. */
  readonly why: 'empty' | 'out' | 'tried' | 'busy';
}

export interface Settlement {
  readonly verdict: Verdict;
  /** Tokens really used; absent when the answer did not tell: the estimate stands. */
  readonly tokens?: number;
  /** The call never left this machine: what was reserved is given back whole. */
  readonly unsent?: boolean;
  readonly now: number;
}

/** How many keys of a pool are in which state, in O(1): whole keys only, rests of one model are not counted. */
export interface PoolCounts {
  readonly keys: number;
  readonly free: number;
  readonly cooling: number;
  readonly exhausted: number;
  readonly invalid: number;
  readonly disabled: number;
  readonly inFlight: number;
}

/** What the control plane shows of one key's state. */
export interface KeyState {
  readonly keyId: string;
  /** `free` includes half-open keys. */
  readonly status: 'free' | 'cooling' | 'exhausted' | 'invalid' | 'disabled';
  readonly reason?: string;
  readonly until?: number;
  /** Rests that hold for one model only. */
  readonly models: readonly ({ readonly model: string } & Rest)[];
  readonly inFlight: number;
  /** One entry per limit with what is used of it now. */
  readonly usage: readonly {
    readonly models?: string;
    readonly rpm?: number;
    readonly tpm?: number;
    readonly rpd?: number;
    readonly inFlight?: number;
  }[];
}

/** What has to outlive a restart; written behind, at most a second old. */
export interface KeyMemory {
  readonly keyId: string;
  /** Of the whole key. */
  readonly rest?: Rest;
  readonly models: readonly ({ readonly model: string } & Rest)[];
  /** Requests counted in the provider's day, per limit pattern (`*` = all models). */
  readonly days: readonly { readonly pattern: string; readonly day: string; readonly count: number }[];
  /** Rests of the key's whole quota group; kept with the keys whose answers told of them. */
  readonly group?: { readonly rest?: Rest; readonly models: readonly ({ readonly model: string } & Rest)[] };
}

export interface PoolListener {
  /** A key may have become free in this pool: whoever waits may ask again. */
  onFree(upstreamId: string): void;
  /** The rest or the day count of these keys changed. */
  onChanged(upstreamId: string, keyIds: readonly string[]): void;
  /** A verdict said `invalid`: to be confirmed by a check where `confirm`, else to be stored. */
  onInvalid(upstreamId: string, keyId: string, reason: string, confirm: boolean): void;
}

/**
 * The state of all pools: who is free, who rests, what is reserved. Memory answers in the same turn; Redis
 * (one script call, atomic over instances) answers with a promise. `acquire` is O(log keys).
 */
export abstract class PoolState {
  /** Adds one who hears of this pool's events; more than one may listen. */
  abstract listen(listener: PoolListener): void;
  /** Whether this pool holds no key at all, as far as this process has heard. */
  abstract isEmpty(upstreamId: string): boolean;

  /** Creates the pool or changes its rules; keys and their state stay. */
  abstract setRules(upstreamId: string, rules: PoolRules): MaybePromise<void>;
  abstract dropPool(upstreamId: string): MaybePromise<void>;
  /** Adds or changes these keys, one by one in O(log keys); what is known of their state stays. */
  abstract putKeys(upstreamId: string, keys: readonly PoolKey[]): MaybePromise<void>;
  abstract dropKeys(upstreamId: string, keyIds: readonly string[]): MaybePromise<void>;

  abstract acquire(pick: Pick): MaybePromise<Grant | Refusal>;
  /** Whom `acquire` would lend, without lending it. */
  abstract peek(pick: Pick): MaybePromise<{ readonly keyId: string } | Refusal>;
  /** The first word of an answer has come; heard by this instance alone. A key that says none for long stands behind. */
  abstract answered(grant: Grant, now: number): void;
  /** Gives a grant back. Exactly once per grant. Never shortens a running rest. */
  abstract settle(grant: Grant, settlement: Settlement): MaybePromise<void>;

  /** Puts a key to rest from outside a call (restored memory, a check); never shortens a running rest. */
  abstract rest(upstreamId: string, keyId: string, model: string | undefined, rest: Rest): MaybePromise<void>;
  /**
   * Ends every rest of the key and of its quota group, and an `invalid` that a verdict (not the stored key) said:
   * a person's reset, or a check that succeeded.
   */
  abstract lift(upstreamId: string, keyId: string): MaybePromise<void>;
  abstract restore(upstreamId: string, memories: readonly KeyMemory[]): MaybePromise<void>;

  abstract state(
    upstreamId: string,
    now: number,
    keyIds?: readonly string[],
  ): MaybePromise<readonly KeyState[]>;
  abstract counts(upstreamId: string, now: number): MaybePromise<PoolCounts>;
  abstract memory(upstreamId: string, keyIds: readonly string[]): MaybePromise<readonly KeyMemory[]>;
}
