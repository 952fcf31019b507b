import { Injectable } from '@nestjs/common';
import { KeywheelError } from '../../kernel/errors.js';
import { Pins } from '../../keys/pins.js';
import type { Call } from '../../proxy/call.js';
import type { WholeAnswer } from '../../proxy/plan.js';
import type { CallBody } from '../../proxy/wire/call-body.js';
import type { LlmPath } from '../llm-path.js';
import type { Candidate } from '../candidate.js';
import { madeResource } from './made-resource.js';
import { namedResource, referencedResources, uploadName } from './resource-names.js';
import { UploadUrl } from './upload-url.js';

const UPLOAD_LIFE = 24 * 3_600_000;

/** The one place that can serve a call which names files or cached contents. */
export interface Bound {
  readonly candidate: Candidate;
  readonly keyId: string;
}

/** Files and cached contents of Gemini can be used only with the key that made them. */
@Injectable()
export class GeminiResources {
  constructor(
    private readonly pins: Pins,
    private readonly uploadUrl: UploadUrl,
  ) {}

  /**
   * Where the resources that the call names or refers to live; undefined where it has none that we know.
   * @throws KeywheelError bad_request where they were made with different keys
   */
  async boundTo(
    call: Call,
    path: LlmPath,
    body: CallBody,
    candidates: readonly Candidate[],
  ): Promise<Bound | undefined> {
    const named = namedResource(path, call.query);
    const names = named === undefined ? referencedResources(body) : [named];
    let bound: Bound | undefined;
    for (const name of names) {
      const found = await this.find(name, candidates);
      if (!found) continue;
      if (bound && bound.keyId !== found.keyId) {
        throw new KeywheelError(
          'bad_request',
          'The files of this request were uploaded with different keys.',
        );
      }
      bound = found;
    }
    return bound;
  }

  /** Whether the answer to this call may make or end a resource, and so has to be read before the client gets it. */
  changes(call: Call, path: LlmPath): boolean {
    const owned = path.operation === 'files' || path.operation === 'cached_contents';
    return owned && call.req.method !== 'GET' && call.req.method !== 'HEAD';
  }

  /** Pins what the answer tells of, before the client learns of it. */
  async noted(
    call: Call,
    path: LlmPath,
    upstreamId: string,
    keyId: string,
    answer: WholeAnswer,
  ): Promise<WholeAnswer> {
    if (call.req.method === 'DELETE') {
      const name = namedResource(path, call.query);
      if (name !== undefined) await this.pins.unpin(upstreamId, name);
      return answer;
    }
    const now = Date.now();
    const made = madeResource(answer.body.toString('utf8'), now);
    if (made) await this.pins.pin(upstreamId, made.name, keyId, made.expiresAt);
    const upload = this.uploadUrl.rewrite(call, path, answer.headers);
    if (!upload) return answer;
    await this.pins.pin(upstreamId, uploadName(upload.id), keyId, now + UPLOAD_LIFE);
    return { headers: upload.headers, body: answer.body };
  }

  private async find(name: string, candidates: readonly Candidate[]): Promise<Bound | undefined> {
    for (const candidate of candidates) {
      const keyId = await this.pins.keyFor(candidate.upstream.id, name);
      if (keyId !== undefined) return { candidate, keyId };
    }
    return undefined;
  }
}
