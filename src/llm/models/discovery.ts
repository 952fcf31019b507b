import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { KeywheelError } from '../../kernel/errors.js';
import { Errands } from '../../redis/errands.js';
import { UpstreamTable } from '../../upstreams/upstream-table.js';
import type { Upstream } from '../../upstreams/upstream.js';
import { ADAPTERS } from '../adapters/adapters.js';
import type { ListedModel } from './listed-model.js';
import { withSuffixed } from './suffixed-models.js';
import { ModelListing, type NoList } from './model-listing.js';

const FRESH_MS = 10 * 60_000;
/** How soon a list that could not be had is asked for again. */
const RETRY_MS = 30_000;
/** Another instance that asks has this long; a listing gives up before. */
const LONGEST_MS = 40_000;

interface Found {
  readonly models: readonly ListedModel[];
  /** Epoch milliseconds from which on it is asked for anew. */
  readonly staleAt: number;
}

/** What upstreams without configured models say they have: asked for, kept, refreshed, once for all instances. */
@Injectable()
export class Discovery {
  private readonly found = new Map<string, Found>();
  /** Why those have no list whose list could never be had. */
  private readonly missing = new Map<string, KeywheelError>();
  private readonly running = new Map<string, Promise<boolean>>();

  constructor(
    private readonly table: UpstreamTable,
    private readonly listing: ModelListing,
    private readonly errands: Errands,
  ) {
    table.onChange(({ put, dropped }) => {
      for (const { id } of put) this.forget(id);
      for (const id of dropped) this.forget(id);
    });
  }

  modelsOf(upstream: Upstream): readonly ListedModel[] {
    const described = new Map(this.found.get(upstream.id)?.models.map((model) => [model.id, model]));
    const models = this.table
      .modelsOf(upstream.id)
      .map((id) => ({ ...described.get(id), id, owner: upstream.slug }));
    return upstream.modelSuffixes ? withSuffixed(models) : models;
  }

  /** Asks all upstreams whose list is missing or old. True where one brought anything. */
  async refreshMissing(): Promise<boolean> {
    const now = Date.now();
    const due = this.table.all().filter((upstream) => isAsked(upstream) && this.isDue(upstream.id, now));
    const results = await Promise.all(due.map((upstream) => this.refresh(upstream)));
    return results.includes(true);
  }

  /**
   * Whoever says that nobody has a model must know everybody's list.
   * @throws KeywheelError no_key_free or unavailable where a list could not be had that may be had soon
   */
  assertListed(model: string, mayHave: (upstream: Upstream) => boolean): void {
    const asked = this.table.all().filter((upstream) => isAsked(upstream) && mayHave(upstream));
    const faults = asked.flatMap(({ id, slug }) => {
      const error = this.missing.get(id);
      return error ? [{ slug, error }] : [];
    });
    // What ends soonest is told first.
    faults.sort((a, b) => (a.error.retryAfterMs ?? Infinity) - (b.error.retryAfterMs ?? Infinity));
    const [first] = faults;
    if (!first) return;
    const { code, message, retryAfterMs } = first.error;
    const text = `Nobody is known to have the model "${model}", but what "${first.slug}" has could not be asked. `;
    throw new KeywheelError(code, text + message, { retryAfterMs, param: 'model' });
  }

  @Interval(60_000)
  protected async keepFresh(): Promise<void> {
    await this.refreshMissing();
  }

  private isDue(id: string, now: number): boolean {
    return (this.found.get(id)?.staleAt ?? 0) <= now;
  }

  /** One at a time for each upstream. */
  private refresh(upstream: Upstream): Promise<boolean> {
    const running = this.running.get(upstream.id);
    if (running) return running;
    const started = this.ask(upstream).finally(() => this.running.delete(upstream.id));
    this.running.set(upstream.id, started);
    return started;
  }

  private async ask(upstream: Upstream): Promise<boolean> {
    const slot = `models:${upstream.id}:${upstream.origin}${upstream.basePath}`;
    const { value: asked, freshMs } = await this.errands.run<readonly ListedModel[] | NoList>(slot, {
      fetch: () => this.listing.ask(upstream),
      isForAll: (list) => !('keysRest' in list),
      freshMs: FRESH_MS,
      longestMs: LONGEST_MS,
    });
    if ('keysRest' in asked) return this.notListed(upstream.id, asked);
    this.keep(upstream.id, asked, freshMs);
    this.missing.delete(upstream.id);
    this.table.setDiscovered(
      upstream.id,
      asked.map(({ id }) => id),
    );
    return true;
  }

  private notListed(id: string, { keysRest, error }: NoList): false {
    if (error && !this.hasList(id)) this.missing.set(id, error);
    else this.missing.delete(id);
    // Once a key has come back the list may be had, so that is no reason to wait longer.
    if (!keysRest) this.keep(id, this.found.get(id)?.models ?? [], RETRY_MS);
    return false;
  }

  private hasList(id: string): boolean {
    return (this.found.get(id)?.models.length ?? 0) > 0;
  }

  private keep(id: string, models: readonly ListedModel[], forMs: number): void {
    this.found.set(id, { models, staleAt: Date.now() + forMs });
  }

  private forget(id: string): void {
    this.found.delete(id);
    this.missing.delete(id);
  }
}

function isAsked(upstream: Upstream): boolean {
  // Express keys cannot list models.
  return (
    upstream.enabled &&
    upstream.protocol in ADAPTERS &&
    upstream.preset !== 'vertex-express' &&
    upstream.models.length === 0
  );
}
