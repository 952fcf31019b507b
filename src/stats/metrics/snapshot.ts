import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue } from 'prom-client';

/** All metrics of one process at one moment, as they pass from process to process. */
export type Snapshot = readonly MetricObjectWithValues<MetricValue<string>>[];

export function isSnapshot(value: unknown): value is MetricObjectWithValues<MetricValue<string>>[] {
  return Array.isArray(value);
}

/**
 * What counts on when a process is gone: counters and histograms, added to what others left. Without it a sum over
 * processes would fall when one is replaced, and Prometheus would take that for a restart of all.
 */
export async function remainsOf(remains: unknown, last: unknown): Promise<Snapshot> {
  const both = [remains, last].filter(isSnapshot);
  const sum = await AggregatorRegistry.aggregate(both).getMetricsAsJSON();
  return sum.filter(({ type }) => isRunningTotal(type));
}

/** prom-client's declarations say a number, its code a word. */
function isRunningTotal(type: unknown): boolean {
  return type === 'counter' || type === 'histogram';
}
