import type { Cohort, KeyRecord, Quota } from './key-record.js';
import { Lane } from './lane.js';
import type { RotationPolicy } from './rotation.js';
import type { Slots } from './slots.js';

/** Models with a lane of their own; beyond it the one unused for longest goes, and is made anew when needed. */
const MOST_OWN_LANES = 64;

/**
 * The lanes of a pool: one that all models share, and one for each model that has rests or limits of its own.
 * A lane only remembers turns and who was found barred; the truth about a key is in its record, so a lane may be
 * dropped at any time.
 */
export class Lanes {
  private shared: Lane;
  private readonly own = new Map<string, Lane>();
  private all: Lane[];

  constructor(
    private readonly cohorts: Slots<Cohort>,
    private readonly policy: RotationPolicy,
  ) {
    this.shared = new Lane(undefined, cohorts, policy);
    this.all = [this.shared];
  }

  get followsLoad(): boolean {
    return this.policy.followsLoad;
  }

  of(model: string | undefined, now: number): Lane {
    const lane =
      this.own.size === 0 || model === undefined ? this.shared : (this.own.get(model) ?? this.shared);
    lane.usedAt = now;
    return lane;
  }

  /** Makes this model its own lane, from the shared one. */
  separate(model: string, now: number): Lane {
    const known = this.own.get(model);
    if (known) return known;
    if (this.own.size >= MOST_OWN_LANES) this.dropOldest();
    const lane = this.shared.copyFor(model);
    lane.usedAt = now;
    this.own.set(model, lane);
    this.all = [this.shared, ...this.own.values()];
    return lane;
  }

  join(key: KeyRecord, cohort: Cohort): void {
    for (const lane of this.all) lane.join(key, cohort);
  }

  leave(key: KeyRecord, cohort: Cohort): void {
    for (const lane of this.all) lane.leave(key, cohort);
  }

  wakeKey(key: KeyRecord): void {
    if (key.cohort) for (const lane of this.all) lane.wakeKey(key);
  }

  wakeQuota(quota: Quota): void {
    for (const cohort of quota.cohorts) for (const lane of this.all) lane.wakeCohort(cohort);
  }

  rerank(key: KeyRecord): void {
    if (key.cohort) for (const lane of this.all) lane.rerank(key);
  }

  /** The key has begun to rest, for one model or for all; its lanes need not find out one call at a time. */
  restKey(key: KeyRecord, model: string | undefined, until: number, now: number): void {
    if (!key.cohort) return;
    for (const lane of this.lanesFor(model, now)) lane.restKey(key, until, false);
  }

  restQuota(quota: Quota, model: string | undefined, until: number, now: number): void {
    const lanes = this.lanesFor(model, now);
    for (const cohort of quota.cohorts) for (const lane of lanes) lane.restCohort(cohort, until, false);
  }

  private lanesFor(model: string | undefined, now: number): readonly Lane[] {
    return model === undefined ? this.all : [this.separate(model, now)];
  }

  private dropOldest(): void {
    const oldest = [...this.own].reduce((a, b) => (a[1].usedAt <= b[1].usedAt ? a : b));
    this.own.delete(oldest[0]);
  }
}
