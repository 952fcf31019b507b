import { Injectable } from '@nestjs/common';
import { isPromise, type MaybePromise } from '../kernel/maybe-promise.js';
import type { Call } from '../proxy/call.js';
import type { Target } from '../proxy/plan.js';
import type { Candidate } from './candidate.js';
import { GeminiResources } from './gemini-resources/gemini-resources.js';
import type { LlmPath } from './llm-path.js';
import type { LlmRequest } from './llm-request.js';
import { ModelRouter } from './model-router.js';
import { passedTarget } from './passed-target.js';
import { isUntranslatable, Translator, type WriteTarget } from './translation/translator.js';

/** Where a call can be answered, best first: found by its model, and written as each upstream is to get it. */
@Injectable()
export class Targets {
  constructor(
    private readonly router: ModelRouter,
    private readonly resources: GeminiResources,
    private readonly translator: Translator,
  ) {}

  /** @returns at least one. @throws KeywheelError as ModelRouter.candidates and Translator.read do */
  of(call: Call, path: LlmPath, request: LlmRequest): MaybePromise<readonly Target[]> {
    const found = this.router.candidates(call, path, request.model);
    return isPromise(found)
      ? found.then((late) => this.from(call, path, request, late))
      : this.from(call, path, request, found);
  }

  private from(
    call: Call,
    path: LlmPath,
    request: LlmRequest,
    candidates: readonly Candidate[],
  ): MaybePromise<readonly Target[]> {
    if (candidates.some(({ upstream }) => !this.translator.isSpokenBy(path, upstream))) {
      return this.translated(call, path, request, candidates);
    }
    if (candidates[0]!.upstream.protocol === 'gemini') return this.bound(call, path, request, candidates);
    return candidates.map((candidate) => passedTarget(call, path, request, candidate));
  }

  /** Calls that name a file or a cached content go to the key that made it. */
  private async bound(
    call: Call,
    path: LlmPath,
    request: LlmRequest,
    candidates: readonly Candidate[],
  ): Promise<readonly Target[]> {
    const bound = await this.resources.boundTo(call, path, request.body, candidates);
    if (bound) return [{ ...passedTarget(call, path, request, bound.candidate), onlyKey: bound.keyId }];
    return candidates.map((candidate) => passedTarget(call, path, request, candidate));
  }

  /**
   * Some of the upstreams speak another protocol. Those that cannot express the call are left out while others can.
   */
  private async translated(
    call: Call,
    path: LlmPath,
    request: LlmRequest,
    candidates: readonly Candidate[],
  ): Promise<readonly Target[]> {
    const targets: Target[] = [];
    let write: WriteTarget | undefined;
    let refusal: unknown;
    for (const candidate of candidates) {
      if (this.translator.isSpokenBy(path, candidate.upstream)) {
        targets.push(passedTarget(call, path, request, candidate));
        continue;
      }
      try {
        write ??= await this.translator.read(call, path, request, candidate.upstream);
        targets.push(await write(candidate));
      } catch (error) {
        if (!isUntranslatable(error)) throw error;
        refusal ??= error;
      }
    }
    if (targets.length === 0) throw refusal;
    return targets;
  }
}
