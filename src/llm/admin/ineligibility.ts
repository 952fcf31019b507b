import { Injectable } from '@nestjs/common';
import type { AccessToken } from '../../access/access-token.js';
import { Breakers } from '../../upstreams/breaker.js';
import type { Upstream } from '../../upstreams/upstream.js';
import type { Candidate } from '../candidate.js';
import type { LlmPath } from '../llm-path.js';
import { Translator } from '../translation/translator.js';
import { InspectedAccess } from './inspected-access.js';

/** What a path asks for: an LLM call, or plain HTTP to one upstream. */
export type Asked = Pick<LlmPath, 'protocol' | 'operation' | 'slug' | 'preset'> & {
  readonly llm: LlmPath | undefined;
};

/** Why a call would not go to an upstream. */
@Injectable()
export class Ineligibility {
  constructor(
    private readonly breakers: Breakers,
    private readonly access: InspectedAccess,
    private readonly translator: Translator,
  ) {}

  /** @throws KeywheelError not_found */
  tokenOf(idOrSecret: string): AccessToken {
    return this.access.tokenOf(idOrSecret);
  }

  allows(caller: AccessToken, candidate: Candidate): boolean {
    return this.access.allows(caller, candidate);
  }

  /** @param candidate undefined where the call has no business there; null is the answer where it would go there */
  reason(
    upstream: Upstream,
    candidate: Candidate | undefined,
    asked: Asked,
    caller: AccessToken | undefined,
  ): string | null {
    if (!upstream.enabled) return 'disabled';
    if (asked.slug !== undefined && asked.slug !== upstream.slug) return 'not_named';
    if (!this.isReached(asked, upstream)) return 'other_protocol';
    if (!candidate) return 'model_not_listed';
    if (caller && !this.access.allows(caller, candidate)) return 'out_of_scope';
    return this.breakers.state(upstream.id, Date.now()) === 'open' ? 'breaker_open' : null;
  }

  private isReached({ llm }: Asked, upstream: Upstream): boolean {
    if (!llm) return true;
    return this.translator.isSpokenBy(llm, upstream) || this.translator.reaches(llm, upstream);
  }
}
