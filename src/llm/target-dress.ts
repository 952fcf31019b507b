import { matchesModel } from '../kernel/limits.js';
import type { Upstream } from '../upstreams/upstream.js';
import type { Candidate } from './candidate.js';
import type { Fields } from './conversation/dialect.js';
import { namesOf, withDefaults } from './deep-defaults.js';
import { applySuffixes, SUFFIX_FIELDS, type Suffix } from './gemini-suffixes.js';

/** What a target adds to the body of a call: settings that the model's endings ask for, and its own defaults. */
export interface Dress {
  readonly suffixes: readonly Suffix[];
  readonly model: string;
  readonly defaults: Fields;
  /** Top-level fields of the body that may be read or changed, under all their names. */
  readonly fields: readonly string[];
}

/** Bodies of these describe no generation: counters and keepers refuse settings that they do not know. */
const UNDRESSED = new Set(['countTokens', 'count_tokens', 'files', 'cached_contents', 'other', 'model']);
const NONE: Fields = Object.freeze({});

/**
 * What a candidate adds to a call's body; undefined where that is nothing. `operation` is the target's own, in
 * Keywheel's word for it.
 */
export function dressOf({ upstream, model, suffixes }: Candidate, operation: string): Dress | undefined {
  if (model === undefined || UNDRESSED.has(operation)) return undefined;
  const defaults = defaultsFor(upstream, model);
  if (suffixes.length === 0 && defaults === NONE) return undefined;
  const names = Object.keys(defaults).flatMap(namesOf);
  const fields = [...new Set([...names, ...(suffixes.length > 0 ? SUFFIX_FIELDS : [])])];
  return { suffixes, model, defaults, fields };
}

/**
 * A body in the target's own protocol, dressed. The client's own values stand first, then what the endings ask
 * for, then the upstream's defaults. Pure: for bodies that pass (their top-level fields alone) and for bodies that
 * an adapter wrote.
 */
export function dressed<T extends Fields>(body: T, { suffixes, model, defaults }: Dress): T {
  const asked = suffixes.length > 0 ? applySuffixes(body, suffixes, model) : body;
  return withDefaults(asked, defaults);
}

/** A body that an adapter wrote for this candidate, dressed; the very same one where there is nothing to add. */
export function dressedFor<T extends Fields>(candidate: Candidate, operation: string, body: T): T {
  const dress = dressOf(candidate, operation);
  return dress ? dressed(body, dress) : body;
}

const known = new WeakMap<Upstream['modelDefaults'], Map<string, Fields>>();
const MOST_MODELS = 1000;

/** All defaults whose pattern fits, the longest pattern first; remembered for each model. */
function defaultsFor({ modelDefaults }: Upstream, model: string): Fields {
  const patterns = Object.keys(modelDefaults);
  if (patterns.length === 0) return NONE;
  let ofUpstream = known.get(modelDefaults);
  if (!ofUpstream) known.set(modelDefaults, (ofUpstream = new Map<string, Fields>()));
  const found = ofUpstream.get(model);
  if (found) return found;
  const fitting = patterns.filter((pattern) => matchesModel(pattern, model));
  fitting.sort((a, b) => b.length - a.length);
  let defaults = NONE;
  for (const pattern of fitting) defaults = withDefaults(defaults, modelDefaults[pattern]!);
  if (ofUpstream.size >= MOST_MODELS) ofUpstream.clear();
  ofUpstream.set(model, defaults);
  return defaults;
}
