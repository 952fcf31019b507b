import type { Secret } from '../../kernel/secret.js';
import type { Grant } from './pool-state.js';

/** A key lent for one attempt, its limits reserved. It must be settled exactly once. */
export interface Lease {
  readonly keyId: string;
  /** Absent for an upstream that is called without a key. */
  readonly secret: Secret | undefined;
  /** For the pool alone; absent for an upstream that is called without a key. */
  readonly grant: Grant | undefined;
  /** How long the call waited for it, in milliseconds. */
  readonly waitedMs: number;
}

export interface LeaseRequest {
  readonly upstreamId: string;
  readonly model?: string;
  /** Estimated tokens of the call, reserved against tpm. */
  readonly tokens: number;
  /** Keys that this call has tried. */
  readonly tried: ReadonlySet<string>;
  /** When the call began, epoch ms: a tried key whose rest has ended since may be tried again. Default: now. */
  readonly since?: number;
  readonly only?: string;
  /** See `Pick.soundOnly`. */
  readonly soundOnly?: boolean;
  /** See `Pick.prefer`. */
  readonly prefer?: string;
  /** Epoch milliseconds until which the call may wait for a key. */
  readonly waitUntil: number;
  /** Ends the waiting when the client leaves; read only when the call has to wait. */
  readonly signal?: AbortSignal;
}
