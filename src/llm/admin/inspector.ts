import { Injectable } from '@nestjs/common';
import type { AccessToken } from '../../access/access-token.js';
import { KeywheelError } from '../../kernel/errors.js';
import type { Upstream } from '../../upstreams/upstream.js';
import { UpstreamTable } from '../../upstreams/upstream-table.js';
import type { Candidate } from '../candidate.js';
import { readLlmPath } from '../llm-path.js';
import { ModelRouter } from '../model-router.js';
import { type Asked, Ineligibility } from './ineligibility.js';
import type { InspectedUpstream, Inspection, InspectRequest } from './inspect.dto.js';
import { PoolInspector } from './pool-inspector.js';
import { RouteInspector } from './route-inspector.js';

/** Explains where a call would go, by the rules that calls go by. */
@Injectable()
export class Inspector {
  constructor(
    private readonly table: UpstreamTable,
    private readonly router: ModelRouter,
    private readonly ineligibility: Ineligibility,
    private readonly pools: PoolInspector,
    private readonly routes: RouteInspector,
  ) {}

  /** @throws KeywheelError validation_failed, not_found */
  async inspect({ path, model, token }: InspectRequest): Promise<Inspection> {
    const asked = readAsked(path);
    const caller = token === undefined ? undefined : this.ineligibility.tokenOf(token);
    const named = model ?? asked.llm?.model;
    const found = this.found(asked, named, caller);
    const reasonOf = (upstream: Upstream, candidate: Candidate | undefined) =>
      this.ineligibility.reason(upstream, candidate, asked, caller);
    const route = asked.llm && this.router.routeOf(asked.llm, named);
    // A route may name an upstream twice: what is first in turn is what counts.
    const placed = found.map((candidate, place) => [candidate.upstream.id, { candidate, place }] as const);
    const order = new Map(placed.reverse());
    const upstreams: InspectedUpstream[] = [];
    for (const upstream of this.sorted(order)) {
      const candidate = order.get(upstream.id)?.candidate;
      upstreams.push(await this.pools.describe(upstream, candidate?.model, reasonOf(upstream, candidate)));
    }
    const first = upstreams.find(({ eligible, next }) => eligible && next !== null);
    const next = first ? { upstream: first.upstream, key: first.next! } : null;
    return {
      protocol: asked.protocol ?? null,
      operation: asked.operation,
      route: route ? await this.routes.describe(route, found, reasonOf) : null,
      upstreams,
      next,
    };
  }

  private found(
    asked: Asked,
    model: string | undefined,
    caller: AccessToken | undefined,
  ): readonly Candidate[] {
    if (asked.llm && asked.slug === undefined) {
      const allows = (candidate: Candidate) => !caller || this.ineligibility.allows(caller, candidate);
      return this.router.find(asked.llm, model, { allows, takesTurn: false });
    }
    const upstream = this.table.bySlug(asked.slug ?? '');
    return upstream ? [this.router.candidate(upstream, model)] : [];
  }

  /** Those that a call would go to, in its order, then all others by slug. */
  private sorted(order: ReadonlyMap<string, { place: number }>): Upstream[] {
    const place = (upstream: Upstream) => order.get(upstream.id)?.place ?? Infinity;
    return [...this.table.all()].sort((a, b) => place(a) - place(b) || (a.slug < b.slug ? -1 : 1));
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
