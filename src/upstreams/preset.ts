import type { Protocol } from '../kernel/protocol.js';
import type { CheckRequest, Credential } from './upstream.js';

/**
 * How the path of a call becomes a path of the upstream, see `upstream-path.ts`.
 *
 * - `versioned`: one version segment, written once, in `baseUrl` or added to it (OpenAI, Anthropic)
 * - `gemini`: the caller's own version segment, `v1beta` where it sent none
 * - `vertex`: Gemini's paths below `/publishers/google`
 * - `plain`: whatever the caller sent
 */
export type PathStyle = 'versioned' | 'gemini' | 'vertex' | 'plain';

/** A known provider as data. A definition that names it needs to say only what is different. */
export interface Preset {
  readonly name: string;
  readonly title: string;
  readonly protocol: Protocol;
  /** Absent where it is the operator's own: it must be given then. */
  readonly baseUrl?: string;
  /** Path that is added to a base URL which holds no version; `/v1` unless the provider has another. */
  readonly root?: string;
  readonly pathStyle: PathStyle;
  readonly credential: Credential;
  /** Whether it may be called without a key. */
  readonly keyOptional: boolean;
  /** Headers for calls whose client sent none of that name; lower case. */
  readonly defaults?: Readonly<Record<string, string>>;
  /** Whether `modelSuffixes` may be switched on: it has Gemini's models and takes their settings. */
  readonly modelSuffixes?: boolean;
  /** Protocol openai: `none` where the provider has no `/v1/responses`; absent: it has. */
  readonly responsesApi?: 'none';
  /** The cheapest call that a bad key fails; null where none is known. */
  readonly check: CheckRequest | null;
  /** IANA zone in which the provider's day turns. */
  readonly dayZone: string;
  /** Public document that the facts above come from; null where there is no provider. */
  readonly source: string | null;
}
