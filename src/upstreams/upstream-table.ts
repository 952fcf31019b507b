import { Injectable } from '@nestjs/common';
import type { Upstream } from './upstream.js';

/** What a change brought: upstreams that are new or different, and the ids of those that are gone. */
export interface UpstreamChange {
  readonly put: readonly Upstream[];
  readonly dropped: readonly string[];
}

export type UpstreamListener = (changed: UpstreamChange) => void;

const NONE: readonly never[] = [];

/**
 * All upstreams, as an immutable picture that is swapped whole. Everything the data plane asks of it is a map
 * look-up.
 */
@Injectable()
export class UpstreamTable {
  private ids: ReadonlyMap<string, Upstream> = new Map();
  private slugs: ReadonlyMap<string, Upstream> = new Map();
  /** By model: groups of one priority each, the best first. */
  private models: ReadonlyMap<string, readonly (readonly Upstream[])[]> = new Map();
  private readonly discovered = new Map<string, readonly string[]>();
  private readonly listeners: UpstreamListener[] = [];

  bySlug(slug: string): Upstream | undefined {
    return this.slugs.get(slug);
  }

  byId(id: string): Upstream | undefined {
    return this.ids.get(id);
  }

  idOf(slug: string): string | undefined {
    return this.slugs.get(slug)?.id;
  }

  slugOf(id: string): string | undefined {
    return this.ids.get(id)?.slug;
  }

  all(): readonly Upstream[] {
    return [...this.ids.values()];
  }

  /**
   * Enabled upstreams that list the model, map it, or have discovered it: best priority first, and within one
   * priority in a random order in which weight is the chance to come first.
   */
  forModel(model: string): readonly Upstream[] {
    const groups = this.models.get(model);
    if (!groups) return NONE;
    if (groups.length === 1 && groups[0]?.length === 1) return groups[0];
    return groups.flatMap((group) => (group.length === 1 ? group : shuffled(group)));
  }

  /** Whether this enabled upstream lists the model, maps it, or has discovered it. */
  lists(upstream: Upstream, model: string): boolean {
    return this.models.get(model)?.some((group) => group.includes(upstream)) ?? false;
  }

  /** Names that clients may use: configured ones, or discovered where none are, and those of `modelMap`. */
  modelsOf(id: string): readonly string[] {
    const upstream = this.ids.get(id);
    if (!upstream) return NONE;
    const listed = upstream.models.length > 0 ? upstream.models : (this.discovered.get(id) ?? NONE);
    return [...new Set([...listed, ...Object.keys(upstream.modelMap)])];
  }

  /** What the upstream itself lists; held until the next discovery or the end of the process. */
  setDiscovered(id: string, models: readonly string[]): void {
    if (!this.ids.has(id)) return;
    this.discovered.set(id, models);
    this.index();
  }

  apply(change: UpstreamChange): void {
    const ids = new Map(this.ids);
    for (const id of change.dropped) {
      ids.delete(id);
      this.discovered.delete(id);
    }
    for (const upstream of change.put) ids.set(upstream.id, upstream);
    this.ids = ids;
    this.slugs = new Map([...ids.values()].map((upstream) => [upstream.slug, upstream]));
    this.index();
    for (const listener of this.listeners) listener(change);
  }

  /** Hears of every change after it holds. The table is loaded when it is injected: begin with `all()`. */
  onChange(listener: UpstreamListener): void {
    this.listeners.push(listener);
  }

  private index(): void {
    const byPriority = [...this.ids.values()]
      .filter((upstream) => upstream.enabled)
      .sort((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1));
    const models = new Map<string, Upstream[][]>();
    for (const upstream of byPriority) {
      for (const model of this.modelsOf(upstream.id)) addTo(models, model, upstream);
    }
    this.models = models;
  }
}

function addTo(models: Map<string, Upstream[][]>, model: string, upstream: Upstream): void {
  const groups = models.get(model);
  const last = groups?.at(-1);
  if (!groups) models.set(model, [[upstream]]);
  else if (last?.[0]?.priority === upstream.priority) last.push(upstream);
  else groups.push([upstream]);
}

/** Efraimidis and Spirakis: sorting by u^(1/weight) draws without replacement, each time in proportion to weight. */
function shuffled(group: readonly Upstream[]): Upstream[] {
  return group
    .map((upstream) => ({ upstream, rank: Math.log(1 - Math.random()) / upstream.weight }))
    .sort((a, b) => b.rank - a.rank)
    .map(({ upstream }) => upstream);
}
