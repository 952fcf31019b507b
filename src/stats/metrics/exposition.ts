import type { Metric, Registry } from 'prom-client';
import { bucketOf, type Histogram } from '../histogram.js';

/** One series of a histogram, in milliseconds. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly histogram: Histogram;
  readonly sumMs: number;
}

/** Powers of two from 1 ms to 9 minutes: borders of our own buckets too, so nothing is rounded. */
const BOUNDS_MS = Array.from({ length: 20 }, (_, power) => 2 ** power);

/** Our histograms as prom-client shows its own, in seconds; `all` is asked whenever the registry is read. */
export function registerHistogram(
  registry: Registry,
  what: { readonly name: string; readonly help: string },
  all: () => readonly Series[],
): void {
  const shown = { ...what, type: 'histogram', aggregator: 'sum' };
  const metric = {
    ...shown,
    get: () => ({ ...shown, values: all().flatMap((one) => valuesOf(what.name, one)) }),
  };
  // All that a registry asks of a metric is its name and its values.
  registry.registerMetric(metric as unknown as Metric);
}

function valuesOf(name: string, { labels, histogram, sumMs }: Series) {
  const buckets = cumulated(histogram).map(({ bound, total }) => ({
    metricName: `${name}_bucket`,
    labels: { ...labels, le: bound },
    value: total,
  }));
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sumMs / 1000 },
    { metricName: `${name}_count`, labels, value: histogram.total() },
  ];
}

function cumulated(histogram: Histogram): { bound: string; total: number }[] {
  const totals = BOUNDS_MS.map(() => 0);
  histogram.each((bucket, times) => {
    for (let i = 0; i < BOUNDS_MS.length; i++) if (bucket <= bucketOf(BOUNDS_MS[i]!)) totals[i]! += times;
  });
  const bounds = totals.map((total, i) => ({ bound: String(BOUNDS_MS[i]! / 1000), total }));
  return [...bounds, { bound: '+Inf', total: histogram.total() }];
}
