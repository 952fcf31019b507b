import type { Limit } from '../kernel/limits.js';

/** In rising order; each may do what those before it may. */
export const ROLES = ['client', 'viewer', 'admin', 'super_admin'] as const;
export type Role = (typeof ROLES)[number];

export function roleAtLeast(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

export type TokenLimits = Pick<Limit, 'rpm' | 'tpm' | 'rpd' | 'concurrency'> & {
  /** US dollars over the life of the token, by the prices known to Keywheel. */
  readonly budget?: number;
};

/** An access token as the data plane holds it; the secret itself is not kept, only its digest. */
export interface AccessToken {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Slugs of upstreams, and patterns of models, that it may call; absent means all. */
  readonly scopes: { readonly upstreams?: readonly string[]; readonly models?: readonly string[] };
  readonly limits: TokenLimits;
  /** Epoch milliseconds. */
  readonly expiresAt?: number;
  /** Addresses or CIDRs it may be used from; absent means anywhere. */
  readonly allowedIps?: readonly string[];
}
