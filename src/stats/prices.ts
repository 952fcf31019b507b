import { Injectable } from '@nestjs/common';
import { matchesModel } from '../kernel/limits.js';
import type { Price } from '../settings/definitions.js';
import { Settings } from '../settings/settings.js';

const MOST_REMEMBERED = 10_000;

/** The price list of the setting `prices`: a model's own entry, else the most specific pattern. */
@Injectable()
export class Prices {
  readonly #found = new Map<string, Price | null>();

  constructor(private readonly settings: Settings) {
    settings.onChange(() => this.#found.clear());
  }

  /** US dollars; 0 for a model without a price. */
  cost(model: string | undefined, inputTokens: number, outputTokens: number): number {
    if (model === undefined || inputTokens + outputTokens === 0) return 0;
    let price = this.#found.get(model);
    if (price === undefined) {
      if (this.#found.size >= MOST_REMEMBERED) this.#found.clear();
      this.#found.set(model, (price = priceOf(this.settings.values.prices, model)));
    }
    return price === null ? 0 : (inputTokens * price.input + outputTokens * price.output) / 1e6;
  }
}

/** Of all patterns that match, the one with most literal characters. */
export function priceOf(prices: Readonly<Record<string, Price>>, model: string): Price | null {
  if (Object.hasOwn(prices, model)) return prices[model]!;
  let best: Price | null = null;
  let literal = -1;
  for (const [pattern, price] of Object.entries(prices)) {
    const characters = pattern.replaceAll('*', '').length;
    if (characters > literal && matchesModel(pattern, model)) {
      best = price;
      literal = characters;
    }
  }
  return best;
}
