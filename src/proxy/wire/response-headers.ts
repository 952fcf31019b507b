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
  raw: readonly string[],
  mask: (value: string) => string,
  options: ReturnedOptions = {},
): string[] {
  const flat: string[] = [];
  let named: Set<string> | undefined;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string;
    const treatment = treatmentOf(name);
    if (treatment === 'drop') continue;
    const value = raw[i + 1] as string;
    if (treatment === 'connection') named = namedByConnection(value, named);
    else if (
      treatment === 'length' ? !options.dropLength : treatment !== 'encoding' || !options.dropEncoding
    ) {
      flat.push(treatment === 'rename' ? 'x-upstream-request-id' : name, mask(value));
    }
  }
  if (named) dropNamed(flat, named);
  return flat;
}

type Treatment = 'keep' | 'drop' | 'rename' | 'connection' | 'length' | 'encoding';

/** Upstreams use few names, spelt in few ways. */
const MOST_NAMES = 1000;
const treatments = new Map<string, Treatment>();

function treatmentOf(name: string): Treatment {
  const known = treatments.get(name);
  if (known) return known;
  const treatment = decide(name.toLowerCase());
  if (treatments.size >= MOST_NAMES) treatments.clear();
  treatments.set(name, treatment);
  return treatment;
}

function decide(lower: string): Treatment {
  if (lower === 'connection') return 'connection';
  if (lower === 'content-length') return 'length';
  if (lower === 'content-encoding') return 'encoding';
  if (lower === 'x-request-id') return 'rename';
  const isDropped = DROPPED.has(lower) || DROPPED_PREFIXES.some((prefix) => lower.startsWith(prefix));
  return isDropped ? 'drop' : 'keep';
}
