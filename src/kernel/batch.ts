/**
 * Work that many calls have at once, done for all of them in a row. A processor that does the same again has code and
 * data at hand; one that takes each call its whole way fetches both anew for every call.
 */
export class Batch<T> {
  private gathered: T[] = [];

  /**
   * @param work must not throw: what is behind it would be lost
   * @param schedule calls back soon, and once
   */
  constructor(
    private readonly work: (item: T) => void,
    private readonly schedule: (run: () => void) => void,
  ) {}

  add(item: T): void {
    if (this.gathered.push(item) === 1) this.schedule(this.run);
  }

  private readonly run = (): void => {
    const { gathered } = this;
    this.gathered = [];
    for (const item of gathered) this.work(item);
  };
}
