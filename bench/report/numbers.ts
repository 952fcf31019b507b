export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Between two values, the one in proportion; NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** Half the way from the least to the most, in percent of the median; NaN of one. */
export function spread(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN;
  return ((Math.max(...values) - Math.min(...values)) / 2 / median(values)) * 100;
}

/** The median of what each round's figure was to the same round's figure of the other. */
export function ratio(values: readonly number[], others: readonly number[]): number {
  return median(values.map((value, round) => value / (others[round] ?? Number.NaN)));
}

/** The median of what each round's figure was above the same round's figure of the other. */
export function difference(values: readonly number[], others: readonly number[]): number {
  return median(values.map((value, round) => value - (others[round] ?? Number.NaN)));
}

/** A median and its spread, as a cell of a table. */
export function shown(values: readonly number[], digits = 0): string {
  if (values.length === 0 || !Number.isFinite(median(values))) return '–';
  const half = values.length > 1 ? ` ±${spread(values).toFixed(0)} %` : '';
  return median(values).toFixed(digits) + half;
}
