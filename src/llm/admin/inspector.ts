import { Injectable } from '@nestjs/common';
import type { AccessToken } from '../../access/access-token.js';
import { KeywheelError } from '../../kernel/errors.js';
import { Breakers } from '../../upstreams/breaker.js';
import type { Upstream } from '../../upstreams/upstream.js';
import { UpstreamTable } from '../../upstreams/upstream-table.js';
import { readLlmPath, type LlmPath } from '../llm-path.js';
import { ModelRouter, type Candidate } from '../model-router.js';
import { InspectedAccess } from './inspected-access.js';
import type { InspectedUpstream, Inspection, InspectRequest } from './inspect.dto.js';
import { PoolInspector } from './pool-inspector.js';

/** What a path asks for: an LLM call, or plain HTTP to one upstream. */
type Asked = Pick<LlmPath, 'protocol' | 'operation' | 'slug' | 'preset'> & {
  readonly llm: LlmPath | undefined;
};

/** Explains where a call would go, by the rules that calls go by. */
@Injectable()
export class Inspector {
  constructor(
    private readonly table: UpstreamTable,
    private readonly router: ModelRouter,
    private readonly breakers: Breakers,
    private readonly pools: PoolInspector,
    private readonly access: InspectedAccess,
  ) {}

  /** @throws KeywheelError validation_failed, not_found */
  async inspect({ path, model, token }: InspectRequest): Promise<Inspection> {
    const asked = readAsked(path);
    const caller = token === undefined ? undefined : this.access.tokenOf(token);
    const found = this.found(asked, model ?? asked.llm?.model);
    const order = new Map(found.map((candidate, place) => [candidate.upstream.id, { candidate, place }]));
    const upstreams: InspectedUpstream[] = [];
    for (const upstream of this.sorted(order)) {
      const candidate = order.get(upstream.id)?.candidate;
      const reason = this.reason(upstream, candidate, asked, caller);
      upstreams.push(await this.pools.describe(upstream, candidate?.model, reason));
    }
    const first = upstreams.find(({ eligible, next }) => eligible && next !== null);
    const next = first ? { upstream: first.upstream, key: first.next! } : null;
    return { protocol: asked.protocol ?? null, operation: asked.operation, upstreams, next };
  }

  private found(asked: Asked, model: string | undefined): readonly Candidate[] {
    if (asked.llm && asked.slug === undefined) return this.router.find(asked.llm, model);
    const upstream = this.table.bySlug(asked.slug ?? '');
    return upstream ? [this.router.candidate(upstream, model)] : [];
  }

  /** Those that a call would go to, in its order, then all others by slug. */
  private sorted(order: ReadonlyMap<string, { place: number }>): Upstream[] {
    const place = (upstream: Upstream) => order.get(upstream.id)?.place ?? Infinity;
    return [...this.table.all()].sort((a, b) => place(a) - place(b) || (a.slug < b.slug ? -1 : 1));
  }

  private reason(
    upstream: Upstream,
    candidate: Candidate | undefined,
    asked: Asked,
    caller: AccessToken | undefined,
  ): string | null {
    if (!upstream.enabled) return 'disabled';
    if (asked.slug !== undefined && asked.slug !== upstream.slug) return 'not_named';
    if (asked.protocol !== undefined && asked.protocol !== upstream.protocol) return 'other_protocol';
    if (!candidate) return 'model_not_listed';
    if (caller && !this.access.allows(caller, candidate)) return 'out_of_scope';
    return this.breakers.state(upstream.id, Date.now()) === 'open' ? 'breaker_open' : null;
  }
}

function readAsked(path: string): Asked {
  const plain = /^\/proxy\/([^/]+)/.exec(path)?.[1];
  if (plain !== undefined) {
    return { protocol: undefined, operation: 'proxy', slug: plain, preset: undefined, llm: undefined };
  }
  const llm = readLlmPath(path, { anthropicVersion: false, googleKey: false });
  if (llm) return { ...llm, llm };
  const message = 'is no path of a call; try /v1/chat/completions or /proxy/{slug}/…';
  throw new KeywheelError('validation_failed', `path ${message}.`, { faults: [{ path: 'path', message }] });
}
