/**
 * How much of a declared limit this instance may use: all of it while a shared state counts for everybody, or its
 * own part while each instance is on its own. The parts of all instances add up to the limit exactly, so an
 * instance may have none of a small one.
 */
export class Portion {
  private parts = 1;
  private rank = 0;
  private isPart = false;

  /** Instances seen last, and this one's place among them, from 0. */
  among(parts: number, rank: number): void {
    this.parts = Math.max(1, parts);
    this.rank = Math.max(0, Math.min(rank, this.parts - 1));
  }

  /** From now on only this instance's part. */
  divide(): void {
    this.isPart = true;
  }

  whole(): void {
    this.isPart = false;
  }

  get isDivided(): boolean {
    return this.isPart;
  }

  get instances(): number {
    return this.parts;
  }

  /** @param limit a whole number */
  of(limit: number): number {
    if (!this.isPart) return limit;
    return Math.floor(limit / this.parts) + (this.rank < limit % this.parts ? 1 : 0);
  }
}
