import type { Call } from './call.js';
import type { Exchange, Sink } from './exchange.js';

/** How the relaying of an answer ended. */
export type Ending =
  | { readonly kind: 'complete' }
  /** The upstream broke, or ended without its protocol's end, after bytes were out. */
  | { readonly kind: 'broken' }
  /** The client left, or the time to drain was up. */
  | { readonly kind: 'stopped' };

export interface Head {
  readonly status: number;
  /** Flat list of names and values. */
  readonly headers: string[];
}

export interface RelayRules {
  /** The answer is an event stream, whose proper end must have been seen. */
  readonly events: boolean;
  /** The event that tells of a break; written before the socket is destroyed. */
  breakEvent(): string;
}

/**
 * Sends an opened answer to the client: what was held first, then the rest as it comes, never faster than the
 * client reads. A break after the first byte is told in the protocol's own event and ends with the socket
 * destroyed: a clean end would look complete to every SDK.
 */
export function relay(call: Call, exchange: Exchange, head: Head, rules: RelayRules): Promise<Ending> {
  call.res.writeHead(head.status, head.headers);
  if (exchange.ended && endsWell(exchange, rules)) {
    call.firstByteLeft();
    endAtOnce(call, exchange.held);
    return Promise.resolve({ kind: 'complete' });
  }
  return new Promise((resolve) => new Relay(call, exchange, rules, resolve).start());
}

function endsWell(exchange: Exchange, rules: RelayRules): boolean {
  return !rules.events || exchange.watch?.complete !== false;
}

/** A complete small answer goes out in one write with its head. */
function endAtOnce(call: Call, held: readonly Buffer[]): void {
  if (held.length === 0) call.res.end();
  else call.res.end(held.length === 1 ? held[0] : Buffer.concat(held));
}

class Relay implements Sink {
  constructor(
    private readonly call: Call,
    private readonly exchange: Exchange,
    private readonly rules: RelayRules,
    private readonly resolve: (ending: Ending) => void,
  ) {}

  start(): void {
    const { res } = this.call;
    this.call.onStop(() => this.stopped());
    let free = true;
    for (const chunk of this.exchange.held) free = this.data(chunk);
    if (this.exchange.held.length === 0) res.flushHeaders();
    if (free) this.flow();
    else res.once('drain', this.flow);
  }

  data(chunk: Buffer): boolean {
    this.call.firstByteLeft();
    return this.call.res.write(chunk);
  }

  end(): void {
    if (!endsWell(this.exchange, this.rules)) return this.fail();
    this.call.res.end();
    this.finish({ kind: 'complete' });
  }

  fail(): void {
    if (this.call.stopped === 'gone') return this.finish({ kind: 'stopped' });
    const { res } = this.call;
    if (this.rules.events) res.write(this.rules.breakEvent(), () => res.destroy());
    else res.destroy();
    this.finish({ kind: this.call.stopped ? 'stopped' : 'broken' });
  }

  private readonly flow = (): void => {
    this.call.res.on('drain', this.resume);
    this.exchange.flow(this);
  };

  private readonly resume = (): void => this.exchange.resume();

  /** Ends the upstream's part at once; a client that is still there learns of it like of any other break. */
  private stopped(): void {
    this.exchange.abort(new Error('call stopped'));
    this.fail();
  }

  private finish(ending: Ending): void {
    this.call.onStop(undefined);
    this.call.res.off('drain', this.resume);
    this.call.res.off('drain', this.flow);
    this.resolve(ending);
  }
}
