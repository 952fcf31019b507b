import { Injectable } from '@nestjs/common';
import { KeywheelError } from '../kernel/errors.js';
import { isPromise } from '../kernel/maybe-promise.js';
import type { Call } from '../proxy/call.js';
import { clientQuery } from '../proxy/client-query.js';
import { Forwarder } from '../proxy/forwarder.js';
import type { Plan, Target } from '../proxy/plan.js';
import { Reception } from '../proxy/reception.js';
import { readBody } from '../proxy/wire/call-body.js';
import { joinTarget } from '../proxy/wire/target-url.js';
import { Settings } from '../settings/settings.js';
import type { Upstream } from '../upstreams/upstream.js';
import { upstreamPath } from '../upstreams/upstream-path.js';
import { ADAPTERS } from './adapters/adapters.js';
import { GeminiResources } from './gemini-resources/gemini-resources.js';
import type { LlmPath, LlmProtocol } from './llm-path.js';
import { readLlmRequest, type LlmRequest } from './llm-request.js';
import { ModelRouter, type Candidate } from './model-router.js';
import { replyRules } from './reply-rules.js';

const READING = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/** Calls whose upstream speaks the caller's own protocol: the bytes pass, and only what must change is changed. */
@Injectable()
export class Passthrough {
  constructor(
    private readonly router: ModelRouter,
    private readonly resources: GeminiResources,
    private readonly reception: Reception,
    private readonly forwarder: Forwarder,
    private readonly settings: Settings,
  ) {}

  async serve(call: Call, path: LlmPath): Promise<void> {
    assertMethod(call, path);
    const body = await readBody(call.req, this.settings.values.maxBodyBytes);
    const request = readLlmRequest(
      path,
      call.req.headers['content-type'] ?? '',
      body,
      path.slug === undefined,
    );
    call.model = request.model;
    const found = this.router.candidates(call, path, request.model);
    const candidates = isPromise(found) ? await found : found;
    const isGemini = candidates[0]!.upstream.protocol === 'gemini';
    const bound = isGemini ? await this.resources.boundTo(call, path, request.body, candidates) : undefined;
    const targets = bound
      ? [{ ...targetFor(call, path, request, bound.candidate), onlyKey: bound.keyId }]
      : candidates.map((candidate) => targetFor(call, path, request, candidate));
    this.reception.admit(call, request.tokens);
    call.upstream = targets[0]!.upstream;
    await this.forwarder.forward(call, this.plan(call, path, request, targets));
  }

  private plan(call: Call, path: LlmPath, request: LlmRequest, targets: readonly Target[]): Plan {
    const { protocol } = targets[0]!.upstream;
    const method = call.req.method ?? 'GET';
    const changes = protocol === 'gemini' && this.resources.changes(call, path);
    const rules = replyRules(ADAPTERS[protocol as LlmProtocol], path.operation);
    return {
      method,
      targets,
      rules: changes ? { ...rules, hold: () => 'whole' } : rules,
      // A model that is asked twice answers twice, which may cost but harms nothing; uploads may not be doubled.
      repeatable: READING.has(method) || isAsking(path),
      tokens: request.tokens,
      onAnswer: changes
        ? (answer, keyId) => this.resources.noted(call, path, call.upstream!.id, keyId, answer)
        : undefined,
    };
  }
}

function isAsking(path: LlmPath): boolean {
  return path.operation !== 'other' && path.operation !== 'files' && path.operation !== 'cached_contents';
}

function assertMethod(call: Call, path: LlmPath): void {
  const asks = path.modelIn === 'body' || path.modelIn === 'form' || path.modelIn === 'path';
  const lists = path.operation === 'cached_contents';
  if (path.slug === undefined && asks && !lists && call.req.method !== 'POST') {
    throw new KeywheelError('method_not_allowed', `${call.path} takes POST only.`);
  }
}

/** The call as this upstream is to get it: its path, its name of the model, its defaults where the client set none. */
function targetFor(call: Call, path: LlmPath, request: LlmRequest, candidate: Candidate): Target {
  const { upstream, model } = candidate;
  const inPath = path.modelIn === 'path' || (path.operation === 'model' && path.slug !== undefined);
  const asked =
    inPath && model !== undefined && model !== path.model ? withModel(path.path, model) : path.path;
  const renamed = !inPath && model !== undefined && model !== request.model;
  const changed = renamed || hasAny(upstream.parameters);
  const body = changed ? request.rewritten(renamed ? model : undefined, upstream.parameters) : request.body;
  return {
    upstream,
    model,
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
