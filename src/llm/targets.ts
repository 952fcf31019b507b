import { Injectable } from '@nestjs/common';
import { isPromise, type MaybePromise } from '../kernel/maybe-promise.js';
import type { Call } from '../proxy/call.js';
import type { Target } from '../proxy/plan.js';
import type { Candidate } from './candidate.js';
import { GeminiResources } from './gemini-resources/gemini-resources.js';
import type { LlmPath } from './llm-path.js';
import type { LlmRequest } from './llm-request.js';
import { ModelRouter } from './model-router.js';
import { type Named, OpenAiResources } from './openai-resources/openai-resources.js';
import { passedTarget } from './passed-target.js';
import { asksForMissingStream } from './no-streaming.js';
import { isOwn, type OwnAnswer } from './translation/operation.js';
import { isUntranslatable, Translator, type WriteTarget } from './translation/translator.js';

/** Where a call is answered. */
export type Found = readonly Target[] | OwnAnswer;

/** Where a call can be answered, best first: found by its model, and written as each upstream is to get it. */
@Injectable()
export class Targets {
  constructor(
    private readonly router: ModelRouter,
    private readonly resources: GeminiResources,
    private readonly keptAnswers: OpenAiResources,
    private readonly translator: Translator,
  ) {}

  /** @returns at least one target, or what needs none. @throws KeywheelError as ModelRouter.candidates and Translator.read do */
  of(call: Call, path: LlmPath, request: LlmRequest): MaybePromise<Found> {
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
  ): MaybePromise<Found> {
    const named = this.keptAnswers.named(path, request);
    return named === undefined
      ? this.anywhere(call, path, request, candidates)
      : this.withKeeper(call, path, request, candidates, named);
  }

  /** Calls that go on with what an upstream keeps go to the key that made it. */
  private async withKeeper(
    call: Call,
    path: LlmPath,
    request: LlmRequest,
    candidates: readonly Candidate[],
    named: Named,
  ): Promise<Found> {
    const keeper = await this.keptAnswers.keeperOf(named, candidates);
    if (!keeper) return this.anywhere(call, path, request, candidates);
    const found = await this.anywhere(call, path, request, [keeper.candidate]);
    return isTargets(found) ? found.map((target) => ({ ...target, onlyKey: keeper.keyId })) : found;
  }

  private anywhere(
    call: Call,
    path: LlmPath,
    request: LlmRequest,
    candidates: readonly Candidate[],
  ): MaybePromise<Found> {
    if (this.mustSomeBeWritten(path, request, candidates)) {
      return path.protocol === 'gemini'
        ? this.boundWritten(call, path, request, candidates)
        : this.written(call, path, request, candidates);
    }
    if (candidates[0]!.upstream.protocol === 'gemini') return this.bound(call, path, request, candidates);
    return candidates.map((candidate) => passedTarget(call, path, request, candidate));
  }

  private mustSomeBeWritten(path: LlmPath, request: LlmRequest, candidates: readonly Candidate[]): boolean {
    for (const candidate of candidates) if (this.mustBeWritten(path, request, candidate)) return true;
    return false;
  }

  /** The upstream speaks another protocol, or is asked for the whole answer where the caller wants a stream. */
  private mustBeWritten(path: LlmPath, request: LlmRequest, candidate: Candidate): boolean {
    if (!this.translator.isSpokenBy(path, candidate.upstream)) return true;
    return (
      asksForMissingStream(path, request, candidate) && this.translator.reaches(path, candidate.upstream)
    );
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

  private async boundWritten(
    call: Call,
    path: LlmPath,
    request: LlmRequest,
    candidates: readonly Candidate[],
  ): Promise<Found> {
    const bound = await this.resources.boundTo(call, path, request.body, candidates);
    if (!bound) return this.written(call, path, request, candidates);
    const found = await this.written(call, path, request, [bound.candidate]);
    return isTargets(found) ? found.map((target) => ({ ...target, onlyKey: bound.keyId })) : found;
  }

  /**
   * Some of the upstreams cannot be given the call as it came. Those whose protocol cannot express it are left out
   * while others can, and Keywheel answers by itself only where no upstream is left.
   */
  private async written(
    call: Call,
    path: LlmPath,
    request: LlmRequest,
    candidates: readonly Candidate[],
  ): Promise<Found> {
    const targets: Target[] = [];
    let write: WriteTarget | undefined;
    let own: OwnAnswer | undefined;
    let refusal: unknown;
    for (const candidate of candidates) {
      if (!this.mustBeWritten(path, request, candidate)) {
        targets.push(passedTarget(call, path, request, candidate));
        continue;
      }
      try {
        write ??= await this.translator.read(call, path, request, candidate.upstream);
        const written = await write(candidate);
        if (isOwn(written)) own ??= written;
        else targets.push(written);
      } catch (error) {
        if (!isUntranslatable(error)) throw error;
        refusal ??= error;
      }
    }
    if (targets.length > 0) return targets;
    if (own) return own;
    throw refusal;
  }
}

function isTargets(found: Found): found is readonly Target[] {
  return !isOwn(found);
}
