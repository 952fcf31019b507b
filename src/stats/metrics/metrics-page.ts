import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { VERSION } from '../../config/version.js';
import { CallMetrics } from './call-metrics.js';
import { StateMetrics } from './state-metrics.js';

/**
 * Everything that Prometheus may read, in its text format. Labels are names of configuration and codes of
 * small sets; ids of keys and tokens are none, there are too many.
 */
@Injectable()
export class MetricsPage {
  readonly #registry = new Registry();

  constructor(
    private readonly calls: CallMetrics,
    private readonly states: StateMetrics,
  ) {
    calls.register(this.#registry);
    states.register(this.#registry);
    collectDefaultMetrics({ register: this.#registry });
    new Gauge({
      name: 'keywheel_build_info',
      help: 'The version that runs; always 1.',
      labelNames: ['version', 'node'],
      registers: [this.#registry],
    }).set({ version: VERSION, node: process.versions.node }, 1);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async text(): Promise<string> {
    await this.states.refresh();
    return (await this.#registry.metrics()) + this.calls.histograms();
  }
}
