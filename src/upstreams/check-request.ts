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
  const { check } = upstream;
  if (!check) return undefined;
  const provesQuota = check.provesQuota ?? false;
  const request = { ...keyedRequest(upstream, secret, check.path), method: check.method, provesQuota };
  if (check.body === undefined) return request;
  const headers = { ...request.headers, 'content-type': 'application/json' };
  return { ...request, headers, body: JSON.stringify(check.body) };
}

/** A call of the control plane with a key of the upstream, or without one. `path` as callers write it. */
export function keyedRequest(
  upstream: Upstream,
  secret: Secret | undefined,
  path: string,
): { method: 'GET'; url: string; headers: Record<string, string> } {
  const { credential, headers: rules } = upstream;
  const [place = '/', query] = path.split(/\?(.*)/s);
  const headers: Record<string, string> = { accept: 'application/json', ...rules.defaults, ...rules.set };
  const parameters = query ? [query] : [];
  if (secret) {
    const value = credentialValue(credential, secret.reveal());
    if (credential.in === 'header') headers[credential.name] = value;
    else parameters.push(`${credential.name}=${encodeURIComponent(value)}`);
  }
  const search = parameters.length > 0 ? `?${parameters.join('&')}` : '';
  return { method: 'GET', url: upstream.origin + upstreamPath(upstream, place) + search, headers };
}
