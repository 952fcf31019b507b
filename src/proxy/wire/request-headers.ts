import { credentialValue } from '../../upstreams/credential.js';
import type { Credential, HeaderRules } from '../../upstreams/upstream.js';
import { dropNamed, HOP_BY_HOP, namedByConnection, PROXY_PREFIX } from './hop-by-hop.js';

/** Set by Keywheel or undici for each connection and body; nobody else may. */
const OURS = new Set([...HOP_BY_HOP, 'host', 'content-length', 'expect', 'accept-encoding']);

/** What a client shows to us, and what tells where it is; none of it is the upstream's business. */
const CLIENT_ONLY = new Set([
  'authorization',
  'cookie',
  'cookie2',
  'x-api-key',
  'x-goog-api-key',
  'api-key',
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-original-forwarded-for',
  'true-client-ip',
  'fastly-client-ip',
  'cdn-loop',
  // Accounts of the client's own, which the pool's keys do not belong to.
  'openai-organization',
  'openai-project',
]);

const CLIENT_ONLY_PREFIXES = ['x-keywheel-', 'x-forwarded-', 'cf-'];

/** An upstream's rules, made ready once: rules are immutable and live as long as the upstream's snapshot. */
interface ReadyRules {
  /** Dropped from what the client sent: removed by name, or replaced. */
  readonly drop: ReadonlySet<string>;
  readonly add: readonly string[];
  /** For where the client sent none of that name. */
  readonly defaults: readonly string[];
}

const ready = new WeakMap<HeaderRules, ReadyRules>();

function readyRules(rules: HeaderRules): ReadyRules {
  const known = ready.get(rules);
  if (known) return known;
  const drop = new Set(rules.remove.map((name) => name.toLowerCase()));
  const add: string[] = [];
  for (const [name, value] of Object.entries(rules.set)) {
    const lower = name.toLowerCase();
    if (OURS.has(lower) || lower.startsWith(PROXY_PREFIX) || lower.startsWith('x-keywheel-')) continue;
    drop.add(lower);
    add.push(name, value);
  }
  const made = { drop, add, defaults: Object.entries(rules.defaults ?? {}).flat() };
  ready.set(rules, made);
  return made;
}

/**
 * The headers of a call to an upstream, flat for undici, from the client's raw ones: order and repeats stay.
 * Dropped: what concerns the client's connection or the body's framing (the caller adds content-length), every
 * credential that a client may have shown, and traces of its network. Then come the upstream's rules, then the
 * credential, which no rule can replace. The answer is asked for uncompressed, so that it can be searched for
 * the key.
 */
export function forwardedHeaders(
  rawHeaders: readonly string[],
  rules: HeaderRules,
  credential: Credential,
  secret: string | undefined,
): string[] {
  const { drop, add, defaults } = readyRules(rules);
  const own = credential.in === 'header' ? credential.name.toLowerCase() : undefined;
  const flat: string[] = [];
  let named: Set<string> | undefined;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    const { lower, dropped } = knownName(name);
    if (dropped || lower === own || drop.has(lower)) {
      if (lower === 'connection') named = namedByConnection(rawHeaders[i + 1] as string, named);
      continue;
    }
    flat.push(name, rawHeaders[i + 1] as string);
  }
  if (named) dropNamed(flat, named);
  for (let i = 0; i < defaults.length; i += 2) {
    const name = defaults[i] as string;
    if (!hasName(flat, name) && !hasName(add, name)) flat.push(name, defaults[i + 1] as string);
  }
  for (let i = 0; i < add.length; i += 2) {
    const name = add[i] as string;
    if (name.toLowerCase() !== own) flat.push(name, add[i + 1] as string);
  }
  flat.push('accept-encoding', 'identity');
  if (own !== undefined && secret !== undefined && !OURS.has(own)) {
    flat.push(credential.name, credentialValue(credential, secret));
  }
  return flat;
}

function hasName(flat: readonly string[], lower: string): boolean {
  for (let i = 0; i < flat.length; i += 2) if ((flat[i] as string).toLowerCase() === lower) return true;
  return false;
}

interface KnownName {
  readonly lower: string;
  readonly dropped: boolean;
}

/** Clients use few names, spelt in few ways; whoever makes up many only makes this list begin anew. */
const MOST_NAMES = 1000;
const names = new Map<string, KnownName>();

function knownName(name: string): KnownName {
  let known = names.get(name);
  if (!known) {
    const lower = name.toLowerCase();
    known = { lower, dropped: isDropped(lower) };
    if (names.size >= MOST_NAMES) names.clear();
    names.set(name, known);
  }
  return known;
}

function isDropped(lower: string): boolean {
  if (OURS.has(lower) || CLIENT_ONLY.has(lower) || lower.startsWith(PROXY_PREFIX)) return true;
  for (const prefix of CLIENT_ONLY_PREFIXES) if (lower.startsWith(prefix)) return true;
  return false;
}
