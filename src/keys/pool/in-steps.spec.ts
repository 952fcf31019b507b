import { describe, expect, it } from 'vitest';
import { inSteps } from './in-steps.js';

describe('inSteps', () => {
  it('does a few items at once, and many in their order', async () => {
    const seen: number[][] = [];
    const see = (some: readonly number[]) => seen.push([...some]) > 0;
    expect(inSteps([1, 2], see, 2)).toBeUndefined();
    expect(seen).toEqual([[1, 2]]);
    const others = inSteps([3, 4, 5, 6, 7], see, 2);
    expect(seen.at(-1)).toEqual([3, 4]);
    await others;
    expect(seen).toEqual([[1, 2], [3, 4], [5, 6], [7]]);
  });

  it('stops where the work says so', async () => {
    const seen: number[] = [];
    await inSteps([1, 2, 3, 4], ([n = 0]) => seen.push(n) < 2, 1);
    expect(seen).toEqual([1, 2]);
  });
});
