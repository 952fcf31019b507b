import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InTurn } from './in-turn.js';
import type { ReplyEvent } from './reply-events.js';

const open = (part: number): ReplyEvent => ({
  type: 'open',
  candidate: 0,
  part,
  kind: 'call',
  id: `c${part}`,
  name: 'f',
});
const delta = (part: number, text: string): ReplyEvent => ({ type: 'delta', candidate: 0, part, text });
const close = (part: number): ReplyEvent => ({ type: 'close', candidate: 0, part });
const finish: ReplyEvent = { type: 'finish', candidate: 0, finish: { reason: 'calls' } };

function written(events: readonly ReplyEvent[]): ReplyEvent[] {
  const inTurn = new InTurn();
  return events.flatMap((event) => [...inTurn.next(event)]);
}

describe('InTurn', () => {
  it('passes what is in turn at once', () => {
    const events = [open(0), delta(0, 'a'), close(0), open(1), delta(1, 'b'), close(1), finish];
    const inTurn = new InTurn();
    for (const event of events) expect(inTurn.next(event)).toEqual([event]);
  });

  it('lets calls that interleave follow each other', () => {
    const mixed = [open(0), open(1), delta(1, 'b'), delta(0, 'a'), close(1), delta(0, 'A'), close(0), finish];
    expect(written(mixed)).toEqual([
      open(0),
      delta(0, 'a'),
      delta(0, 'A'),
      close(0),
      open(1),
      delta(1, 'b'),
      close(1),
      finish,
    ]);
  });

  it('never has two open parts, and loses nothing', () => {
    const step = fc.tuple(fc.nat(3), fc.nat(2));
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const events = lifeOf(steps);
        const out = written(events);
        expect(new Set(out)).toEqual(new Set(events));
        let current: number | undefined;
        for (const event of out) {
          if (!('part' in event)) continue;
          if (event.type === 'open') {
            expect(current).toBeUndefined();
            current = event.part;
          }
          expect(event.part).toBe(current);
          if (event.type === 'close') current = undefined;
        }
      }),
    );
  });
});

/** Opens, tells of and closes parts in any order that a reader may. */
function lifeOf(steps: readonly (readonly [number, number])[]): ReplyEvent[] {
  const parts = new Map<number, number>();
  const events: ReplyEvent[] = [];
  let made = 0;
  for (const [slot, what] of steps) {
    let part = parts.get(slot);
    if (part === undefined) {
      parts.set(slot, (part = made++));
      events.push(open(part));
    } else if (what === 0) {
      parts.delete(slot);
      events.push(close(part));
    } else {
      events.push(delta(part, `${events.length}`));
    }
  }
  for (const part of parts.values()) events.push(close(part));
  return [...events, finish];
}
