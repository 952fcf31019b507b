import { Batch } from '../kernel/batch.js';
import { KeywheelError } from '../kernel/errors.js';
import { breakOff } from './break-off.js';
import type { Call, Stoppable } from './call.js';
import type { Exchange, Sink } from './exchange.js';
import type { ReplyRules } from './plan.js';
import { Pacer } from './smoothing/pacer.js';
import type { FindText } from './smoothing/text-event.js';

/**
 * How the relaying of an answer ended. `broken`: the upstream broke, or ended without its protocol's end, after
 * bytes were out · `stopped`: the client left, or the time to drain was up.
 */
export type Ending = 'complete' | 'broken' | 'stopped';

/**
 * Sends an opened answer to the client: what was held first, then the rest as it comes, never faster than the
 * client reads. A break after the first byte is told in the protocol's own event and ends with the socket
 * destroyed: a clean end would look complete to every SDK.
 */
export function relay(
  call: Call,
  exchange: Exchange,
  headers: string[],
  rules: ReplyRules,
  findText?: FindText,
): Promise<Ending> {
  // Heartbeats went out under a head of their own.
  if (!call.res.headersSent) call.res.writeHead(exchange.status, headers);
  if (exchange.ended && endsWell(call, exchange)) {
    call.firstByteLeft();
    return new Promise((resolve, reject) => ending.add({ call, exchange, resolve, reject }));
  }
  const pacer = findText && call.streamed ? new Pacer(findText, (bytes) => call.res.write(bytes)) : undefined;
  return new Promise((resolve) => new Relay(call, exchange, rules, resolve, pacer).start());
}

/** Of an event stream the proper end must have been seen; anything else ends as HTTP says. */
function endsWell(call: Call, exchange: Exchange): boolean {
  return !call.streamed || exchange.watch?.complete !== false;
}

/** Up to so many bytes to copy them costs less than to send two pieces. */
const ONE_PIECE = 16 * 1024;

interface Whole {
  readonly call: Call;
  readonly exchange: Exchange;
  readonly resolve: (ending: Ending) => void;
  readonly reject: (cause: unknown) => void;
}

/** Whole answers leave when all that were judged together are ready. */
const ending = new Batch<Whole>(({ call, exchange, resolve, reject }) => {
  try {
    endAtOnce(call, exchange);
    resolve('complete');
  } catch (cause) {
    reject(cause);
  }
}, queueMicrotask);

/** A complete small answer leaves in one piece with its head, which Node joins with a text only: one byte a letter. */
function endAtOnce({ res }: Call, { held, letters }: Exchange): void {
  const bytes = held.length > 1 ? Buffer.concat(held) : held[0];
  if (!bytes) res.end();
  else if (bytes.length > ONE_PIECE) res.end(bytes);
  else res.end(letters.of(bytes), 'latin1');
}

class Relay implements Sink, Stoppable {
  constructor(
    private readonly call: Call,
    private readonly exchange: Exchange,
    private readonly rules: ReplyRules,
    private readonly resolve: (ending: Ending) => void,
    private readonly pacer: Pacer | undefined,
  ) {}

  start(): void {
    const { res } = this.call;
    this.call.onStop(this);
    let free = true;
    for (const chunk of this.exchange.held) free = this.data(chunk);
    if (this.exchange.held.length === 0) res.flushHeaders();
    if (free) this.flow();
    else res.once('drain', this.flow);
  }

  data(chunk: Buffer): boolean {
    this.call.firstByteLeft();
    return this.pacer ? this.pacer.take(chunk) : this.call.res.write(chunk);
  }

  end(): void {
    if (!endsWell(this.call, this.exchange)) return this.fail();
    this.pacer?.flush();
    this.call.res.end();
    this.finish('complete');
  }

  fail(): void {
    if (this.call.stopped === 'gone') return this.finish('stopped');
    this.pacer?.flush();
    breakOff(this.call.res, this.lastWords());
    this.finish(this.call.stopped ? 'stopped' : 'broken');
  }

  /** A client that was told already gets an empty line, with which what it was told leaves before the socket goes. */
  private lastWords(): string {
    if (this.exchange.watch?.told) return '\n';
    return this.call.streamed ? this.rules.breakEvent(breakError(this.call), this.call.id) : '';
  }

  private readonly flow = (): void => {
    this.pacer?.drained();
    this.call.res.on('drain', this.resume);
    this.exchange.flow(this);
  };

  private readonly resume = (): void => {
    this.pacer?.drained();
    this.exchange.resume();
  };

  /** Ends the upstream's part at once; a client that is still there learns of it like of any other break. */
  stop(): void {
    this.exchange.stop();
    this.fail();
  }

  private finish(ending: Ending): void {
    this.pacer?.stop();
    this.call.onStop(undefined);
    this.call.res.off('drain', this.resume);
    this.call.res.off('drain', this.flow);
    this.resolve(ending);
  }
}

function breakError(call: Call): KeywheelError {
  return call.stopped === 'draining'
    ? new KeywheelError('draining', 'Keywheel is shutting down; the answer is not complete.')
    : new KeywheelError('upstream_broken', 'The upstream broke off; the answer is not complete.');
}
