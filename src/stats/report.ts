import { ApiProperty } from '@nestjs/swagger';
import type { Cell } from './cell.js';
import { ATTEMPT, FAILOVERS, WAITS } from './cell.js';
import type { Histogram } from './histogram.js';

export const WINDOWS = { '1m': 60, '1h': 3600, '24h': 86_400, '7d': 604_800 } as const;
export type Window = keyof typeof WINDOWS;

const count = { type: 'integer', minimum: 0 } as const;
const milliseconds = {
  type: Number,
  nullable: true,
  description: 'Milliseconds, ± 2.2 %; null where nothing was measured',
} as const;

export class Quantiles {
  @ApiProperty(milliseconds) p50: number | null;
  @ApiProperty(milliseconds) p95: number | null;
  @ApiProperty(milliseconds) p99: number | null;
}

class Measures {
  @ApiProperty(count) calls: number;

  @ApiProperty({
    ...count,
    description:
      'Calls that went wrong by no doing of the caller: not 4xx (but 429 for want of a key), not a client that left',
  })
  failures: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    minimum: 0,
    maximum: 1,
    description: 'Share of calls that are no failures; null without calls',
  })
  successRate: number | null;

  @ApiProperty({ ...count, description: 'Tries with a key' }) attempts: number;
  @ApiProperty({ type: Number, description: 'Milliseconds that calls waited for a key' }) waitedMs: number;
  @ApiProperty(count) inputTokens: number;
  @ApiProperty(count) outputTokens: number;
  @ApiProperty({ ...count, description: 'Input tokens that the provider read from its cache' })
  cachedTokens: number;
  @ApiProperty({ type: Number, description: 'US dollars, by the setting `prices`' }) cost: number;
  @ApiProperty({ description: 'From the call to the end of its answer' }) latencyMs: Quantiles;
  @ApiProperty({ description: 'From the call to the first byte of its answer' }) firstByteMs: Quantiles;
}

export class Totals extends Measures {
  @ApiProperty({ ...count, description: 'Attempts after the first of their call' }) failovers: number;
  @ApiProperty({ ...count, description: 'Calls that waited for a key' }) waits: number;
}

export class UpstreamStats extends Totals {
  @ApiProperty({ description: 'Slug' }) upstream: string;
}

export class ModelStats extends Totals {
  @ApiProperty({ description: 'As the caller named it; `(other)` for all beyond 200 an hour' }) model: string;
}

export class TokenStats extends Totals {
  @ApiProperty({ description: 'Id of the access token' }) token: string;
}

export class KeyStats extends Measures {
  @ApiProperty({ description: 'Id of the key; calls count for the key of their last attempt' }) key: string;
  @ApiProperty({ description: 'Slug' }) upstream: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: count,
    description: 'What became of the attempts with this key, e.g. `ok`, `rate_limited`',
  })
  verdicts: Record<string, number>;
}

const most = { description: 'The hundred with most calls' } as const;

export class StatsReport {
  @ApiProperty({ enum: Object.keys(WINDOWS) }) window: Window;
  @ApiProperty({ ...count, description: 'Epoch milliseconds; the window, widened to whole slices' })
  from: number;
  @ApiProperty({ ...count, description: 'Epoch milliseconds: now' }) to: number;
  @ApiProperty() totals: Totals;
  @ApiProperty({ type: [UpstreamStats], ...most }) byUpstream: UpstreamStats[];
  @ApiProperty({ type: [ModelStats], ...most }) byModel: ModelStats[];
  @ApiProperty({ type: [KeyStats], ...most }) byKey: KeyStats[];
  @ApiProperty({ type: [TokenStats], ...most }) byToken: TokenStats[];
  @ApiProperty({
    type: 'object',
    additionalProperties: count,
    description: 'Calls by what became of them: `ok`, or the code of what went wrong',
  })
  outcomes: Record<string, number>;
}

export function totalsOf(cell: Cell): Totals {
  return { ...measuresOf(cell), failovers: cell.tallies.of(FAILOVERS), waits: cell.tallies.of(WAITS) };
}

export function measuresOf(cell: Cell): Measures {
  return {
    calls: cell.calls,
    failures: cell.failures,
    successRate: cell.calls === 0 ? null : (cell.calls - cell.failures) / cell.calls,
    attempts: cell.attempts,
    waitedMs: Math.round(cell.waitedMs),
    inputTokens: cell.inputTokens,
    outputTokens: cell.outputTokens,
    cachedTokens: cell.cachedTokens,
    cost: Math.round(cell.cost * 1e9) / 1e9,
    latencyMs: quantilesOf(cell.latency),
    firstByteMs: quantilesOf(cell.firstByte),
  };
}

export function outcomesOf(cell: Cell): Record<string, number> {
  const outcomes: Record<string, number> = {};
  cell.tallies.each((word, times) => {
    if (word !== FAILOVERS && word !== WAITS) outcomes[word] = times;
  });
  return outcomes;
}

export function verdictsOf(cell: Cell): Record<string, number> {
  const verdicts: Record<string, number> = {};
  cell.tallies.each((word, times) => {
    if (word.startsWith(ATTEMPT)) verdicts[word.slice(ATTEMPT.length)] = times;
  });
  return verdicts;
}

function quantilesOf(histogram: Histogram): Quantiles {
  const at = (q: number) => {
    const ms = histogram.quantile(q);
    return ms === undefined ? null : Number(ms.toPrecision(4));
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
