import { civilToDay, easterSunday, isoToDay, nthWeekday, weekdayOf } from "./dates.ts";
import type { IsoDay } from "./ids.ts";

/**
 * Days on which an exchange is shut or closes early: rules as published, plus closures that no rule gives. Sources: NYSE Rule 7.2 and
 * its holiday list, Cboe and CME holiday calendars, Eurex trading calendar.
 */

/** Day number → minutes after midnight at which that day ends early, or null: shut. */
export type SpecialDays = ReadonlyMap<number, number | null>;

const [SUN, MON, THU, FRI, SAT] = [0, 1, 4, 5, 6] as const;
const day = (iso: string): number => isoToDay(iso as IsoDay);

/** Saturday holidays are kept on Friday, Sunday holidays on Monday. */
function observed(dayNumber: number): number {
  const w = weekdayOf(dayNumber);
  return w === SAT ? dayNumber - 1 : w === SUN ? dayNumber + 1 : dayNumber;
}

/** Funerals of presidents Ford, G. H. W. Bush and Carter, and hurricane Sandy. */
const NYSE_CLOSURES = ["2007-01-02", "2012-10-29", "2012-10-30", "2018-12-05", "2025-01-09"].map(day);

interface UsHolidays {
  /** New Year's Day (null where it falls on a Saturday: a Friday that ends an accounting period is not given up). */
  readonly newYear: number | null;
  readonly goodFriday: number;
  readonly christmas: number;
  readonly thanksgiving: number;
  readonly independence: number;
  /** The other full holidays. */
  readonly others: readonly number[];
  /** Eves with an early close: 3 July, 24 December, the day after Thanksgiving. */
  readonly eves: readonly number[];
}

function usHolidays(year: number): UsHolidays {
  const jan1 = civilToDay(year, 1, 1);
  const thanksgiving = nthWeekday(year, 11, THU, 4);
  const others = [nthWeekday(year, 1, MON, 3), nthWeekday(year, 2, MON, 3), nthWeekday(year, 5, MON, -1)];
  others.push(nthWeekday(year, 9, MON, 1));
  if (year >= 2022) others.push(observed(civilToDay(year, 6, 19)));
  const eves = [thanksgiving + 1];
  for (const eve of [civilToDay(year, 7, 3), civilToDay(year, 12, 24)]) {
    const w = weekdayOf(eve);
    if (w >= MON && w <= THU) eves.push(eve);
  }
  return {
    newYear: weekdayOf(jan1) === SAT ? null : observed(jan1),
    goodFriday: easterSunday(year) - 2,
    christmas: observed(civilToDay(year, 12, 25)),
    thanksgiving,
    independence: observed(civilToDay(year, 7, 4)),
    others,
    eves,
  };
}

/** New York stock holidays; early closes end at `earlyCloseMin`. */
export function nyseSpecialDays(year: number, earlyCloseMin: number): SpecialDays {
  const h = usHolidays(year);
  const days = new Map<number, number | null>();
  for (const eve of h.eves) days.set(eve, earlyCloseMin);
  const shut = [h.goodFriday, h.christmas, h.thanksgiving, h.independence, ...h.others, ...NYSE_CLOSURES];
  if (h.newYear !== null) shut.push(h.newYear);
  for (const d of shut) days.set(d, null);
  return days;
}

/** Good Fridays with a US jobs report: index futures trade until 08:15 Chicago. */
const CME_SHORT_GOOD_FRIDAYS = new Set([2010, 2012, 2015, 2021, 2023, 2026]);
const CME_SHORT_DAYS: readonly (readonly [string, number])[] = [
  ["2007-01-02", 495],
  ["2012-10-29", 495],
  ["2012-10-30", 495],
  ["2018-12-05", 510],
  ["2025-01-09", 510],
];

/**
 * Equity index futures on Globex: shut on New Year's Day, Good Friday and Christmas; trading halts at 12:00 Chicago on the other US
 * holidays and at 12:15 on their eves. The exchange publishes each holiday anew and moved some halts by an hour over the years: these
 * are the usual ones.
 */
export function cmeSpecialDays(year: number): SpecialDays {
  const h = usHolidays(year);
  const days = new Map<number, number | null>();
  for (const eve of h.eves) days.set(eve, 735);
  for (const d of [...h.others, h.thanksgiving, h.independence]) days.set(d, 720);
  for (const [iso, minutes] of CME_SHORT_DAYS) days.set(day(iso), minutes);
  days.set(h.goodFriday, CME_SHORT_GOOD_FRIDAYS.has(year) ? 495 : null);
  days.set(h.christmas, null);
  if (h.newYear !== null) days.set(h.newYear, null);
  return days;
}

/** Eurex: shut on 1 January, Good Friday, Easter Monday, 1 May, 24, 25, 26 and 31 December; no half days. */
export function eurexSpecialDays(year: number): SpecialDays {
  const easter = easterSunday(year);
  const fixed = [
    [1, 1],
    [5, 1],
    [12, 24],
    [12, 25],
    [12, 26],
    [12, 31],
  ] as const;
  const shut = [easter - 2, easter + 1, ...fixed.map(([m, d]) => civilToDay(year, m, d))];
  return new Map(shut.map((d) => [d, null]));
}

/** The FX week knows two holidays. */
export function fxSpecialDays(year: number): SpecialDays {
  return new Map([civilToDay(year, 1, 1), civilToDay(year, 12, 25)].map((d) => [d, null]));
}

export function isWeekend(dayNumber: number): boolean {
  const w = weekdayOf(dayNumber);
  return w === SUN || w > FRI;
}
