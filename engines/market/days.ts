import { civilToDay, dayToCivil } from "./dates.ts";

/** Days and instants as text and number, without a clock or the host's zone: counts of the proleptic Gregorian calendar. */

const ISO_DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Days since 1970-01-01 of `YYYY-MM-DD`, null when the text is no day of the calendar. */
export function isoDayNumber(iso: string): number | null {
  const m = ISO_DAY.exec(iso);
  if (!m) return null;
  const year = Number(m[1]);
  const month = Number(m[2]);
  const day = Number(m[3]);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  return civilToDay(year, month, day);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** `YYYY-MM-DD` of a day number. */
export function isoDayOfNumber(dayNo: number): string {
  const { year, month, day } = dayToCivil(dayNo);
  return `${String(year).padStart(4, "0")}-${pad(month)}-${pad(day)}`;
}

const pad = (x: number, width = 2): string => String(x).padStart(width, "0");

const DAY_US = 86_400e6;
const ISO_INSTANT =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|([+-])(\d{2}):?(\d{2}))?$/;

/**
 * Microseconds since the epoch of an ISO instant; null when it is none. A text without a zone is null, unless `naiveIsUtc`. Digits
 * below a microsecond are cut off.
 */
export function parseIsoMicros(text: string, naiveIsUtc = false): number | null {
  const m = ISO_INSTANT.exec(text.trim());
  if (!m || (m[6] === undefined && !naiveIsUtc)) return null;
  const day = isoDayNumber(m[1]!);
  const [hour, minute, second] = [Number(m[2]), Number(m[3]), Number(m[4] ?? 0)];
  if (day === null || hour > 23 || minute > 59 || second > 59) return null;
  const micros = Number((m[5] ?? "").padEnd(6, "0").slice(0, 6));
  const offset = m[7] === undefined ? 0 : (m[7] === "-" ? -1 : 1) * (Number(m[8]) * 60 + Number(m[9]));
  return day * DAY_US + (hour * 3600 + minute * 60 + second - offset * 60) * 1e6 + micros;
}

/** `YYYY-MM-DDTHH:MM:SS[.ffffff]+00:00`; the fraction only where there is one. */
export function formatIsoMicros(us: number): string {
  const dayNo = Math.floor(us / DAY_US);
  const rest = us - dayNo * DAY_US;
  const seconds = Math.floor(rest / 1e6);
  const micros = Math.round(rest - seconds * 1e6);
  const clock = `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  return `${isoDayOfNumber(dayNo)}T${clock}${micros > 0 ? `.${pad(micros, 6)}` : ""}+00:00`;
}
