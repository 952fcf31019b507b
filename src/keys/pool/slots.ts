/** Gives each item a small, stable number; numbers that were given back are used again. */
export class Slots<T> {
  private readonly items: (T | undefined)[] = [];
  private readonly vacant: number[] = [];

  get size(): number {
    return this.items.length - this.vacant.length;
  }

  put(item: T): number {
    const slot = this.vacant.pop() ?? this.items.length;
    this.items[slot] = item;
    return slot;
  }

  at(slot: number): T {
    const item = this.items[slot];
    if (item === undefined) throw new RangeError(`slot ${slot} is vacant`);
    return item;
  }

  remove(slot: number): void {
    this.items[slot] = undefined;
    this.vacant.push(slot);
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const item of this.items) if (item !== undefined) yield item;
  }
}
