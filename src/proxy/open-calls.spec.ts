import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Call } from './call.js';
import { OpenCalls } from './open-calls.js';

describe('OpenCalls', () => {
  it('knows exactly the calls that were added and not removed, in whatever order that happens', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), (steps) => {
        const open = new OpenCalls();
        const stopped: Call[] = [];
        const expected: Call[] = [];
        for (const step of steps) {
          if (step % 2 === 0 || expected.length === 0) {
            const call = { place: -1, stop: () => stopped.push(call) } as unknown as Call;
            open.add(call);
            expected.push(call);
          } else {
            const [call] = expected.splice(step % expected.length, 1);
            open.remove(call!);
          }
        }
        expect(open.size).toBe(expected.length);
        open.stop();
        expect(new Set(stopped)).toEqual(new Set(expected));
      }),
    );
  });
});
