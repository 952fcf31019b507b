import { Injectable } from '@nestjs/common';
import { AggregatorRegistry, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { VERSION } from '../../config/version.js';
import { Colleagues } from '../../workers/colleagues.js';
import { CallMetrics } from './call-metrics.js';
import { isSnapshot, type Snapshot } from './snapshot.js';
import { StateMetrics } from './state-metrics.js';

/**
 * Everything that Prometheus may read, in its text format, summed over all workers. Labels are names of
 * configuration and codes of small sets; ids of keys and tokens are none, there are too many.
 */
@Injectable()
export class MetricsPage {
  readonly #registry = new Registry();

  constructor(
    calls: CallMetrics,
    private readonly states: StateMetrics,
    private readonly colleagues: Colleagues,
  ) {
    calls.register(this.#registry);
    states.register(this.#registry);
    collectDefaultMetrics({ register: this.#registry });
    new Gauge({
      name: 'keywheel_build_info',
      help: 'The version that runs; always 1.',
      labelNames: ['version', 'node'],
      aggregator: 'first',
      registers: [this.#registry],
    }).set({ version: VERSION, node: process.versions.node }, 1);
    new Gauge({
      name: 'keywheel_workers',
      help: 'Processes that serve this port.',
      registers: [this.#registry],
    }).set(1);
    colleagues.onAsked('metrics', () => this.#snapshot());
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async text(): Promise<string> {
    if (this.colleagues.count === 1) {
      await this.states.refresh();
      return this.#registry.metrics();
    }
    const { workers, remains } = await this.colleagues.ask('metrics');
    const snapshots = [...workers.map(({ value }) => value), remains].filter(isSnapshot);
    return AggregatorRegistry.aggregate(snapshots).metrics();
  }

  async #snapshot(): Promise<Snapshot> {
    await this.states.refresh();
    return this.#registry.getMetricsAsJSON();
  }
}
