import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { KeywheelError } from '../kernel/errors.js';
import { Breakdown } from './breakdown.js';
import { Cell, FINEST } from './cell.js';
import { Flusher } from './flusher.js';
import {
  measuresOf,
  outcomesOf,
  type StatsReport,
  totalsOf,
  verdictsOf,
  type Window,
  WINDOWS,
} from './report.js';
import { SliceTable } from './slice-table.js';

const SPANS = [FINEST, 60, 3600] as const;

/** The slices that the far end of a window consists of by then, in seconds; see rollups.ts. */
const GRAIN: Readonly<Record<Window, number>> = { '1m': FINEST, '1h': FINEST, '24h': 60, '7d': 3600 };

/** Sums over a window, of what is stored and of what this process has not stored yet. */
@Injectable()
export class StatsQueries {
  constructor(
    private readonly table: SliceTable,
    private readonly flusher: Flusher,
    private readonly clock: Clock,
  ) {}

  /** @throws KeywheelError unavailable while the database does not answer */
  async report(window: Window): Promise<StatsReport> {
    const to = this.clock.now();
    const grain = GRAIN[window] * 1000;
    const from = Math.floor((to - WINDOWS[window] * 1000) / grain) * grain;
    const sums = new Sums();
    try {
      await this.flusher.reading(async (unflushed) => {
        await this.table.visit(SPANS, from, (cells) => cells.forEach((cell) => sums.add(cell)));
        for (const cell of unflushed()) if (cell.start + cell.span * 1000 > from) sums.add(cell);
      });
    } catch (cause) {
      throw new KeywheelError('unavailable', 'The database does not answer.', { cause });
    }
    return { window, from, to, ...sums.report() };
  }
}

class Sums {
  readonly #totals = new Cell({ span: 0, start: 0, upstream: '', model: '', keyId: '', tokenId: '' });
  readonly #upstreams = new Breakdown(({ upstream }) => ({ upstream }));
  readonly #models = new Breakdown(({ model }) => ({ model }));
  readonly #tokens = new Breakdown(({ tokenId }) => ({ tokenId }));
  readonly #keys = new Breakdown(({ upstream, keyId }) => ({ upstream, keyId }));

  add(cell: Cell): void {
    if (cell.keyId !== '') return this.#keys.add(cell);
    this.#totals.add(cell);
    if (cell.upstream !== '') this.#upstreams.add(cell);
    if (cell.model !== '') this.#models.add(cell);
    if (cell.tokenId !== '') this.#tokens.add(cell);
  }

  report(): Omit<StatsReport, 'window' | 'from' | 'to'> {
    return {
      totals: totalsOf(this.#totals),
      byUpstream: this.#upstreams.top().map((cell) => ({ upstream: cell.upstream, ...totalsOf(cell) })),
      byModel: this.#models.top().map((cell) => ({ model: cell.model, ...totalsOf(cell) })),
      byKey: this.#keys.top().map((cell) => ({
        ...{ key: cell.keyId, upstream: cell.upstream },
        ...measuresOf(cell),
        verdicts: verdictsOf(cell),
      })),
      byToken: this.#tokens.top().map((cell) => ({ token: cell.tokenId, ...totalsOf(cell) })),
      outcomes: outcomesOf(this.#totals),
    };
  }
}
