import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PlacedList } from './placed-list.js';

it('a PlacedList holds what a set holds', () => {
  const step = fc.record({ who: fc.nat(5), adds: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const members = Array.from({ length: 6 }, () => ({ place: -1 }));
      const [list, set] = [new PlacedList<{ place: number }>(), new Set<{ place: number }>()];
      for (const { who, adds } of steps) {
        const one = members[who]!;
        if (adds) list.add(one);
        else list.remove(one);
        if (adds) set.add(one);
        else set.delete(one);
        expect(list.size).toBe(set.size);
        expect(new Set(list.all())).toEqual(set);
        for (const other of members) expect(other.place !== -1).toBe(set.has(other));
      }
    }),
  );
});
