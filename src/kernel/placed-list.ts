/** What may stand in a PlacedList, in one at a time. */
export interface Placed {
  /** Its place there, for the list alone; -1 where it is in none. */
  place: number;
}

/**
 * A set whose members know their places. Not a Set: one that changes with every call leaves its worn-out tables behind,
 * and one that has grown old keeps alive, until the next full garbage collection, all that came after it.
 */
export class PlacedList<T extends Placed> {
  private readonly list: T[] = [];

  get size(): number {
    return this.list.length;
  }

  /** In no order; not to be kept. */
  all(): readonly T[] {
    return this.list;
  }

  /** Nothing happens where it is in already. */
  add(one: T): void {
    if (one.place !== -1) return;
    one.place = this.list.length;
    this.list.push(one);
  }

  /** Takes out the one that came last, but for those that `remove` has moved. */
  takeLast(): T | undefined {
    const last = this.list.pop();
    if (last) last.place = -1;
    return last;
  }

  /** Nothing happens where it is not in. */
  remove(one: T): void {
    if (one.place === -1) return;
    const last = this.list.pop()!;
    if (last !== one) {
      this.list[one.place] = last;
      last.place = one.place;
    }
    one.place = -1;
  }
}
