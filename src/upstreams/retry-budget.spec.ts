import { describe, expect, it } from 'vitest';
import { RetryBudget } from './retry-budget.js';

const UP = 'upstream';

describe('RetryBudget', () => {
  it('allows three retries however few calls there are', () => {
    const budget = new RetryBudget();
    budget.began(UP);
    for (let i = 0; i < 3; i++) {
      expect(budget.mayRetry(UP)).toBe(true);
      budget.retryBegan(UP);
    }
    expect(budget.mayRetry(UP)).toBe(false);
    budget.retryEnded(UP);
    expect(budget.mayRetry(UP)).toBe(true);
  });

  it('allows a fifth of the calls in flight, per upstream', () => {
    const budget = new RetryBudget();
    for (let i = 0; i < 100; i++) budget.began(UP);
    for (let i = 0; i < 20; i++) {
      expect(budget.mayRetry(UP)).toBe(true);
      budget.retryBegan(UP);
    }
    expect(budget.mayRetry(UP)).toBe(false);
    expect(budget.mayRetry('other')).toBe(true);
    for (let i = 0; i < 50; i++) budget.ended(UP);
    for (let i = 0; i < 10; i++) budget.retryEnded(UP);
    expect(budget.mayRetry(UP)).toBe(false);
    budget.retryEnded(UP);
    expect(budget.mayRetry(UP)).toBe(true);
  });

  it('starts anew when an upstream has become idle', () => {
    const budget = new RetryBudget();
    budget.began(UP);
    budget.retryBegan(UP);
    budget.retryEnded(UP);
    budget.ended(UP);
    budget.began(UP);
    expect(budget.mayRetry(UP)).toBe(true);
  });
});
