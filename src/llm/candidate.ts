import type { Upstream } from '../upstreams/upstream.js';
import { readSuffixes, type Suffix } from './gemini-suffixes.js';

/** An upstream that can answer a call, and the model that it is asked for. */
export interface Candidate {
  readonly upstream: Upstream;
  /** As the client named it, without a slug before it; of a route, as the target names it. */
  readonly asked: string | undefined;
  /** The upstream's own name of it. */
  readonly model: string | undefined;
  /** What endings of the model's name asked for. */
  readonly suffixes: readonly Suffix[];
  /** The route's name, where the call came by one. */
  readonly route: string | undefined;
}

const NO_SUFFIXES: readonly Suffix[] = [];

/**
 * What a model's name means to an upstream: `modelMap` first, then endings where it has them on and no model of
 * that very name.
 */
export function candidateOf(
  upstream: Upstream,
  asked: string | undefined,
  lists: (model: string) => boolean,
  route?: string,
): Candidate {
  const { modelMap } = upstream;
  if (asked === undefined || !upstream.modelSuffixes || Object.hasOwn(modelMap, asked)) {
    return { upstream, asked, model: mapped(upstream, asked), suffixes: NO_SUFFIXES, route };
  }
  const { model, suffixes } = readSuffixes(asked, lists);
  return { upstream, asked, model: mapped(upstream, model), suffixes, route };
}

function mapped({ modelMap }: Upstream, asked: string | undefined): string | undefined {
  return asked !== undefined && Object.hasOwn(modelMap, asked) ? modelMap[asked] : asked;
}
