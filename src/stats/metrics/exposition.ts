import { bucketOf, type Histogram } from '../histogram.js';

/** One series of a histogram, in milliseconds. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly histogram: Histogram;
  readonly sumMs: number;
}

/** Powers of two from 1 ms to 9 minutes: borders of our own buckets too, so nothing is rounded. */
const BOUNDS_MS = Array.from({ length: 20 }, (_, power) => 2 ** power);

/** Our histograms in Prometheus's text format, in seconds. */
export function exposeHistogram(name: string, help: string, all: readonly Series[]): string {
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`];
  for (const series of all) {
    const labels = Object.entries(series.labels).map(([label, value]) => `${label}="${escaped(value)}"`);
    for (const { bound, total } of cumulated(series.histogram)) {
      lines.push(`${name}_bucket{${[...labels, `le="${bound}"`].join(',')}} ${total}`);
    }
    lines.push(`${name}_sum{${labels.join(',')}} ${series.sumMs / 1000}`);
    lines.push(`${name}_count{${labels.join(',')}} ${series.histogram.total()}`);
  }
  return `${lines.join('\n')}\n`;
}

function cumulated(histogram: Histogram): { bound: string; total: number }[] {
  const totals = BOUNDS_MS.map(() => 0);
  histogram.each((bucket, times) => {
    for (let i = 0; i < BOUNDS_MS.length; i++) if (bucket <= bucketOf(BOUNDS_MS[i]!)) totals[i]! += times;
  });
  const bounds = totals.map((total, i) => ({ bound: String(BOUNDS_MS[i]! / 1000), total }));
  return [...bounds, { bound: '+Inf', total: histogram.total() }];
}

function escaped(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}
