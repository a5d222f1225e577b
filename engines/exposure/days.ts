import { isoDayNumber, weekdayOf } from "../market/index.ts";

/** Is this ISO day a Friday from the 15th to the 21st? */
export function isThirdFriday(iso: string): boolean {
  const no = isoDayNumber(iso);
  if (no === null || weekdayOf(no) !== 5) return false;
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
    const no = isoDayNumber(day);
    if (no === null) continue;
    if (isThirdFriday(day)) {
      if (isSession === null || isSession(day)) out.add(day);
      continue;
    }
    const dom = Number(day.slice(8));
    if (weekdayOf(no) !== 4 || dom < 14 || dom > 20) continue;
    const friday = `${day.slice(0, 8)}${String(dom + 1).padStart(2, "0")}`;
    if (isSession === null ? !listed.has(friday) : !isSession(friday)) out.add(day);
  }
  return out;
}
