import { describe, expect, it } from 'vitest';
import { dayIn, isTimeZone, nextMidnight, nextMonthUtc } from './calendar.js';

const at = (text: string): number => Date.parse(text);
const iso = (ms: number): string => new Date(ms).toISOString();

describe('nextMidnight', () => {
  it.each([
    ['an ordinary winter day', 'America/Los_Angeles', '2026-01-15T12:00:00Z', '2026-01-16T08:00:00.000Z'],
    ['an ordinary summer day', 'America/Los_Angeles', '2026-07-15T12:00:00Z', '2026-07-16T07:00:00.000Z'],
    ['the 23-hour day, early', 'America/Los_Angeles', '2026-03-08T08:00:00Z', '2026-03-09T07:00:00.000Z'],
    [
      'the 23-hour day, after the change',
      'America/Los_Angeles',
      '2026-03-08T11:00:00Z',
      '2026-03-09T07:00:00.000Z',
    ],
    ['the 25-hour day, early', 'America/Los_Angeles', '2026-11-01T07:00:00Z', '2026-11-02T08:00:00.000Z'],
    [
      'the 25-hour day, second 01:30',
      'America/Los_Angeles',
      '2026-11-01T09:30:00Z',
      '2026-11-02T08:00:00.000Z',
    ],
    ['the last millisecond', 'America/Los_Angeles', '2026-11-02T07:59:59.999Z', '2026-11-02T08:00:00.000Z'],
    ['midnight itself belongs to the new day', 'UTC', '2026-05-05T00:00:00Z', '2026-05-06T00:00:00.000Z'],
    ['the end of a year', 'UTC', '2026-12-31T23:59:59Z', '2027-01-01T00:00:00.000Z'],
    ['a half-hour zone', 'Asia/Kolkata', '2026-05-05T12:00:00Z', '2026-05-05T18:30:00.000Z'],
    [
      'clocks go forward at midnight (day begins at 01:00)',
      'Africa/Cairo',
      '2026-04-23T12:00:00Z',
      '2026-04-23T22:00:00.000Z',
    ],
    ['a zone that skipped a date', 'Pacific/Apia', '2011-12-29T12:00:00Z', '2011-12-30T10:00:00.000Z'],
  ])('%s', (_name, zone, now, expected) => {
    expect(iso(nextMidnight(zone, at(now)))).toBe(expected);
  });

  it('does not depend on what was asked before', () => {
    const zone = 'America/Los_Angeles';
    const winter = nextMidnight(zone, at('2026-01-15T12:00:00Z'));
    nextMidnight(zone, at('2026-07-15T12:00:00Z'));
    expect(nextMidnight(zone, at('2026-01-15T12:00:00Z'))).toBe(winter);
  });

  it('refuses an unknown zone', () => {
    expect(() => nextMidnight('Mars/Olympus', 0)).toThrow(RangeError);
    expect(isTimeZone('Mars/Olympus')).toBe(false);
    expect(isTimeZone('Europe/Berlin')).toBe(true);
  });
});

describe('dayIn', () => {
  it.each([
    ['2026-03-08T12:00:00Z', '2026-03-08', 23],
    ['2026-11-01T12:00:00Z', '2026-11-01', 25],
    ['2026-11-03T12:00:00Z', '2026-11-03', 24],
  ])('at %s in Los Angeles is %s and lasts %d hours', (now, day, hours) => {
    const found = dayIn('America/Los_Angeles', at(now));
    expect(found.day).toBe(day);
    expect((found.endsAt - found.startsAt) / 3_600_000).toBe(hours);
    expect(dayIn('America/Los_Angeles', found.startsAt).day).toBe(day);
    expect(dayIn('America/Los_Angeles', found.startsAt - 1).day < day).toBe(true);
    expect(dayIn('America/Los_Angeles', found.endsAt).day > day).toBe(true);
  });
});

describe('nextMonthUtc', () => {
  it.each([
    ['2026-11-21T10:00:00Z', '2026-12-01T00:00:00.000Z'],
    ['2026-12-31T23:59:59.999Z', '2027-01-01T00:00:00.000Z'],
    ['2026-12-01T00:00:00Z', '2027-01-01T00:00:00.000Z'],
    ['2028-02-29T12:00:00Z', '2028-03-01T00:00:00.000Z'],
  ])('after %s comes %s', (now, expected) => {
    expect(iso(nextMonthUtc(at(now)))).toBe(expected);
  });
});
