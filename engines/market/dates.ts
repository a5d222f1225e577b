import { MarketError } from "./errors.ts";
import type { IsoDay, Micros } from "./ids.ts";
import { isIsoDay } from "./symbols.ts";

/** Civil dates and zones by integer arithmetic alone, so that no host's time-zone data can change a replay. */

export const US_PER_SECOND = 1_000_000;
export const US_PER_MINUTE = 60 * US_PER_SECOND;
export const US_PER_DAY = 86_400 * US_PER_SECOND;

/** Days since 1970-01-01 of a Gregorian date. Months 1..12. Source: era arithmetic over 400-year cycles that start on 1 March. */
export function civilToDay(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Inverse of {@link civilToDay}. */
export function dayToCivil(dayNumber: number): { year: number; month: number; day: number } {
  const z = dayNumber + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor(
    (doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365,
  );
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return {
    year: yoe + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: doy - Math.floor((153 * mp + 2) / 5) + 1,
  };
}

const two = (n: number): string => (n < 10 ? `0${n}` : String(n));

/** Days since 1970-01-01. Errors: MKT-003 for text that is no day. */
export function isoToDay(day: IsoDay): number {
  if (!isIsoDay(day)) throw new MarketError("MKT-003", `"${String(day)}" is not a day as YYYY-MM-DD`);
  const text: string = day;
  return civilToDay(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10)));
}

export function dayToIso(dayNumber: number): IsoDay {
  const { year, month, day } = dayToCivil(dayNumber);
  return `${year}-${two(month)}-${two(day)}` as IsoDay;
}

export function addDays(day: IsoDay, days: number): IsoDay {
  return dayToIso(isoToDay(day) + days);
}

/** 0 Sunday to 6 Saturday. */
export function weekdayOf(dayNumber: number): number {
  return (((dayNumber + 4) % 7) + 7) % 7;
}

/** Day number of the nth (1..5, or -1 the last) given weekday of a month. */
export function nthWeekday(year: number, month: number, day: number, nth: number): number {
  if (nth > 0) {
    const first = civilToDay(year, month, 1);
    return first + ((day - weekdayOf(first) + 7) % 7) + 7 * (nth - 1);
  }
  const last = (month === 12 ? civilToDay(year + 1, 1, 1) : civilToDay(year, month + 1, 1)) - 1;
  return last - ((weekdayOf(last) - day + 7) % 7);
}

/** Easter Sunday (Gregorian). Source: Meeus, Astronomical Algorithms, chapter 8. */
export function easterSunday(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return civilToDay(year, Math.floor(n / 31), (n % 31) + 1);
}

// ---- zones ----------------------------------------------------------------------------------------

export type Zone = "America/New_York" | "America/Chicago" | "Europe/Berlin" | "UTC";

interface ZoneRule {
  readonly standardMin: number;
  readonly dst: "US" | "EU" | "none";
  /** Letters in winter and in summer; US desks say ET all year. */
  readonly letters: readonly [string, string];
}

const ZONES: Readonly<Record<Zone, ZoneRule>> = {
  "America/New_York": { standardMin: -300, dst: "US", letters: ["ET", "ET"] },
  "America/Chicago": { standardMin: -360, dst: "US", letters: ["CT", "CT"] },
  "Europe/Berlin": { standardMin: 60, dst: "EU", letters: ["CET", "CEST"] },
  UTC: { standardMin: 0, dst: "none", letters: ["UTC", "UTC"] },
};

/**
 * Summer time at an instant. US (Energy Policy Act of 2005, from 2007): second Sunday of March 02:00 to first Sunday of November
 * 02:00 local; before, from 1987: first Sunday of April to last Sunday of October. EU (Directive 2000/84/EC, from 1996): last
 * Sunday of March to last Sunday of October, 01:00 UTC.
 */
function inSummer(rule: ZoneRule, us: number): boolean {
  if (rule.dst === "none") return false;
  const { year } = dayToCivil(Math.floor(us / US_PER_DAY));
  if (rule.dst === "EU") {
    const hour = 60 * US_PER_MINUTE;
    return (
      us >= nthWeekday(year, 3, 0, -1) * US_PER_DAY + hour &&
      us < nthWeekday(year, 10, 0, -1) * US_PER_DAY + hour
    );
  }
  const start = year >= 2007 ? nthWeekday(year, 3, 0, 2) : nthWeekday(year, 4, 0, 1);
  const end = year >= 2007 ? nthWeekday(year, 11, 0, 1) : nthWeekday(year, 10, 0, -1);
  // 02:00 standard when it begins, 02:00 summer = 01:00 standard when it ends.
  const startUs = start * US_PER_DAY + (120 - rule.standardMin) * US_PER_MINUTE;
  const endUs = end * US_PER_DAY + (60 - rule.standardMin) * US_PER_MINUTE;
  return us >= startUs && us < endUs;
}

