import { PlacedList } from '../kernel/placed-list.js';
import type { Call } from './call.js';

/** The calls that are running. */
export class OpenCalls extends PlacedList<Call> {
  /** Ends what is still running, as a break of the upstream would end it. */
  stop(): void {
    for (const call of [...this.all()]) call.stop('draining');
  }
}
