/**
 * Gives each item a small, stable number; numbers that were given back are used again. The first item lies in the
 * object itself: a pool has thousands of these with one item each.
 */
export class Slots<T> {
  private first: T | undefined;
  /** From the second one on. */
  private others: (T | undefined)[] | undefined;
  private vacant: number[] | undefined;
  private count = 0;

  get size(): number {
    return this.count;
  }

  put(item: T): number {
    const slot = this.vacant?.pop() ?? this.count;
    this.count += 1;
    this.place(slot, item);
    return slot;
  }

  at(slot: number): T {
    const item = slot === 0 ? this.first : this.others?.[slot - 1];
    if (item === undefined) throw new RangeError(`slot ${slot} is vacant`);
    return item;
  }

  remove(slot: number): void {
    this.count -= 1;
    this.place(slot, undefined);
    (this.vacant ??= []).push(slot);
  }

  *[Symbol.iterator](): Iterator<T> {
    if (this.first !== undefined) yield this.first;
    for (const item of this.others ?? []) if (item !== undefined) yield item;
  }

  private place(slot: number, item: T | undefined): void {
    if (slot === 0) this.first = item;
    else (this.others ??= [])[slot - 1] = item;
  }
}
