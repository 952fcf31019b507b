import type { Call } from '../proxy/call.js';
import { clientQuery } from '../proxy/client-query.js';
import type { Target } from '../proxy/plan.js';
import { joinTarget } from '../proxy/wire/target-url.js';
import type { Upstream } from '../upstreams/upstream.js';
import { upstreamPath } from '../upstreams/upstream-path.js';
import type { Candidate } from './candidate.js';
import type { LlmPath } from './llm-path.js';
import type { LlmRequest } from './llm-request.js';
import { dressOf } from './target-dress.js';

/**
 * A call as an upstream of the caller's own protocol gets it: the bytes pass, and only what must change is changed:
 * the path, the upstream's name of the model, defaults where the client set none, settings that its endings ask for.
 */
export function passedTarget(call: Call, path: LlmPath, request: LlmRequest, candidate: Candidate): Target {
  const { upstream, model } = candidate;
  const inPath = path.modelIn === 'path' || (path.operation === 'model' && path.slug !== undefined);
  const asked =
    inPath && model !== undefined && model !== path.model ? withModel(path.path, model) : path.path;
  const renamed = !inPath && model !== undefined && model !== request.model;
  const dress = path.modelIn === 'form' ? undefined : dressOf(candidate, path.operation);
  const changed = renamed || dress !== undefined || hasAny(upstream.parameters);
  const change = { model: renamed ? model : undefined, dress, defaults: upstream.parameters };
  const body = changed ? request.rewritten(change) : request.body;
  return {
    upstream,
    model,
    countedAs: candidate.route === undefined ? undefined : candidate.asked,
    path: targetPath(upstream, asked) + clientQuery(call, upstream, ['access_token']),
    body: body.length > 0 ? body : undefined,
  };
}

const targetPaths = new WeakMap<Upstream, Map<string, string>>();
const MOST_PATHS = 1000;

/** The upstream's path for a caller's, remembered: most calls use very few. @throws KeywheelError bad_path */
function targetPath(upstream: Upstream, path: string): string {
  let known = targetPaths.get(upstream);
  if (!known) targetPaths.set(upstream, (known = new Map<string, string>()));
  let target = known.get(path);
  if (target === undefined) {
    // Refuses what would leave the base path; what it joins is not asked for.
    joinTarget('', path);
    target = upstreamPath(upstream, path);
    if (known.size >= MOST_PATHS) known.clear();
    known.set(path, target);
  }
  return target;
}

/** Gemini's path with another model in it. */
function withModel(path: string, model: string): string {
  const [, before = '', after = ''] =
    /^(.*\/(?:models|tunedModels)\/)[^:]*?((?::[A-Za-z]+)?)$/s.exec(path) ?? [];
  return before + encodeURIComponent(model) + after;
}

function hasAny(fields: object): boolean {
  for (const _ in fields) return true;
  return false;
}
