import { Injectable } from '@nestjs/common';
import { KeywheelError } from '../kernel/errors.js';
import type { MaybePromise } from '../kernel/maybe-promise.js';
import type { Call } from '../proxy/call.js';
import { Reception } from '../proxy/reception.js';
import type { Upstream } from '../upstreams/upstream.js';
import { UpstreamTable } from '../upstreams/upstream-table.js';
import type { LlmPath } from './llm-path.js';
import { Discovery } from './models/discovery.js';

/** An upstream that can answer a call, and the model that it is asked for. */
export interface Candidate {
  readonly upstream: Upstream;
  /** As the client named it, without a slug before it. */
  readonly asked: string | undefined;
  /** The upstream's own name of it. */
  readonly model: string | undefined;
}

/** Which upstreams a call may go to, best first. */
@Injectable()
export class ModelRouter {
  constructor(
    private readonly table: UpstreamTable,
    private readonly discovery: Discovery,
    private readonly reception: Reception,
  ) {}

  /**
   * The upstream that the path names; else `slug/model`; else those that list or have discovered the model.
   * @throws KeywheelError unknown_upstream, unknown_model, out_of_scope, translation_unavailable
   */
  candidates(call: Call, path: LlmPath, model: string | undefined): MaybePromise<readonly Candidate[]> {
    const found = path.slug === undefined ? this.find(path, model) : [this.named(path.slug, model)];
    return found.length > 0 ? this.fit(call, path, found) : this.discovered(call, path, model);
  }

  /** A model that nobody is known to have: perhaps some upstream has not been asked yet. */
  private async discovered(
    call: Call,
    path: LlmPath,
    model: string | undefined,
  ): Promise<readonly Candidate[]> {
    await this.discovery.refreshMissing();
    const found = this.find(path, model);
    if (found.length > 0) return this.fit(call, path, found);
    throw new KeywheelError('unknown_model', `No upstream here has the model "${model ?? ''}".`, {
      param: 'model',
    });
  }

  private named(slug: string, model: string | undefined): Candidate {
    const upstream = this.table.bySlug(slug);
    if (!upstream?.enabled) throw new KeywheelError('unknown_upstream', `There is no upstream "${slug}".`);
    return this.candidate(upstream, model);
  }

  /** As `candidates`, among what is known now and whoever asks. */
  find(path: LlmPath, model: string | undefined): Candidate[] {
    if (model === undefined) return this.withoutModel(path);
    const prefixed = path.preset === undefined ? this.bySlugPrefix(model) : undefined;
    if (prefixed) return [prefixed];
    const listed = this.table.forModel(model);
    const upstreams = path.preset === undefined ? listed : this.ofPreset(path.preset, listed);
    return upstreams.map((upstream) => this.candidate(upstream, model));
  }

  private bySlugPrefix(model: string): Candidate | undefined {
    const slash = model.indexOf('/');
    const upstream = slash > 0 ? this.table.bySlug(model.slice(0, slash)) : undefined;
    return upstream?.enabled ? this.candidate(upstream, model.slice(slash + 1)) : undefined;
  }

  /** Files and cached contents name no model: any upstream of the protocol can take them. */
  private withoutModel(path: LlmPath): Candidate[] {
    const speaking = this.table
      .all()
      .filter((one) => one.enabled && one.protocol === path.protocol && isOf(one, path.preset));
    return [...speaking]
      .sort((one, other) => other.priority - one.priority)
      .map((upstream) => this.candidate(upstream, undefined));
  }

  candidate(upstream: Upstream, asked: string | undefined): Candidate {
    const isMapped = asked !== undefined && Object.hasOwn(upstream.modelMap, asked);
    return { upstream, asked, model: isMapped ? upstream.modelMap[asked] : asked };
  }

  /** Express keys cannot list models, so where none is known to have it any may. */
  private ofPreset(preset: string, listed: readonly Upstream[]): Upstream[] {
    const known = listed.filter((upstream) => upstream.preset === preset);
    if (known.length > 0) return known;
    return this.table.all().filter((upstream) => upstream.enabled && upstream.preset === preset);
  }

  /** The scope may name the model as clients do, or as the upstream does. */
  private allows(call: Call, { upstream, asked, model }: Candidate): boolean {
    return (
      this.reception.allows(call, upstream.slug, asked) || this.reception.allows(call, upstream.slug, model)
    );
  }

  /** Of these, those that the token may call and that speak the caller's protocol. */
  private fit(call: Call, path: LlmPath, found: readonly Candidate[]): readonly Candidate[] {
    if (found.length === 1 && isFit(found[0]!, path) && this.allows(call, found[0]!)) return found;
    const allowed = found.filter((candidate) => this.allows(call, candidate));
    if (allowed.length === 0) this.reception.assertScope(call, found[0]!.upstream.slug, found[0]!.asked);
    const speaking = allowed.filter(
      ({ upstream }) => (path.protocol ?? upstream.protocol) === upstream.protocol,
    );
    if (speaking.length > 0) return speaking;
    const { slug, protocol } = allowed[0]!.upstream;
    throw new KeywheelError(
      'translation_unavailable',
      `Upstream "${slug}" speaks ${protocol}, the request ${path.protocol}: translation between them is not available yet. ` +
        `Call it in its own protocol, or name a model of an upstream that speaks ${path.protocol}.`,
      { param: 'model' },
    );
  }
}

function isFit({ upstream }: Candidate, path: LlmPath): boolean {
  return path.protocol === undefined || path.protocol === upstream.protocol;
}

function isOf(upstream: Upstream, preset: string | undefined): boolean {
  return preset === undefined || upstream.preset === preset;
}
