import { describe, expect, it } from 'vitest';
import { Deadlines } from './deadlines.js';

const never = new Promise<string>(() => undefined);
const after = (ms: number, value: string) =>
  new Promise<string>((resolve) => setTimeout(() => resolve(value), ms));

describe('deadlines', () => {
  it('pass on what comes in time, and errors', async () => {
    const deadlines = new Deadlines(1_000);
    expect(await deadlines.within(Promise.resolve('a'))).toBe('a');
    await expect(deadlines.within(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });

  it('give up on what does not, and hand it over when it comes late', async () => {
    const deadlines = new Deadlines(10);
    const late: string[] = [];
    const slow = deadlines.within(after(60, 'slow'), (value) => late.push(value));
    await expect(slow).rejects.toThrow('no answer within 10 ms');
    await expect(deadlines.within(never)).rejects.toThrow('no answer');
    await expect.poll(() => late).toEqual(['slow']);
  });

  it('do not take the own process being busy for a slow answer', async () => {
    const deadlines = new Deadlines(20);
    const answer = deadlines.within(new Promise<string>((resolve) => setImmediate(() => resolve('here'))));
    const end = performance.now() + 60;
    while (performance.now() < end);
    expect(await answer).toBe('here');
  });
});
