import type { Rest } from './pool-state.js';

/**
 * A rest that a verdict caused. When its time is over it stays on record until a call succeeds: until then the
 * key is half-open, one call at a time.
 */
export class RestRecord {
  /** Whether the one call that may pass a half-open key is under way. */
  probing = false;
  /** Another instance tries it out, as far as is known until then; epoch ms. */
  triedUntil = 0;
  /** Counts changes, so that the result of a call sent before the last one can be told from the probe's. */
  epoch = 0;

  constructor(
    public status: Rest['status'],
    public reason: string,
    public until: number,
    public streak: number,
  ) {}

  runs(now: number): boolean {
    return this.until > now;
  }

  set(rest: Rest): void {
    this.status = rest.status;
    this.reason = rest.reason;
    this.until = rest.until;
    this.streak = rest.streak;
    this.epoch += 1;
    this.probing = false;
    this.triedUntil = 0;
  }

  toRest(): Rest {
    return { status: this.status, reason: this.reason, until: this.until, streak: this.streak };
  }
}

/** A probe: the record, and which state of it the call was sent under. */
export interface Probe {
  readonly rests: Rests;
  readonly model: string | undefined;
  readonly record: RestRecord;
  readonly epoch: number;
}

/** More models at rest than this on one key are strange; those that come back first are forgotten. */
const MOST_MODELS = 200;

/** The rests of one key or one quota group: of all models, and of single ones. */
export class Rests {
  whole: RestRecord | undefined;
  models: Map<string, RestRecord> | undefined;
  /** When the last rest that a success has cleared was over; epoch ms. */
  private clearedAt = -Infinity;

  of(model: string | undefined): RestRecord | undefined {
    return model === undefined ? this.whole : this.models?.get(model);
  }

  set(model: string | undefined, rest: Rest): void {
    const known = this.of(model);
    if (known) {
      known.set(rest);
      return;
    }
    const record = new RestRecord(rest.status, rest.reason, rest.until, rest.streak);
    if (model === undefined) this.whole = record;
    else this.remember(model, record);
  }

  clear(model: string | undefined, now: number): void {
    const record = this.of(model);
    if (!record) return;
    this.clearedAt = Math.max(this.clearedAt, Math.min(record.until, now));
    if (model === undefined) this.whole = undefined;
    else this.models?.delete(model);
  }

  clearAll(now: number): boolean {
    const any = this.whole !== undefined || (this.models?.size ?? 0) > 0;
    this.whole = undefined;
    this.models = undefined;
    if (any) this.clearedAt = Math.max(this.clearedAt, now);
    return any;
  }

  /** Whether a rest that matters to this model was over at some time since. */
  endedSince(model: string | undefined, since: number, now: number): boolean {
    if (this.clearedAt >= since) return true;
    const single = model === undefined ? undefined : this.models?.get(model);
    return [this.whole, single].some((record) => record && record.until <= now && record.until >= since);
  }

  /** Appends a probe for each record that is half-open for this model, and marks it as under way. */
  beginProbes(model: string | undefined, probes: Probe[] | undefined): Probe[] | undefined {
    let found = probes;
    if (this.whole) found = this.beginProbe(this.whole, undefined, found);
    const single = model === undefined ? undefined : this.models?.get(model);
    return single ? this.beginProbe(single, model, found) : found;
  }

  private beginProbe(record: RestRecord, model: string | undefined, probes: Probe[] | undefined): Probe[] {
    record.probing = true;
    const probe = { rests: this, model, record, epoch: record.epoch };
    if (!probes) return [probe];
    probes.push(probe);
    return probes;
  }

  private remember(model: string, record: RestRecord): void {
    this.models ??= new Map();
    if (this.models.size >= MOST_MODELS) {
      const soonest = [...this.models].reduce((a, b) => (a[1].until <= b[1].until ? a : b));
      this.models.delete(soonest[0]);
    }
    this.models.set(model, record);
  }
}
