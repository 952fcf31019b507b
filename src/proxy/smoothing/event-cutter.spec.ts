import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EventCutter } from './event-cutter.js';

const EVENTS = [
  'data: {"a":"ä😀"}\n\n',
  'event: x\r\ndata: 1\r\n\r\n',
  'data: 1\rdata: 2\r\r',
  ': a comment\n\n',
  'id: 7\nretry: 10\ndata: one\ndata: two\n\n',
];

function cutInto(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place));
}

it('cuts where events end', () => {
  const cutter = new EventCutter();
  const whole = Buffer.from(`${EVENTS.join('')}data: rest`);
  expect(cutter.cut(whole).map(String)).toEqual(EVENTS);
  expect(String(cutter.rest())).toBe('data: rest');
  expect(cutter.rest()).toHaveLength(0);
});

it('loses and changes no byte, however the chunks are cut', () => {
  const stream = fc.array(fc.constantFrom(...EVENTS), { maxLength: 8 });
  fc.assert(
    fc.property(stream, fc.array(fc.nat(), { maxLength: 20 }), (events, cuts) => {
      const cutter = new EventCutter();
      const bytes = Buffer.from(events.join(''));
      const out = cutInto(bytes, cuts).flatMap((chunk) => cutter.cut(chunk));
      expect(Buffer.concat([...out, cutter.rest()]).equals(bytes)).toBe(true);
    }),
  );
});

it('keeps nobody waiting for the end of a comment', () => {
  const cutter = new EventCutter();
  expect(cutter.cut(Buffer.from(': alive\n')).map(String)).toEqual([': alive\n']);
  expect(cutter.cut(Buffer.from('data: 1\n'))).toEqual([]);
});

it('lets what is too long pass in parts', () => {
  const cutter = new EventCutter();
  expect(cutter.cut(Buffer.alloc(2 * 1024 * 1024, 'x'))).toHaveLength(1);
  expect(cutter.rest()).toHaveLength(0);
});
