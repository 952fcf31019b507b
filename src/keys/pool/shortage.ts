import { IndexedHeap, nextCapacity } from './indexed-heap.js';

/**
 * Entries at rest because a call needed more tokens than they have left. They rest for calls of that size and
 * above; a smaller call may look at them again, the most demanding rest first.
 */
export class Shortage {
  private needed = new Float64Array(0);
  private readonly heap = new IndexedHeap((a, b) => this.needed[a]! > this.needed[b]!);

  add(slot: number, needed: number): void {
    if (slot >= this.needed.length) {
      const grown = new Float64Array(nextCapacity(this.needed.length, slot + 1));
      grown.set(this.needed);
      this.needed = grown;
    }
    this.heap.remove(slot);
    this.needed[slot] = needed;
    this.heap.add(slot);
  }

  remove(slot: number): void {
    this.heap.remove(slot);
  }

  /** An entry that may have enough for a call of so many tokens, or -1. */
  firstAbove(tokens: number): number {
    const slot = this.heap.first();
    return slot >= 0 && this.needed[slot]! > tokens ? slot : -1;
  }

  copy(other: Shortage): void {
    this.needed = other.needed.slice();
    this.heap.copy(other.heap);
  }
}
