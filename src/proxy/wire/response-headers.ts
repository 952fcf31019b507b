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

/** As undici reads them: names in lower case, a repeated header as a list. */
export type AnswerFields = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The headers of an answer for the client, flat for `writeHead`: repeats stay, every value goes through `mask`. The
 * upstream's `x-request-id` travels as `x-upstream-request-id`, because that name is Keywheel's.
 * @param isRewritten the body changes on the way, so that its length and encoding say nothing
 * @param contentType of what the client gets, where it is another than the upstream's
 */
export function returnedHeaders(
  fields: AnswerFields,
  mask: (value: string) => string,
  isRewritten = false,
  contentType?: string,
): string[] {
  const flat: string[] = [];
  let named: Set<string> | undefined;
  for (const name in fields) {
    const value = name === 'content-type' && contentType !== undefined ? contentType : fields[name];
    const treatment = treatmentOf(name);
    if (value === undefined || treatment === 'drop') continue;
    if (treatment === 'connection') named = namedBy(value, named);
    else if (treatment !== 'body' || !isRewritten) {
      const shown = treatment === 'rename' ? 'x-upstream-request-id' : name;
      if (typeof value === 'string') flat.push(shown, mask(value));
      else for (const one of value) flat.push(shown, mask(one));
    }
  }
  if (named) dropNamed(flat, named);
  return flat;
}

function namedBy(
  value: string | readonly string[],
  before: Set<string> | undefined,
): Set<string> | undefined {
  return namedByConnection(typeof value === 'string' ? value : value.join(','), before);
}

/** `body`: says how the body came. */
type Treatment = 'keep' | 'drop' | 'rename' | 'connection' | 'body';

/** Upstreams use few names. */
const MOST_NAMES = 1000;
const treatments = new Map<string, Treatment>();

function treatmentOf(name: string): Treatment {
  const known = treatments.get(name);
  if (known) return known;
  const treatment = decide(name);
  if (treatments.size >= MOST_NAMES) treatments.clear();
  treatments.set(name, treatment);
  return treatment;
}

function decide(name: string): Treatment {
  if (name === 'connection') return 'connection';
  if (name === 'content-length' || name === 'content-encoding') return 'body';
  if (name === 'x-request-id') return 'rename';
  const isDropped = DROPPED.has(name) || DROPPED_PREFIXES.some((prefix) => name.startsWith(prefix));
  return isDropped ? 'drop' : 'keep';
}
