const SMALLEST = 4;

/**
 * Binary heap of small integers (slots) that knows where each slot lies, so that any of them can be moved or
 * taken out in O(log n). The order is asked of `before` and may change for one slot at a time, with `moved`.
 */
export class IndexedHeap {
  private order = new Int32Array(0);
  /** Place in `order` plus one; 0 means absent. */
  private place = new Int32Array(0);
  private count = 0;

  constructor(private readonly before: (a: number, b: number) => boolean) {}

  get size(): number {
    return this.count;
  }

  /** The first slot, or -1. */
  first(): number {
    return this.count > 0 ? this.order[0]! : -1;
  }

  has(slot: number): boolean {
    return slot < this.place.length && this.place[slot]! > 0;
  }

  add(slot: number): void {
    if (this.has(slot)) return this.moved(slot);
    if (slot >= this.place.length) this.place = grown(this.place, slot + 1);
    if (this.count >= this.order.length) this.order = grown(this.order, this.count + 1);
    this.count += 1;
    this.rise(this.count - 1, slot);
  }

  remove(slot: number): void {
    if (!this.has(slot)) return;
    const at = this.place[slot]! - 1;
    this.place[slot] = 0;
    this.count -= 1;
    if (at === this.count) return;
    const last = this.order[this.count]!;
    this.order[at] = last;
    this.place[last] = at + 1;
    this.moved(last);
  }

  /** The order of this slot changed. */
  moved(slot: number): void {
    if (!this.has(slot)) return;
    const at = this.place[slot]! - 1;
    if (at > 0 && this.before(slot, this.order[(at - 1) >> 1]!)) this.rise(at, slot);
    else this.sink(at, slot);
  }

  /** Takes over another heap's slots, as they lie. */
  copy(other: IndexedHeap): void {
    this.order = other.order.slice();
    this.place = other.place.slice();
    this.count = other.count;
  }

  private rise(from: number, slot: number): void {
    const { order, place } = this;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = order[parent]!;
      if (!this.before(slot, above)) break;
      order[at] = above;
      place[above] = at + 1;
      at = parent;
    }
    order[at] = slot;
    place[slot] = at + 1;
  }

  /** To the end of the heap and up again: nearly all that sink are last, and so one comparison a level is enough. */
  private sink(from: number, slot: number): void {
    const { order, place, count } = this;
    let at = from;
    for (let child = 2 * at + 1; child < count; child = 2 * at + 1) {
      if (child + 1 < count && this.before(order[child + 1]!, order[child]!)) child += 1;
      const below = order[child]!;
      order[at] = below;
      place[below] = at + 1;
      at = child;
    }
    this.rise(at, slot);
  }
}

function grown(old: Int32Array<ArrayBuffer>, least: number): Int32Array<ArrayBuffer> {
  const next = new Int32Array(nextCapacity(old.length, least));
  next.set(old);
  return next;
}

/** Half as much again, so that lanes of many keys do not hold twice the memory they need. */
export function nextCapacity(current: number, least: number): number {
  return Math.max(SMALLEST, least, Math.ceil(current * 1.5));
}
