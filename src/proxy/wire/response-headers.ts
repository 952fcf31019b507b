import { dropNamed, HOP_BY_HOP, namedByConnection, PROXY_PREFIX } from './hop-by-hop.js';

/**
 * Not handed to the client: hop-by-hop headers, cookies, and what a browser would take as a word about the
 * whole gateway although it was one upstream's about itself (CORS is Keywheel's own setting).
 */
const DROPPED = new Set([
  ...HOP_BY_HOP,
  'set-cookie',
  'set-cookie2',
  'alt-svc',
  'clear-site-data',
  'nel',
  'report-to',
  'reporting-endpoints',
  'public-key-pins',
  'strict-transport-security',
]);

const DROPPED_PREFIXES = [PROXY_PREFIX, 'x-keywheel-', 'access-control-'];

export interface ReturnedOptions {
  /** The body's length changes on the way. */
  readonly dropLength?: boolean;
  /** The body is decoded on the way. */
  readonly dropEncoding?: boolean;
}

/**
 * The headers of an answer for the client, flat for `writeHead`, from undici's raw ones: order and repeats
 * stay, every value goes through `mask`. The upstream's `x-request-id` travels as `x-upstream-request-id`,
 * because that name is Keywheel's.
 */
export function returnedHeaders(
  raw: readonly (Buffer | string)[],
  mask: (value: string) => string,
  options: ReturnedOptions = {},
): string[] {
  const flat: string[] = [];
  let named: Set<string> | undefined;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = text(raw[i] as Buffer | string);
    const lower = name.toLowerCase();
    if (lower === 'connection') named = namedByConnection(text(raw[i + 1] as Buffer | string), named);
    if (isDropped(lower, options)) continue;
    const value = mask(text(raw[i + 1] as Buffer | string));
    flat.push(lower === 'x-request-id' ? 'x-upstream-request-id' : name, value);
  }
  if (named) dropNamed(flat, named);
  return flat;
}

function text(part: Buffer | string): string {
  return typeof part === 'string' ? part : part.toString('latin1');
}

function isDropped(lower: string, options: ReturnedOptions): boolean {
  if (DROPPED.has(lower)) return true;
  if (lower === 'content-length') return options.dropLength === true;
  if (lower === 'content-encoding') return options.dropEncoding === true;
  for (const prefix of DROPPED_PREFIXES) if (lower.startsWith(prefix)) return true;
  return false;
}
