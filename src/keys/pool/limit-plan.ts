import { type Limit, matchesModel } from '../../kernel/limits.js';
import type { Portion } from '../../kernel/portion.js';

/** All that is declared for one pattern of models; `*` stands for all models together. */
export interface PlannedLimit {
  readonly pattern: string;
  readonly rpm?: number;
  readonly tpm?: number;
  readonly rpd?: number;
  readonly concurrency?: number;
}

const NONE: readonly PlannedLimit[] = [];
const MOST_MODELS = 1000;

/** The limits that hold for a key: the rules' ones, replaced by its own where it declares the same pattern. */
export class LimitPlan {
  private readonly perModel = new Map<string | undefined, readonly PlannedLimit[]>();

  constructor(readonly limits: readonly PlannedLimit[]) {}

  /** The limits that a call of this model has to pass. */
  forModel(model: string | undefined): readonly PlannedLimit[] {
    if (this.limits.length === 0) return NONE;
    let found = this.perModel.get(model);
    if (!found) {
      found = this.limits.filter((limit) => matchesModel(limit.pattern, model));
      if (this.perModel.size >= MOST_MODELS) this.perModel.clear();
      this.perModel.set(model, found);
    }
    return found;
  }
}

/** Whether this instance's part of a limit is nothing at all. */
export function leavesNothing({ rpm, tpm, rpd, concurrency }: PlannedLimit): boolean {
  return rpm === 0 || tpm === 0 || rpd === 0 || concurrency === 0;
}

/** Makes plans, and gives keys that declare the same limits the same one, so that plans compare by identity. */
export class LimitPlans {
  private readonly plans = new Map<string, LimitPlan>();

  /** @param portion how much of each limit this instance may use; absent: all */
  constructor(
    private readonly shared: readonly Limit[],
    private readonly portion?: Portion,
  ) {}

  planFor(own: readonly Limit[]): LimitPlan {
    const text = own.length === 0 ? '' : JSON.stringify(own);
    let plan = this.plans.get(text);
    if (!plan) this.plans.set(text, (plan = this.newPlan(own)));
    return plan;
  }

  private newPlan(own: readonly Limit[]): LimitPlan {
    const { portion } = this;
    const limits = merge(this.shared, own);
    return new LimitPlan(portion ? limits.map((limit) => new DividedLimit(limit, portion)) : limits);
  }
}

/** A limit of which this instance may use what the portion says at the moment. */
export class DividedLimit implements PlannedLimit {
  constructor(
    readonly whole: PlannedLimit,
    private readonly portion: Portion,
  ) {}

  get pattern(): string {
    return this.whole.pattern;
  }

  get rpm(): number | undefined {
    return this.part(this.whole.rpm);
  }

  get tpm(): number | undefined {
    return this.part(this.whole.tpm);
  }

  get rpd(): number | undefined {
    return this.part(this.whole.rpd);
  }

  get concurrency(): number | undefined {
    return this.part(this.whole.concurrency);
  }

  private part(limit: number | undefined): number | undefined {
    return limit === undefined ? undefined : this.portion.of(limit);
  }
}

function merge(shared: readonly Limit[], own: readonly Limit[]): PlannedLimit[] {
  const replaced = byPattern(own);
  const merged = new Map([...byPattern(shared), ...replaced]);
  return [...merged.values()].filter(({ rpm, tpm, rpd, concurrency }) => rpm ?? tpm ?? rpd ?? concurrency);
}

function byPattern(limits: readonly Limit[]): Map<string, PlannedLimit> {
  const found = new Map<string, PlannedLimit>();
  for (const { models = '*', ...numbers } of limits) {
    found.set(models, { ...found.get(models), ...numbers, pattern: models });
  }
  return found;
}
