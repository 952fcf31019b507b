interface Waiting {
  readonly dueAt: number;
  /** Absent where there is nothing to wait for any more: what it holds on to would otherwise live until it is due. */
  giveUp: (() => void) | undefined;
}

/**
 * One time-out for many answers, with one timer. When it strikes, what has arrived meanwhile is read first: a
 * process that was busy for a while must not take its own slowness for the other side's.
 */
export class Deadlines {
  private readonly waiting: Waiting[] = [];
  private first = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly milliseconds: number) {}

  /** Rejects when the answer takes too long; `late` gets an answer that comes after that. */
  async within<T>(answer: Promise<T>, late?: (value: T) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const one: Waiting = {
        dueAt: performance.now() + this.milliseconds,
        giveUp: () => reject(new Error(`no answer within ${this.milliseconds} ms`)),
      };
      this.waiting.push(one);
      this.timer ??= setTimeout(() => this.strike(), this.milliseconds).unref();
      answer.then(
        (value) => {
          if (!one.giveUp) return late?.(value);
          one.giveUp = undefined;
          resolve(value);
        },
        (error: unknown) => {
          one.giveUp = undefined;
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  private strike(): void {
    // Timers come before sockets are read, and this turn's end after.
    setImmediate(() => setImmediate(() => this.giveUp()));
  }

  private giveUp(): void {
    const now = performance.now();
    const { waiting } = this;
    while (this.first < waiting.length) {
      const one = waiting[this.first]!;
      if (one.giveUp && one.dueAt > now) break;
      one.giveUp?.();
      one.giveUp = undefined;
      this.first += 1;
    }
    waiting.splice(0, this.first);
    this.first = 0;
    const next = waiting[0];
    this.timer = next && setTimeout(() => this.strike(), Math.max(1, next.dueAt - now)).unref();
  }
}
