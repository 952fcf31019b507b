import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SoonestFirst } from './soonest-first.js';

describe('SoonestFirst', () => {
  it('hands out what is due, in order of time, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 50 })), fc.nat({ max: 50 }), (times, now) => {
        const queue = new SoonestFirst<{ at: number }>();
        times.forEach((at) => queue.add(at, { at }));
        const taken: number[] = [];
        for (let item = queue.takeDue(now); item; item = queue.takeDue(now)) taken.push(item.at);
        expect(taken).toEqual(times.filter((at) => at <= now).sort((a, b) => a - b));
      }),
    );
  });
});
