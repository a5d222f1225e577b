/** Calendar arithmetic on ISO days without a clock. Source: the usual days-from-civil count of the proleptic Gregorian calendar. */

const ISO_DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Days since 1970-01-01 of `YYYY-MM-DD`, null when the text is no day of the calendar. */
export function dayNumber(iso: string): number | null {
  const m = ISO_DAY.exec(iso);
  if (!m) return null;
  const year = Number(m[1]);
  const month = Number(m[2]);
  const day = Number(m[3]);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** 0 Sunday … 6 Saturday. 1970-01-01 was a Thursday. */
export function weekday(dayNo: number): number {
  return (((dayNo + 4) % 7) + 7) % 7;
}

/** Is this ISO day a Friday from the 15th to the 21st? */
export function isThirdFriday(iso: string): boolean {
  const no = dayNumber(iso);
  if (no === null || weekday(no) !== 5) return false;
  const day = Number(iso.slice(8));
  return day >= 15 && day <= 21;
}

/**
 * Days of `days` on which the standard monthly contracts expire: the third Friday, or the Thursday before it when the Friday is no
 * session. Without a calendar (`isSession` null) the Thursday counts when the chain lists it and lists no third Friday that month.
 */
export function monthlyDays(
  days: readonly string[],
  isSession: ((day: string) => boolean) | null,
): ReadonlySet<string> {
  const listed = new Set(days);
  const out = new Set<string>();
  for (const day of days) {
    const no = dayNumber(day);
    if (no === null) continue;
    if (isThirdFriday(day)) {
      if (isSession === null || isSession(day)) out.add(day);
      continue;
    }
    const dom = Number(day.slice(8));
    if (weekday(no) !== 4 || dom < 14 || dom > 20) continue;
    const friday = `${day.slice(0, 8)}${String(dom + 1).padStart(2, "0")}`;
    if (isSession === null ? !listed.has(friday) : !isSession(friday)) out.add(day);
  }
  return out;
}