/** Minutes east of UTC at an instant. Domain: 1996 to 2199. */
export function zoneOffsetMin(zone: Zone, us: Micros): number {
  const rule = ZONES[zone];
  return rule.standardMin + (inSummer(rule, us) ? 60 : 0);
}

/** `ET`, `CT`, `CET` or `CEST`, `UTC`. */
export function zoneLetters(zone: Zone, us: Micros): string {
  const rule = ZONES[zone];
  return rule.letters[inSummer(rule, us) ? 1 : 0];
}

/** The date on the wall of a zone at an instant. */
export function isoDayAt(zone: Zone, us: Micros): IsoDay {
  return dayToIso(Math.floor((us + zoneOffsetMin(zone, us) * US_PER_MINUTE) / US_PER_DAY));
}

/**
 * The instant at which a wall shows `minutes` after midnight of a day (may be negative, or beyond 1440). An hour that comes twice is
 * taken as its first, one that is skipped as if the clock had not been moved yet.
 */
export function wallToUs(zone: Zone, dayNumber: number, minutes: number): Micros {
  const rule = ZONES[zone];
  const naive = dayNumber * US_PER_DAY + minutes * US_PER_MINUTE;
  const summer = naive - (rule.standardMin + 60) * US_PER_MINUTE;
  return (inSummer(rule, summer) ? summer : naive - rule.standardMin * US_PER_MINUTE) as Micros;
}

/** `10:34:00` for an instant and the offset of the zone at it; `withSeconds` false gives `10:34`. */
export function formatClock(us: number, offsetMin: number, withSeconds = true): string {
  const ofDay = (((us + offsetMin * US_PER_MINUTE) % US_PER_DAY) + US_PER_DAY) % US_PER_DAY;
  const s = Math.floor(ofDay / US_PER_SECOND);
  const clock = `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}`;
  return withSeconds ? `${clock}:${two(s % 60)}` : clock;
}

/** `10:34:00.123456`, for explain and exports. */
export function formatClockMicros(us: number, offsetMin: number): string {
  const fraction = ((us % US_PER_SECOND) + US_PER_SECOND) % US_PER_SECOND;
  return `${formatClock(us, offsetMin)}.${String(fraction).padStart(6, "0")}`;
}

/** `2015-12-24T10:35:00.000000-05:00` of an instant, `offsetMin` east of UTC; null for an unknown one. */
export function isoTime(us: number | null | undefined, offsetMin: number): string | null {
  if (us === null || us === undefined || !Number.isFinite(us)) return null;
  const day = dayToIso(Math.floor((us + offsetMin * US_PER_MINUTE) / US_PER_DAY));
  const size = Math.abs(offsetMin);
  const offset = `${offsetMin < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return `${day}T${formatClockMicros(us, offsetMin)}${offset}`;
}

const DAY_NAMES = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const MONTH_NAMES = [
  "Jan",
  "Feb",
  "Mar",
  "Apr",
  "May",
  "Jun",
  "Jul",
  "Aug",
  "Sep",
  "Oct",
  "Nov",
  "Dec",
] as const;

/** `Thu 24Dec15` */
export function dayLabel(day: IsoDay): string {
  const n = isoToDay(day);
  const { month, day: d } = dayToCivil(n);
  return `${DAY_NAMES[weekdayOf(n)] ?? ""} ${d}${MONTH_NAMES[month - 1] ?? ""}${day.slice(2, 4)}`;
}

/** `HH:MM` or `HH:MM:SS` (hours may have one digit) to seconds after midnight, null for anything else. */
export function parseWallClock(text: string): number | null {
  const m = /^(\d{1,2}):([0-5]\d)(?::([0-5]\d))?$/.exec(text.trim());
  if (m === null || Number(m[1]) > 23) return null;
  return Number(m[1]) * 3600 + Number(m[2]) * 60 + Number(m[3] ?? 0);
}
