import type { CallRecord } from './call-record.js';
import type { Measured } from './cell.js';
import { Histogram } from './histogram.js';
import { Tallies } from './tallies.js';

/** Running totals of one upstream since the process began, for Prometheus. */
export class UpstreamTotals {
  /** By outcome, then by the hundreds of the status (slot 0: none of 1xx to 5xx). */
  readonly calls = new Map<string, Float64Array>();
  /** Attempts by the verdict's reason. */
  readonly attempts = new Tallies();
  readonly latency = new Histogram();
  readonly firstByte = new Histogram();
  latencyMs = 0;
  firstByteMs = 0;
  failovers = 0;
  waits = 0;
  waitedMs = 0;
  inputTokens = 0;
  outputTokens = 0;
  cachedTokens = 0;
  cost = 0;

  call(record: CallRecord, measured: Measured): void {
    let statuses = this.calls.get(measured.outcome);
    if (!statuses) this.calls.set(measured.outcome, (statuses = new Float64Array(6)));
    const hundreds = (record.status / 100) | 0;
    statuses[hundreds > 0 && hundreds < 6 ? hundreds : 0]! += 1;
    this.latency.count(measured.latency);
    this.latencyMs += record.durationMs;
    if (measured.firstByte >= 0) {
      this.firstByte.count(measured.firstByte);
      this.firstByteMs += record.firstByteMs!;
    }
    if (record.attempts > 1) this.failovers += record.attempts - 1;
    if (record.waitedMs > 0) {
      this.waits += 1;
      this.waitedMs += record.waitedMs;
    }
    this.inputTokens += measured.inputTokens;
    this.outputTokens += measured.outputTokens;
    this.cachedTokens += measured.cachedTokens;
    this.cost += measured.cost;
  }
}
