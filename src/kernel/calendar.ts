/** One calendar day as a time zone sees it. */
export interface ZonedDay {
  /** `YYYY-MM-DD` of the zone's wall clock. */
  readonly day: string;
  /** Epoch milliseconds of its first instant. */
  readonly startsAt: number;
  /** Epoch milliseconds of the first instant of the next day. */
  readonly endsAt: number;
}

const SECOND = 1000;
const HOUR = 3_600_000;
/** No day in the tz database is longer; a zone that skips a date has an ordinary day before the gap. */
const LONGEST_DAY = 26 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();
const today = new Map<string, ZonedDay>();

/** Whether the runtime knows this IANA time zone. */
export function isTimeZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/**
 * The day in which `now` falls. The last day of each zone is remembered, so that Intl (some microseconds a
 * call) is asked twice a day and not once a request.
 * @throws RangeError for a zone the runtime does not know.
 */
export function dayIn(zone: string, now: number): ZonedDay {
  const known = today.get(zone);
  if (known && now >= known.startsAt && now < known.endsAt) return known;
  const day = dateIn(zone, now);
  const found = {
    day,
    startsAt: firstInstant((at) => dateIn(zone, at) >= day, floorSecond(now) - LONGEST_DAY, now),
    endsAt: firstInstant((at) => dateIn(zone, at) > day, floorSecond(now), now + LONGEST_DAY),
  };
  today.set(zone, found);
  return found;
}

/**
 * The first instant of the zone's next day, epoch milliseconds, right on the days of 23 and 25 hours too.
 * @throws RangeError for a zone the runtime does not know.
 */
export function nextMidnight(zone: string, now: number): number {
  return dayIn(zone, now).endsAt;
}

/** The first of the next month, 00:00 UTC, epoch milliseconds. */
export function nextMonthUtc(now: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    // The Swedish locale writes dates as YYYY-MM-DD, which also sort as text.
    format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      calendar: 'gregory',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formats.set(zone, format);
  }
  return format;
}

function dateIn(zone: string, at: number): string {
  return formatOf(zone).format(at);
}

function floorSecond(at: number): number {
  return Math.floor(at / SECOND) * SECOND;
}

/**
 * Bisects for the first whole second after `low` at which `holds` is true, knowing that it is true at `high`.
 * Asking the calendar, and not adding 24 hours, is what makes a change of the clocks at midnight come out right.
 */
function firstInstant(holds: (at: number) => boolean, low: number, high: number): number {
  let before = Math.floor(low / SECOND);
  let after = Math.ceil(high / SECOND);
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (holds(middle * SECOND)) after = middle;
    else before = middle;
  }
  return after * SECOND;
}
