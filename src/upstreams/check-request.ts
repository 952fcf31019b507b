import type { Secret } from '../kernel/secret.js';
import { credentialValue } from './credential.js';
import type { Upstream } from './upstream.js';
import { upstreamPath } from './upstream-path.js';

/** The smallest call that tells whether a key is good. URL and headers hold the key: not for any log. */
export interface KeyCheckRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether success also shows that the key has quota left. */
  readonly provesQuota: boolean;
}

/** Undefined where the upstream has nothing to check a key with. */
export function checkRequest(upstream: Upstream, secret: Secret): KeyCheckRequest | undefined {
  const { check, credential, headers: rules } = upstream;
  if (!check) return undefined;
  const [path = '/', query] = check.path.split(/\?(.*)/s);
  const headers: Record<string, string> = { accept: 'application/json', ...rules.defaults, ...rules.set };
  const parameters = query ? [query] : [];
  const value = credentialValue(credential, secret);
  if (credential.in === 'header') headers[credential.name] = value;
  else parameters.push(`${credential.name}=${encodeURIComponent(value)}`);
  if (check.body !== undefined) headers['content-type'] = 'application/json';
  const search = parameters.length > 0 ? `?${parameters.join('&')}` : '';
  return {
    method: check.method,
    url: upstream.origin + upstreamPath(upstream, path) + search,
    headers,
    ...(check.body !== undefined && { body: JSON.stringify(check.body) }),
    provesQuota: check.provesQuota ?? false,
  };
}
