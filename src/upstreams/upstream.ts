import type { Limit } from '../kernel/limits.js';
import type { Protocol } from '../kernel/protocol.js';

/** Where the key goes in a call to the upstream; `format` holds `{key}` once. */
export interface Credential {
  readonly in: 'header' | 'query';
  readonly name: string;
  readonly format: string;
}

export interface HeaderRules {
  /** Sent with every call, replacing what the client sent under that name. */
  readonly set: Readonly<Record<string, string>>;
  /** Never forwarded; lower case. */
  readonly remove: readonly string[];
  /** Sent where the client sent nothing under that name (lower case); absent where the preset has none. */
  readonly defaults?: Readonly<Record<string, string>>;
}

/** Milliseconds; an absent one falls back to the run-time setting of the same name. */
export interface Timeouts {
  readonly connectTimeoutMs?: number;
  readonly firstByteTimeoutMs?: number;
  readonly idleTimeoutMs?: number;
}

/** The smallest call that tells whether a key is good. */
export interface CheckRequest {
  readonly method: 'GET' | 'POST';
  /** Below `baseUrl`, beginning with `/`, may hold a query. */
  readonly path: string;
  readonly body?: unknown;
  /** Whether success also shows that the key has quota left, not only that it is accepted; absent means no. */
  readonly provesQuota?: boolean;
}

/** An upstream as the data plane sees it: immutable, complete, validated when it was built. */
export interface Upstream {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly preset: string;
  readonly protocol: Protocol;
  /** Absolute http(s) URL without a trailing slash, query, fragment or user. */
  readonly baseUrl: string;
  /** `scheme://host[:port]` of `baseUrl`. */
  readonly origin: string;
  /** Path of `baseUrl`, empty or beginning with `/`, without a trailing slash. */
  readonly basePath: string;
  readonly credential: Credential;
  /** Whether it may be called without a key when it has none (a local model server). */
  readonly keyOptional: boolean;
  /** Configured models; discovered ones are kept beside, see UpstreamTable. */
  readonly models: readonly string[];
  readonly rotation: 'round_robin' | 'least_in_flight' | 'sequential' | 'random';
  /** Higher is preferred. */
  readonly priority: number;
  readonly weight: number;
  readonly limits: readonly Limit[];
  readonly headers: HeaderRules;
  /** Top-level fields for JSON bodies, set where the client did not. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Client's model name → upstream's model name. */
  readonly modelMap: Readonly<Record<string, string>>;
  /** Pattern of the upstream's models → fields for their JSON bodies, set however deep where the client did not. */
  readonly modelDefaults: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** `-search`, `-thinking` and their like at the end of a model's name ask for settings, see the gemini preset. */
  readonly modelSuffixes: boolean;
  /** Calls of one conversation prefer the same key. */
  readonly affinity: boolean;
  /** Patterns of the upstream's models that cannot stream: they are asked for the whole answer instead. */
  readonly noStreaming: readonly string[];
  /**
   * Whether it has OpenAI's Responses. `native`: calls to them pass · `none`: they become Chat Completions ·
   * `preferred`: callers of Anthropic's and Google's protocols are put to them too, not to Chat Completions.
   */
  readonly responsesApi: 'native' | 'none' | 'preferred';
  readonly timeouts: Timeouts;
  readonly check: CheckRequest | null;
  /** Repeating a call after the body was sent harms nothing, whatever the method. */
  readonly retryUnsafe: boolean;
  readonly enabled: boolean;
  /** IANA zone in which the provider's day turns. */
  readonly dayZone: string;
}
