import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { KeywheelError } from '../kernel/errors.js';
import { Lifecycle } from '../kernel/lifecycle.js';
import { Settings } from '../settings/settings.js';
import { BodyRoom } from './body-room.js';
import type { Call } from './call.js';
import { LoopGuard } from './loop-guard.js';
import { WaitingLine } from './waiting-line.js';

/** What one call may take beside others, with a body of some size: the measured 30 KiB of a stream and room. */
const BYTES_OF_A_CALL = 256 * 1024;
const FEWEST = 500;
const MOST = 50_000;

/** How many calls at once this machine's free memory bears, shared by so many processes, half of it left alone. */
export function callsFor(bytes: number, processes: number): number {
  const fitting = Math.floor(bytes / 2 / processes / BYTES_OF_A_CALL);
  return Math.min(MOST, Math.max(FEWEST, fitting));
}

/**
 * Whether new calls are welcome: not while this process ends, nor while it has more to do than it can. To refuse
 * some at once is better than to be late with all.
 */
@Injectable()
export class Admission {
  private readonly bearable: number;
  private readonly line = new WaitingLine();

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly settings: Settings,
    private readonly loops: LoopGuard,
    private readonly bodies: BodyRoom,
    config: Config,
  ) {
    this.bearable = callsFor(process.availableMemory(), config.workers);
  }

  /**
   * Why a call is not welcome, if it is not: draining, overloaded or loop_detected. An answer, since a throw would be a
   * twentieth of what a refusal costs.
   * @param open running calls, the new one included
   */
  refusal(open: number, req: IncomingMessage): KeywheelError | undefined {
    if (this.lifecycle.state === 'draining') return draining();
    const { maxOpenCalls, maxDelayMs } = this.settings.values;
    if (open > (maxOpenCalls || this.bearable)) return OVERLOADED;
    if (maxDelayMs > 0 && this.line.waitMs > maxDelayMs) return OVERLOADED;
    return this.loops.refusal(req);
  }

  /** When a call that is welcome may go on. */
  turn(): Promise<void> {
    return this.line.turn();
  }

  /** It has ended: the room of its body is another's. */
  left(call: Call): void {
    this.bodies.free(call);
  }
}

export function draining(): KeywheelError {
  return new KeywheelError('draining', 'Keywheel is shutting down; send this to another instance or again.', {
    retryAfterMs: 1000,
  });
}

/** One for all: to find out where each was made would be the dearest part of a refusal. */
const OVERLOADED = new KeywheelError(
  'overloaded',
  'Keywheel has more to do than it can; try again in a moment.',
  { retryAfterMs: 1000 },
);
