import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PlacedList } from './placed-list.js';

it('a PlacedList holds what a set holds', () => {
  const step = fc.record({ who: fc.nat(5), does: fc.constantFrom('adds', 'removes', 'takes') });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const members = Array.from({ length: 6 }, () => ({ place: -1 }));
      const [list, set] = [new PlacedList<{ place: number }>(), new Set<{ place: number }>()];
      for (const { who, does } of steps) {
        const one = members[who]!;
        if (does === 'adds') set.add(one);
        if (does === 'removes') set.delete(one);
        if (does === 'adds') list.add(one);
        else if (does === 'removes') list.remove(one);
        else {
          const taken = list.takeLast();
          expect(taken !== undefined).toBe(set.size > 0);
          if (taken) expect(set.delete(taken)).toBe(true);
        }
        expect(list.size).toBe(set.size);
        expect(new Set(list.all())).toEqual(set);
        for (const other of members) expect(other.place !== -1).toBe(set.has(other));
      }
    }),
  );
});
