import { Injectable } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { UpstreamTotals } from '../call-totals.js';
import { ATTEMPT } from '../cell.js';
import type { Histogram } from '../histogram.js';
import { Recorder } from '../recorder.js';
import { registerHistogram } from './exposition.js';

/** What grows by upstream alone. */
const BY_UPSTREAM: readonly (readonly [
  name: string,
  help: string,
  of: (totals: UpstreamTotals) => number,
])[] = [
  ['keywheel_failovers_total', 'Attempts after the first of their call.', (t) => t.failovers],
  ['keywheel_waits_total', 'Calls that waited for a key.', (t) => t.waits],
  ['keywheel_wait_seconds_total', 'Time that calls waited for a key.', (t) => t.waitedMs / 1000],
  ['keywheel_cost_dollars_total', 'Cost by the setting prices, in US dollars.', (t) => t.cost],
];

/**
 * What the recorder counted, in Prometheus's words. The numbers are fetched when they are asked for, so a
 * call pays nothing for them.
 */
@Injectable()
export class CallMetrics {
  constructor(private readonly recorder: Recorder) {}

  register(registry: Registry): void {
    this.#calls(registry);
    this.#attempts(registry);
    this.#tokens(registry);
    this.#histograms(registry);
    for (const [name, help, of] of BY_UPSTREAM) {
      this.#counter(registry, { name, help, labelNames: ['upstream'] }, (counter, upstream, totals) =>
        counter.inc({ upstream }, of(totals)),
      );
    }
    const recorder = this.recorder;
    new Gauge({
      name: 'keywheel_calls_in_flight',
      help: 'Calls that have begun and not ended.',
      registers: [registry],
      collect() {
        this.set(recorder.inFlight);
      },
    });
  }

  #histograms(registry: Registry): void {
    const of = (pick: (totals: UpstreamTotals) => { histogram: Histogram; sumMs: number }) => () =>
      [...this.recorder.totals].map(([upstream, totals]) => ({ labels: { upstream }, ...pick(totals) }));
    registerHistogram(
      registry,
      { name: 'keywheel_call_duration_seconds', help: 'From the call to the end of its answer.' },
      of((totals) => ({ histogram: totals.latency, sumMs: totals.latencyMs })),
    );
    registerHistogram(
      registry,
      { name: 'keywheel_first_byte_seconds', help: 'From the call to the first byte of its answer.' },
      of((totals) => ({ histogram: totals.firstByte, sumMs: totals.firstByteMs })),
    );
  }

  #calls(registry: Registry): void {
    const what = { name: 'keywheel_calls_total', help: 'Calls that have ended.' };
    this.#counter(
      registry,
      { ...what, labelNames: ['upstream', 'outcome', 'status'] },
      (counter, upstream, totals) => {
        for (const [outcome, statuses] of totals.calls) {
          statuses.forEach((calls, hundreds) => {
            if (calls > 0)
              counter.inc({ upstream, outcome, status: hundreds === 0 ? 'other' : `${hundreds}xx` }, calls);
          });
        }
      },
    );
  }

  #attempts(registry: Registry): void {
    const what = { name: 'keywheel_attempts_total', help: 'Attempts by the reason of their verdict.' };
    this.#counter(registry, { ...what, labelNames: ['upstream', 'reason'] }, (counter, upstream, totals) =>
      totals.attempts.each((word, times) => {
        counter.inc(
          { upstream, reason: word.startsWith(ATTEMPT) ? word.slice(ATTEMPT.length) : word },
          times,
        );
      }),
    );
  }

  #tokens(registry: Registry): void {
    const what = {
      name: 'keywheel_tokens_total',
      help: 'Tokens that upstreams reported; cached ones are input too.',
    };
    this.#counter(registry, { ...what, labelNames: ['upstream', 'kind'] }, (counter, upstream, totals) => {
      counter.inc({ upstream, kind: 'input' }, totals.inputTokens);
      counter.inc({ upstream, kind: 'output' }, totals.outputTokens);
      counter.inc({ upstream, kind: 'cached' }, totals.cachedTokens);
    });
  }

  #counter(
    registry: Registry,
    what: { name: string; help: string; labelNames: string[] },
    fill: (counter: Counter, upstream: string, totals: UpstreamTotals) => void,
  ): void {
    const { recorder } = this;
    new Counter({
      ...what,
      registers: [registry],
      collect() {
        this.reset();
        for (const [upstream, sums] of recorder.totals) fill(this, upstream, sums);
      },
    });
  }
}
