import {
  dayToCivil,
  dayToIso,
  type IsoDay,
  isoToDay,
  nthWeekday,
  sessionOn,
  wallToUs,
  type Zone,
} from "../market/index.ts";

/** A 30-day vol index and its monthly futures. */
export interface VolIndex {
  readonly index: string;
  /** Roots of its futures. */
  readonly roots: readonly string[];
  /** Options on these have a forward vol that a future may stand beside. */
  readonly of: readonly string[];
  readonly calendar: string;
  readonly zone: Zone;
  /** Wall time of the final settlement, minutes after midnight, and of the daily one. */
  readonly finalMin: number;
  readonly dailyMin: number;
}

export const VOL_INDICES: readonly VolIndex[] = [
  {
    index: "VIX",
    roots: ["VX", "VXM"],
    of: ["SPX", "SPXW", "XSP", "SPY", "VIX", "ES"],
    calendar: "NYSE",
    zone: "America/New_York",
    finalMin: 9 * 60 + 30,
    dailyMin: 16 * 60,
  },
  {
    index: "V2TX",
    roots: ["FVS"],
    of: ["SX5E", "FESX", "V2TX"],
    calendar: "EUREX",
    zone: "Europe/Berlin",
    finalMin: 12 * 60,
    dailyMin: 17 * 60 + 30,
  },
];

const FRIDAY = 5;
const MONTH_OF_VARIANCE = 30;

/** No run of holidays is longer. */
const LONGEST_BREAK = 5;

/** The last session at or before a day. */
function sessionAtOrBefore(calendar: string, dayNo: number): number {
  for (let back = 0; back <= LONGEST_BREAK; back++)
    if (sessionOn(calendar, dayToIso(dayNo - back)) !== null) return dayNo - back;
  return dayNo;
}

/**
 * Final settlement of a monthly future: 30 days before the third Friday of the month after (before the session preceding it where that Friday
 * is a holiday), or the session before that day where it is one itself. Refuses days outside the calendars (MKT-004).
 */
export function monthlyExpiry(of: VolIndex, year: number, month: number): IsoDay {
  const [y, m] = month === 12 ? [year + 1, 1] : [year, month + 1];
  const options = sessionAtOrBefore(of.calendar, nthWeekday(y, m, FRIDAY, 3));
  return dayToIso(sessionAtOrBefore(of.calendar, options - MONTH_OF_VARIANCE));
}

/** The next `count` monthly expiries after a day, that day left out. */
export function nextExpiries(of: VolIndex, after: IsoDay, count: number): IsoDay[] {
  const out: IsoDay[] = [];
  let { year, month } = dayToCivil(isoToDay(after));
  while (out.length < count) {
    const expiry = monthlyExpiry(of, year, month);
    if (expiry > after) out.push(expiry);
    [year, month] = month === 12 ? [year + 1, 1] : [year, month + 1];
  }
  return out;
}

/** The instant of a final settlement. */
export const settlesUs = (of: VolIndex, expiry: IsoDay): number =>
  wallToUs(of.zone, isoToDay(expiry), of.finalMin);
