import { Injectable } from '@nestjs/common';
import { AddressList } from '../../access/address-list.js';
import { publicOrigin } from '../../access/public-origin.js';
import { Config } from '../../config/config.js';
import { KeywheelError } from '../../kernel/errors.js';
import { headerOf } from '../../proxy/wire/header-of.js';
import type { Call } from '../../proxy/call.js';
import type { Target } from '../../proxy/plan.js';
import { Reception } from '../../proxy/reception.js';
import { CallBody } from '../../proxy/wire/call-body.js';
import { upstreamPath } from '../../upstreams/upstream-path.js';
import type { Upstream } from '../../upstreams/upstream.js';
import type { LlmPath } from '../llm-path.js';
import type { LlmRequest } from '../llm-request.js';
import type { Candidate } from '../candidate.js';
import { embeddings } from './embeddings/embeddings.js';
import { Generation } from './generation/generation.js';
import { ImageTranslation } from './images/images.js';
import {
  isOwn,
  type OperationTranslation,
  type OwnAnswer,
  type WriteFor,
  type WrittenCall,
} from './operation.js';
import { speech } from './speech/speech.js';
import { TokenCounts } from './token-counts/token-counts.js';
import { transcription } from './transcription/transcription.js';

/** Puts calls to upstreams that do not speak the caller's protocol. */
@Injectable()
export class Translator {
  /** The one list of what can be translated. */
  private readonly translations: readonly OperationTranslation[];

  private readonly trusted: AddressList;

  constructor(
    generation: Generation,
    images: ImageTranslation,
    counts: TokenCounts,
    private readonly reception: Reception,
    config: Config,
  ) {
    this.translations = [generation, embeddings, images, speech, transcription, counts];
    this.trusted = new AddressList(config.trustProxy);
  }

  /** Whether the upstream can be given the call as it came. */
  isSpokenBy(path: LlmPath, upstream: Upstream): boolean {
    if (path.operation === 'responses' && upstream.responsesApi === 'none') return false;
    return path.protocol === undefined || path.protocol === upstream.protocol;
  }

  /** Whether the call can be put to this upstream in the upstream's own protocol. */
  reaches(path: LlmPath, upstream: Upstream): boolean {
    return this.translationFor(path, upstream) !== undefined;
  }

  /**
   * Reads a call once, to be written for each upstream that it may go to.
   *
   * @returns a function that writes it; it throws KeywheelError untranslatable where that protocol cannot say it
   */
  async read(call: Call, path: LlmPath, request: LlmRequest, upstream: Upstream): Promise<WriteTarget> {
    const write: WriteFor = await this.translationFor(path, upstream)!.read({
      requestId: call.id,
      owner: call.token?.id ?? '',
      path,
      query: call.query,
      contentType: headerOf(call.req, 'content-type') ?? '',
      body: request.body,
      model: request.model ?? '',
      signal: call.signal,
      admit: () => this.reception.admit(call, request.tokens),
      origin: () => publicOrigin(call.req, this.trusted),
    });
    return async (candidate) => {
      const written = await write(candidate);
      return isOwn(written) ? written : targetOf(candidate, written);
    };
  }

  private translationFor(path: LlmPath, upstream: Upstream): OperationTranslation | undefined {
    return this.translations.find((one) => one.reaches(path, upstream));
  }
}

export type WriteTarget = (candidate: Candidate) => Promise<Target | OwnAnswer>;

function targetOf({ upstream, model, asked, route }: Candidate, written: WrittenCall): Target {
  const [path = '', query] = written.path.split('?', 2);
  return {
    upstream,
    model,
    countedAs: route === undefined ? undefined : asked,
    path: upstreamPath(upstream, path) + (query === undefined ? '' : `?${query}`),
    body: new CallBody([written.body]),
    headers: ['content-type', written.contentType, ...Object.entries(written.headers ?? {}).flat()],
    rules: written.rules,
    warnings: written.warnings,
    heartbeat: written.heartbeat,
  };
}

/** An error that is about this one upstream: another may still do. */
export function isUntranslatable(error: unknown): error is KeywheelError {
  return error instanceof KeywheelError && error.code === 'untranslatable';
}
