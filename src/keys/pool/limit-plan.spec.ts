import { describe, expect, it } from 'vitest';
import { LimitPlans } from './limit-plan.js';

describe('LimitPlans', () => {
  const shared = [
    { rpm: 10, tpm: 100 },
    { models: 'm-*', rpd: 5 },
  ];

  it.each([
    [
      'the rules alone',
      [],
      [
        { pattern: '*', rpm: 10, tpm: 100 },
        { pattern: 'm-*', rpd: 5 },
      ],
    ],
    [
      'an own one for the same pattern',
      [{ rpm: 3 }],
      [
        { pattern: '*', rpm: 3 },
        { pattern: 'm-*', rpd: 5 },
      ],
    ],
    [
      '"*" is no pattern',
      [{ models: '*', rpm: 3 }],
      [
        { pattern: '*', rpm: 3 },
        { pattern: 'm-*', rpd: 5 },
      ],
    ],
    ['an own one without numbers lifts it', [{}], [{ pattern: 'm-*', rpd: 5 }]],
    [
      'several for one pattern are one',
      [
        { models: 'x', rpm: 1 },
        { models: 'x', tpm: 2 },
      ],
      [
        { pattern: '*', rpm: 10, tpm: 100 },
        { pattern: 'm-*', rpd: 5 },
        { pattern: 'x', rpm: 1, tpm: 2 },
      ],
    ],
  ])('%s', (_, own, expected) => {
    expect(new LimitPlans(shared).planFor(own).limits).toEqual(expected);
  });

  it('gives keys that declare the same the same plan', () => {
    const plans = new LimitPlans(shared);
    expect(plans.planFor([{ rpm: 1 }])).toBe(plans.planFor([{ rpm: 1 }]));
    expect(plans.planFor([{ rpm: 1 }])).not.toBe(plans.planFor([{ rpm: 2 }]));
  });

  it('picks the limits of a model', () => {
    const plan = new LimitPlans(shared).planFor([]);
    expect(plan.forModel('m-1').map(({ pattern }) => pattern)).toEqual(['*', 'm-*']);
    expect(plan.forModel('n').map(({ pattern }) => pattern)).toEqual(['*']);
    expect(plan.forModel(undefined).map(({ pattern }) => pattern)).toEqual(['*']);
  });
});
