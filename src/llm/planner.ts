import { Injectable } from '@nestjs/common';
import { KeywheelError } from '../kernel/errors.js';
import { isPromise } from '../kernel/maybe-promise.js';
import { conversationOf } from '../proxy/affinity.js';
import type { Call } from '../proxy/call.js';
import { Forwarder } from '../proxy/forwarder.js';
import type { Plan, Target } from '../proxy/plan.js';
import { Reception } from '../proxy/reception.js';
import { readBody } from '../proxy/wire/call-body.js';
import { Settings } from '../settings/settings.js';
import { ADAPTERS } from './adapters/adapters.js';
import { GeminiResources } from './gemini-resources/gemini-resources.js';
import type { LlmPath, LlmProtocol } from './llm-path.js';
import { readLlmRequest, type LlmRequest } from './llm-request.js';
import { replyRules } from './reply-rules.js';
import { answerItself } from './own-answer.js';
import { textFinder } from './smoothed-text.js';
import { Targets } from './targets.js';
import { isOwn } from './translation/operation.js';

const READING = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/** A call of an LLM path, from its body to its plan. */
@Injectable()
export class Planner {
  constructor(
    private readonly targets: Targets,
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
    call.conversation = conversationOf(call, request.conversation);
    const found = this.targets.of(call, path, request);
    const targets = isPromise(found) ? await found : found;
    const admitted = this.reception.admit(call, request.tokens);
    if (isPromise(admitted)) await admitted;
    if (isOwn(targets)) return answerItself(call, targets);
    call.upstream = targets[0]!.upstream;
    await this.forwarder.forward(call, this.plan(call, path, request, targets));
  }

  private plan(call: Call, path: LlmPath, request: LlmRequest, targets: readonly Target[]): Plan {
    // Targets of other protocols have rules of their own.
    const protocol = path.protocol ?? targets[0]!.upstream.protocol;
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
      ...(this.settings.values.streamOptimizer && { findText: textFinder(path.operation) }),
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
