/**
 * A declared limit. Numbers are whole and positive; an absent one means no limit. `models` is a pattern with
 * `*` for any run of characters; absent, the limit holds for all models together. Where it is present, each
 * pattern is one bucket shared by the models it matches.
 */
export interface Limit {
  readonly models?: string;
  /** Requests in any 60 seconds. */
  readonly rpm?: number;
  /** Tokens in any 60 seconds. */
  readonly tpm?: number;
  /** Requests a day; the day turns where the provider's does. */
  readonly rpd?: number;
  /** Calls in flight at once. */
  readonly concurrency?: number;
}

const compiled = new Map<string, RegExp>();

/** Whether a model name matches a pattern with `*`; without a pattern everything matches. */
export function matchesModel(pattern: string | undefined, model: string | undefined): boolean {
  if (pattern === undefined || pattern === '*') return true;
  if (model === undefined) return false;
  if (!pattern.includes('*')) return pattern === model;
  let expression = compiled.get(pattern);
  if (!expression) {
    const escaped = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
    expression = new RegExp(`^${escaped.join('.*')}$`, 's');
    if (compiled.size > 10_000) compiled.clear();
    compiled.set(pattern, expression);
  }
  return expression.test(model);
}
