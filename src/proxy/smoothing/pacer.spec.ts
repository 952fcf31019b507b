import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pacer } from './pacer.js';
import type { FindText } from './text-event.js';

/** Events that hold nothing but a JSON string are text. */
const findText: FindText = (event) => {
  const text = /^data: (".*")\n\n$/.exec(event)?.[1];
  return text === undefined ? undefined : { head: 'data: ', text: JSON.parse(text) as string, tail: '\n\n' };
};
const text = (value: string) => Buffer.from(`data: ${JSON.stringify(value)}\n\n`);
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

let writes: string[];
let room: boolean;
let pacer: Pacer;

beforeEach(() => {
  vi.useFakeTimers();
  writes = [];
  room = true;
  pacer = new Pacer(findText, (bytes) => {
    writes.push(String(bytes));
    return room;
  });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function read(): string {
  return [...writes.join('').matchAll(/data: (".*")\n\n/g)]
    .map(([, literal]) => JSON.parse(literal!) as string)
    .join('');
}

/** Bursts of the alphabet, 200 ms apart. */
function bursts(count: number): void {
  for (let n = 0; n < count; n++) {
    pacer.take(text(ALPHABET));
    vi.advanceTimersByTime(200);
  }
}

describe('Pacer', () => {
  it('lets the first burst pass at once, to the byte', () => {
    expect(pacer.take(text(ALPHABET))).toBe(true);
    expect(writes).toEqual([String(text(ALPHABET))]);
  });

  it('spreads later ones over the time until the next', () => {
    bursts(2);
    writes = [];
    pacer.take(text(ALPHABET));
    const [first] = writes;
    expect(read().length).toBeLessThan(8);
    vi.advanceTimersByTime(100);
    expect(read().length).toBeGreaterThan(10);
    expect(read().length).toBeLessThan(30);
    vi.advanceTimersByTime(90);
    expect(read()).toBe(ALPHABET);
    expect(writes.length).toBeGreaterThan(5);
    expect(first).toMatch(/^data: "[a-z]+"\n\n$/);
  });

  it('leaves alone what is fine already', () => {
    for (let n = 0; n < 20; n++) {
      pacer.take(text('abcd'));
      vi.advanceTimersByTime(20);
    }
    expect(writes).toEqual(Array.from({ length: 20 }, () => String(text('abcd'))));
  });

  it('holds nothing back behind which something else has come', () => {
    bursts(2);
    writes = [];
    pacer.take(Buffer.concat([text(ALPHABET), Buffer.from('event: tool\ndata: {}\n\n'), text(ALPHABET)]));
    const out = writes.join('');
    expect(out.startsWith(`${String(text(ALPHABET))}event: tool\ndata: {}\n\n`)).toBe(true);
    pacer.flush();
    expect(read()).toBe(ALPHABET + ALPHABET);
  });

  it('gives all out at the end, what is not complete too', () => {
    bursts(2);
    writes = [];
    pacer.take(Buffer.concat([text(ALPHABET), Buffer.from('data: "re')]));
    pacer.flush();
    expect(read()).toBe(ALPHABET);
    expect(writes.join('').endsWith('data: "re')).toBe(true);
  });

  it('waits for a client that reads slowly', () => {
    bursts(2);
    writes = [];
    room = false;
    expect(pacer.take(text(ALPHABET))).toBe(false);
    vi.advanceTimersByTime(5000);
    expect(writes).toHaveLength(1);
    room = true;
    pacer.drained();
    vi.advanceTimersByTime(1000);
    expect(read()).toBe(ALPHABET);
  });

  it('never holds back more than a second’s worth, nor much at all', () => {
    bursts(2);
    vi.advanceTimersByTime(60_000);
    writes = [];
    pacer.take(text(ALPHABET.repeat(10)));
    vi.advanceTimersByTime(1000);
    expect(read()).toBe(ALPHABET.repeat(10));
    writes = [];
    pacer.take(Buffer.concat(Array.from({ length: 3000 }, () => text(ALPHABET))));
    expect(read()).toBe(ALPHABET.repeat(3000));
  });

  it('says nothing more once it is stopped', () => {
    bursts(2);
    writes = [];
    pacer.take(text(ALPHABET));
    const before = read();
    pacer.stop();
    vi.advanceTimersByTime(5000);
    expect(read()).toBe(before);
  });
});
