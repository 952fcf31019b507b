import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { Colleagues } from '../workers/colleagues.js';

/** Whether all processes of this port serve. */
@Injectable()
export class WorkerCheck {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly colleagues: Colleagues,
  ) {}

  /** False where this is the only one. */
  get isNeeded(): boolean {
    return this.colleagues.count > 1;
  }

  /** One that has ended is replaced, so a gap is a start that takes or fails. */
  async workers() {
    const indicator = this.indicators.check('workers');
    const { count, number: answeredBy } = this.colleagues;
    const { workers } = await this.colleagues.ask('health');
    const ready = workers.filter(({ isReady }) => isReady);
    const seen = workers.map(({ worker, pid, isReady, value }) =>
      isReady ? { worker, pid, ...(value as object | undefined) } : { worker, pid, state: 'starting' },
    );
    const data = { count, answeredBy, workers: seen };
    return ready.length < count ? indicator.degraded(data) : indicator.up(data);
  }
}
