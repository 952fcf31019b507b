import type { Call } from './call.js';

/**
 * The calls that are running. A list with places rather than a Set: a Set that changes with every call leaves its
 * worn-out tables behind, and one that has grown old keeps alive, until the next full garbage collection, all
 * calls that came after it.
 */
export class OpenCalls {
  private readonly calls: Call[] = [];

  get size(): number {
    return this.calls.length;
  }

  all(): readonly Call[] {
    return this.calls;
  }

  add(call: Call): void {
    call.place = this.calls.length;
    this.calls.push(call);
  }

  remove(call: Call): void {
    const last = this.calls.pop()!;
    if (last === call) return;
    this.calls[call.place] = last;
    last.place = call.place;
  }

  /** Ends what is still running, as a break of the upstream would end it. */
  stop(): void {
    for (const call of [...this.calls]) call.stop('draining');
  }
}
