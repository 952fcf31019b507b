import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IndexedHeap } from './indexed-heap.js';

const step = fc.record({
  do: fc.constantFrom('add', 'remove', 'move', 'take'),
  slot: fc.nat({ max: 40 }),
  rank: fc.nat({ max: 100 }),
});

describe('IndexedHeap', () => {
  it('always knows the first, whatever is added, moved and removed', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const ranks = new Array<number>(41).fill(0);
        const before = (a: number, b: number) => ranks[a]! < ranks[b]! || (ranks[a] === ranks[b] && a < b);
        const heap = new IndexedHeap(before);
        const inside = new Set<number>();
        for (const { do: what, slot, rank } of steps) {
          if (what === 'remove') {
            heap.remove(slot);
            inside.delete(slot);
          } else if (what === 'take') {
            inside.delete(heap.first());
            heap.remove(heap.first());
          } else {
            ranks[slot] = rank;
            if (what === 'add') heap.add(slot);
            else heap.moved(slot);
            if (what === 'add') inside.add(slot);
          }
          const first = [...inside].reduce((a, b) => (a < 0 || before(b, a) ? b : a), -1);
          expect(heap.first()).toBe(first);
          expect(heap.size).toBe(inside.size);
          expect(heap.has(slot)).toBe(inside.has(slot));
        }
      }),
    );
  });

  it('copies itself', () => {
    const heap = new IndexedHeap((a, b) => a < b);
    [5, 3, 9].forEach((slot) => heap.add(slot));
    const copy = new IndexedHeap((a, b) => a < b);
    copy.copy(heap);
    copy.remove(3);
    expect([heap.first(), copy.first()]).toEqual([3, 5]);
  });
});
