import { Injectable } from '@nestjs/common';
import { KeywheelError } from '../kernel/errors.js';
import type { MaybePromise } from '../kernel/maybe-promise.js';
import type { Call } from '../proxy/call.js';
import { Reception } from '../proxy/reception.js';
import type { Route } from '../routes/route.js';
import type { Upstream } from '../upstreams/upstream.js';
import { UpstreamTable } from '../upstreams/upstream-table.js';
import type { Candidate } from './candidate.js';
import { readSuffixes } from './gemini-suffixes.js';
import type { LlmPath } from './llm-path.js';
import { Discovery } from './models/discovery.js';
import { type Asker, RouteFinder } from './route-finder.js';
import { Translator } from './translation/translator.js';

/** Which upstreams a call may go to, best first. */
@Injectable()
export class ModelRouter {
  constructor(
    private readonly table: UpstreamTable,
    private readonly discovery: Discovery,
    private readonly reception: Reception,
    private readonly routes: RouteFinder,
    private readonly translator: Translator,
  ) {}

  /**
   * The upstream that the path names; else the targets of the route of that name; else `slug/model`; else those
   * that list or have discovered the model.
   * @throws KeywheelError unknown_upstream, unknown_model, out_of_scope, translation_unavailable; no_key_free or
   * unavailable where a list that may hold the model could not be had
   */
  candidates(call: Call, path: LlmPath, model: string | undefined): MaybePromise<readonly Candidate[]> {
    const found =
      path.slug === undefined ? this.find(path, model, this.asker(call)) : [this.named(path.slug, model)];
    return found.length > 0 ? this.fit(call, path, found) : this.discovered(call, path, model);
  }

  /** A model that nobody is known to have: perhaps some upstream has not been asked yet. */
  private async discovered(
    call: Call,
    path: LlmPath,
    model: string | undefined,
  ): Promise<readonly Candidate[]> {
    await this.discovery.refreshMissing();
    const found = this.find(path, model, this.asker(call));
    if (found.length > 0) return this.fit(call, path, found);
    if (!this.routeOf(path, model)) this.discovery.assertListed(model ?? '', this.mayHave(call, path, model));
    throw new KeywheelError('unknown_model', this.unknown(path, model), { param: 'model' });
  }

  /** Upstreams on which this caller could use the model, if they had it. */
  private mayHave(call: Call, path: LlmPath, model: string | undefined) {
    return (upstream: Upstream): boolean =>
      isOf(upstream, path.preset) && this.reception.allows(call, upstream.slug, model);
  }

  private unknown(path: LlmPath, model = ''): string {
    if (this.routeOf(path, model)) return `The route "${model}" has no target that is enabled.`;
    return `No upstream here has the model "${model}".`;
  }

  private named(slug: string, model: string | undefined): Candidate {
    const upstream = this.table.bySlug(slug);
    if (!upstream?.enabled) throw new KeywheelError('unknown_upstream', `There is no upstream "${slug}".`);
    return this.candidate(upstream, model);
  }

  /** The route that a call for this model takes. Paths of one preset ask its upstreams and know no routes. */
  routeOf(path: LlmPath, model: string | undefined): Route | undefined {
    if (model === undefined || path.slug !== undefined || path.preset !== undefined) return undefined;
    return this.routes.routeOf(model);
  }

  /** As `candidates`, among what is known now. */
  find(path: LlmPath, model: string | undefined, asker: Asker): Candidate[] {
    if (model === undefined) return this.withoutModel(path);
    const route = this.routeOf(path, model);
    if (route) return this.routes.ordered(route, asker);
    const prefixed = path.preset === undefined ? this.bySlugPrefix(model) : undefined;
    if (prefixed) return [prefixed];
    const listed = this.listing(model);
    const upstreams = path.preset === undefined ? listed : this.ofPreset(path.preset, listed);
    return upstreams.map((upstream) => this.candidate(upstream, model));
  }

  /** Those that list the model; else those that list it without endings that they know. */
  private listing(model: string): readonly Upstream[] {
    const listed = this.table.forModel(model);
    if (listed.length > 0) return listed;
    const bare = readSuffixes(model, (name) => this.table.forModel(name).length > 0).model;
    if (bare === model) return listed;
    return this.table.forModel(bare).filter(({ modelSuffixes }) => modelSuffixes);
  }

  private bySlugPrefix(model: string): Candidate | undefined {
    const slash = model.indexOf('/');
    const upstream = slash > 0 ? this.table.bySlug(model.slice(0, slash)) : undefined;
    return upstream?.enabled ? this.candidate(upstream, model.slice(slash + 1)) : undefined;
  }

  /** Calls about files, cached contents and kept answers name no model: all upstreams of the protocol may be meant. */
  private withoutModel(path: LlmPath): Candidate[] {
    const speaking = this.table
      .all()
      .filter((one) => one.enabled && one.protocol === path.protocol && isOf(one, path.preset));
    return [...speaking]
      .sort((one, other) => other.priority - one.priority)
      .map((upstream) => this.candidate(upstream, undefined));
  }

  candidate(upstream: Upstream, asked: string | undefined): Candidate {
    return this.routes.candidate(upstream, asked);
  }

  /** Express keys cannot list models, so where none is known to have it any may. */
  private ofPreset(preset: string, listed: readonly Upstream[]): Upstream[] {
    const known = listed.filter((upstream) => upstream.preset === preset);
    if (known.length > 0) return known;
    return this.table.all().filter((upstream) => upstream.enabled && upstream.preset === preset);
  }

  private asker(call: Call): Asker {
    return { allows: (candidate) => this.allows(call, candidate), takesTurn: true };
  }

  /** The upstream must be in the scope; the scope may name the model as clients do, as the upstream does, or by route. */
  private allows(call: Call, { upstream, asked, model, route }: Candidate): boolean {
    return (
      this.reception.allows(call, upstream.slug, asked) ||
      this.reception.allows(call, upstream.slug, model) ||
      (route !== undefined && this.reception.allows(call, upstream.slug, route))
    );
  }

  /** Of these, those that the token may call and that speak the caller's protocol, or can be spoken to. */
  private fit(call: Call, path: LlmPath, found: readonly Candidate[]): readonly Candidate[] {
    if (found.length === 1 && this.reaches(path, found[0]!) && this.allows(call, found[0]!)) return found;
    const allowed = found.filter((candidate) => this.allows(call, candidate));
    if (allowed.length === 0) this.reception.assertScope(call, found[0]!.upstream.slug, found[0]!.asked);
    const reached = allowed.filter((candidate) => this.reaches(path, candidate));
    if (reached.length > 0) return reached;
    const { slug, protocol } = allowed[0]!.upstream;
    throw new KeywheelError(
      'translation_unavailable',
      `Upstream "${slug}" speaks ${protocol}, which has nothing that does what ${call.path} does. ` +
        `Name a model of an upstream that speaks ${path.protocol}.`,
      { param: 'model' },
    );
  }

  private reaches(path: LlmPath, { upstream }: Candidate): boolean {
    return this.translator.isSpokenBy(path, upstream) || this.translator.reaches(path, upstream);
  }
}

function isOf(upstream: Upstream, preset: string | undefined): boolean {
  return preset === undefined || upstream.preset === preset;
}
