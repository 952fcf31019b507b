import { Client, errors, type Dispatcher } from 'undici';
import { type Placed, PlacedList } from '../kernel/placed-list.js';

/** Carries one call at a time. It is dialled when the first comes. No heir of Client: V8 reads those more slowly. */
class Connection implements Placed {
  place = -1;
  constructor(readonly client: Client) {}
}

/**
 * Connections to one origin, as many as there are calls at once. A call takes the one that was free last, which is warm
 * and leaves the others to be closed for want of use. Where thousands of streams are open this costs what it costs with
 * one: undici's own pool looks through all that are busy, for each call (ADR 17).
 */
export class Connections {
  private readonly all = new Set<Connection>();
  private readonly free = new PlacedList<Connection>();
  private isClosed = false;

  /** @param origin `scheme://host[:port]` */
  constructor(
    private readonly origin: string,
    private readonly options: Client.Options,
  ) {}

  /** How many there are, with and without a call. */
  get size(): number {
    return this.all.size;
  }

  get isIdle(): boolean {
    return this.free.size === this.all.size;
  }

  /**
   * Sends a call; what becomes of it the handler is told, also where it is none that can be sent.
   * @throws ClientClosedError after `close` and `destroy`
   */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    if (this.isClosed) throw new errors.ClientClosedError();
    const connection = this.free.takeLast() ?? this.open();
    const { client } = connection;
    if (client.dispatch(options, handler)) this.free.add(connection);
    // Nothing is in it that could end: the call was refused.
    else if (client.stats.size === 0) this.drop(connection);
  }

  /** Resolves when the calls that are under way have ended. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.all].map(({ client }) => client.close()));
  }

  /** Ends them. */
  async destroy(why: Error): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.all].map(({ client }) => client.destroy(why)));
  }

  private open(): Connection {
    const connection = new Connection(new Client(this.origin, this.options));
    this.all.add(connection);
    connection.client
      .on('drain', () => this.freed(connection))
      .on('disconnect', () => this.drop(connection))
      .on('connectionError', () => this.drop(connection));
    return connection;
  }

  /** After an abort undici says so before it says that the socket is gone. */
  private freed(connection: Connection): void {
    const { closed, stats } = connection.client;
    if (closed) return;
    if (stats.connected) this.free.add(connection);
    else this.drop(connection);
  }

  /**
   * One without a socket would have to dial anew, where others are warm. A call that waits in it is still sent, and it
   * ends with that.
   */
  private drop(connection: Connection): void {
    this.all.delete(connection);
    this.free.remove(connection);
    // The callback is told where it is closed already; a promise would be broken.
    connection.client.close(() => undefined);
  }
}
