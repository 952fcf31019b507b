/** Where the time comes from, so that tests can set it. Milliseconds since the Unix epoch. */
export abstract class Clock {
  abstract now(): number;
}

export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }
}

/** A clock that stands still until it is told otherwise. */
export class ManualClock extends Clock {
  constructor(private at = 0) {
    super();
  }

  now(): number {
    return this.at;
  }

  advance(ms: number): void {
    this.at += ms;
  }

  set(at: number): void {
    this.at = at;
  }
}
