import {
  civilToDay,
  dayToCivil,
  dayToIso,
  isoDayAt,
  isoToDay,
  parseWallClock,
  US_PER_SECOND,
  wallToUs,
  type Zone,
} from "./dates.ts";
import { MarketError } from "./errors.ts";
import {
  cmeSpecialDays,
  eurexSpecialDays,
  fxSpecialDays,
  isWeekend,
  nyseSpecialDays,
  type SpecialDays,
} from "./holidays.ts";
import type { IsoDay, Micros } from "./ids.ts";

/** One trading session. It holds from `openUs` (inclusive) to `closeUs` (exclusive). */
export interface Session {
  readonly calendar: string;
  /** Trade date in the exchange's zone. A session may open on the evening before it (FX, CME). */
  readonly day: IsoDay;
  readonly openUs: Micros;
  readonly closeUs: Micros;
  /** Closes early. */
  readonly half: boolean;
}

/** Opening hours from a day on, in minutes after midnight of the trade date (negative: the evening before). */
interface Hours {
  readonly from: IsoDay;
  readonly open: number;
  readonly close: number;
}

interface CalendarRule {
  readonly zone: Zone;
  /** Ascending by `from`. */
  readonly hours: readonly Hours[];
  readonly weekends: boolean;
  readonly special: (year: number) => SpecialDays;
}

const ALWAYS = "2007-01-01" as IsoDay;
const at = (h: number, m = 0): number => h * 60 + m;
const none = (): SpecialDays => new Map();

function rule(
  zone: Zone,
  hours: readonly [string, number, number][],
  special: CalendarRule["special"],
): CalendarRule {
  return {
    zone,
    hours: hours.map(([from, open, close]) => ({ from: from as IsoDay, open, close })),
    weekends: false,
    special,
  };
}

const NEW_YORK: Zone = "America/New_York";

/**
 * Regular trading hours. The overnight sessions of index options are left out: no price of the stocks goes with them.
 */
const RULES: Readonly<Record<string, CalendarRule>> = {
  NYSE: rule(NEW_YORK, [[ALWAYS, at(9, 30), at(16)]], (y) => nyseSpecialDays(y, at(13))),
  /** Options on single stocks. */
  CBOE: rule(NEW_YORK, [[ALWAYS, at(9, 30), at(16)]], (y) => nyseSpecialDays(y, at(13))),
  /** Options on SPX, VIX and other indices. */
  "CBOE-SPX": rule(NEW_YORK, [[ALWAYS, at(9, 30), at(16, 15)]], (y) => nyseSpecialDays(y, at(13, 15))),
  /** Options on broad ETFs: SPY, QQQ, IWM, DIA. */
  "CBOE-ETF": rule(NEW_YORK, [[ALWAYS, at(9, 30), at(16, 15)]], (y) => nyseSpecialDays(y, at(13, 15))),
  /** Equity index options of Eurex (OESX, ODAX): 08:50 to 17:30. */
  EUREX: rule("Europe/Berlin", [[ALWAYS, at(8, 50), at(17, 30)]], eurexSpecialDays),
  /** Equity index futures of Eurex (FESX): longer since the Asian hours of December 2018. */
  "EUREX-FUT": rule(
    "Europe/Berlin",
    [
      [ALWAYS, at(7, 50), at(22)],
      ["2018-12-10", at(1, 10), at(22)],
    ],
    eurexSpecialDays,
  ),
  /** Equity index futures and their options on Globex; the 15-minute pause before June 2021 is not kept. */
  CME: rule(
    "America/Chicago",
    [
      [ALWAYS, at(17) - 1440, at(16, 15)],
      ["2015-09-21", at(17) - 1440, at(16)],
    ],
    cmeSpecialDays,
  ),
  /** 17:00 New York of the evening before to 17:00, Sunday to Friday. */
  FX: rule(NEW_YORK, [[ALWAYS, at(17) - 1440, at(17)]], fxSpecialDays),
  /** Coins: the UTC day. */
  "24H": { zone: "UTC", hours: [{ from: ALWAYS, open: 0, close: 1440 }], weekends: true, special: none },
};

/** Days that the calendars cover. To 2028 as the exchanges publish them, beyond it by the same rules. */
export const CALENDAR_FIRST_DAY = "2007-01-01" as IsoDay;
export const CALENDAR_LAST_DAY = "2040-12-31" as IsoDay;
const FIRST = isoToDay(CALENDAR_FIRST_DAY);
const LAST = isoToDay(CALENDAR_LAST_DAY);

export const CALENDAR_NAMES: readonly string[] = Object.keys(RULES);

function ruleOf(calendar: string): CalendarRule {
  const found = Object.hasOwn(RULES, calendar) ? RULES[calendar] : undefined;
  if (found === undefined) {
    throw new MarketError(
      "MKT-004",
      `calendar "${calendar}" is unknown; known are ${CALENDAR_NAMES.join(", ")}`,
    );
  }
  return found;
}

export function calendarZone(calendar: string): Zone {
  return ruleOf(calendar).zone;
}

/** Sessions of one year, by day number. Pure function of (calendar, year): the table is only remembered. */
type YearTable = ReadonlyMap<number, Session>;
const tables = new Map<string, YearTable>();

function yearTable(calendar: string, year: number): YearTable {
  const key = `${calendar} ${year}`;
  const known = tables.get(key);
  if (known !== undefined) return known;
  const { zone, hours, weekends, special } = ruleOf(calendar);
  const specials = special(year);
  const table = new Map<number, Session>();
  for (let d = civilToDay(year, 1, 1); d < civilToDay(year + 1, 1, 1); d++) {
    const early = specials.get(d);
    if (early === null || (!weekends && isWeekend(d))) continue;
    const day = dayToIso(d);
    const now = hours.findLast((h) => h.from <= day);
    if (now === undefined) continue;
    const openUs = wallToUs(zone, d, now.open);
    const closeUs = wallToUs(zone, d, early ?? now.close);
    table.set(d, { calendar, day, openUs, closeUs, half: early !== undefined });
  }
  tables.set(key, table);
  return table;
}

function sessionOnDay(calendar: string, d: number): Session | null {
  if (d < FIRST || d > LAST) {
    throw new MarketError(
      "MKT-004",
      `${dayToIso(d)} is outside the calendars (${CALENDAR_FIRST_DAY} to ${CALENDAR_LAST_DAY})`,
    );
  }
  return yearTable(calendar, dayToCivil(d).year).get(d) ?? null;
}

/** The session of a trade date, null where the exchange is shut. Errors: MKT-004 (unknown calendar, day outside its span). */
export function sessionOn(calendar: string, day: IsoDay): Session | null {
  return sessionOnDay(calendar, isoToDay(day));
}

/** The session that holds an instant, null between sessions. */
export function sessionOf(calendar: string, us: Micros): Session | null {
  const last = lastSession(calendar, us);
  return last !== null && us < last.closeUs ? last : null;
}

/** The latest session that had opened by an instant. */
export function lastSession(calendar: string, us: Micros): Session | null {
  const today = isoToDay(isoDayAt(calendarZone(calendar), us));
  for (let d = Math.min(today + 1, LAST); d >= FIRST; d--) {
    const session = sessionOnDay(calendar, d);
    if (session !== null && session.openUs <= us) return session;
  }
  return null;
}

/** The first session that opens after an instant. Errors: MKT-004 past the span. */
export function nextOpen(calendar: string, us: Micros): Session {
  const today = isoToDay(isoDayAt(calendarZone(calendar), us));
  for (let d = Math.max(today, FIRST); ; d++) {
    const session = sessionOnDay(calendar, d);
    if (session !== null && session.openUs > us) return session;
  }
}

/** The last session before a day. Errors: MKT-004 before the span. */
export function previousSession(calendar: string, day: IsoDay): Session {
  for (let d = isoToDay(day) - 1; ; d--) {
    const session = sessionOnDay(calendar, d);
    if (session !== null) return session;
  }
}

/** The first session after a day. */
export function nextSession(calendar: string, day: IsoDay): Session {
  for (let d = isoToDay(day) + 1; ; d++) {
    const session = sessionOnDay(calendar, d);
    if (session !== null) return session;
  }
}

/** The session of a day, or the last one before it: where an expiry that falls on a shut day is settled. */
export function sessionOnOrBefore(calendar: string, day: IsoDay): Session {
  return sessionOn(calendar, day) ?? previousSession(calendar, day);
}

/** True on a day that closes early. False where the exchange is shut. */
export function isHalfDay(calendar: string, day: IsoDay): boolean {
  return sessionOn(calendar, day)?.half ?? false;
}

/** Sessions after `from` up to and with `to`; negative when `to` is before `from`. */
export function sessionsBetween(calendar: string, from: IsoDay, to: IsoDay): number {
  const [a, b] = [isoToDay(from), isoToDay(to)];
  if (b < a) return -sessionsBetween(calendar, to, from);
  let n = 0;
  for (let d = a + 1; d <= b; d++) if (sessionOnDay(calendar, d) !== null) n++;
  return n;
}

/** Days to expiry: calendar days from the date on the exchange's wall at `nowUs` to the expiry date. 0 on the day, negative after. */
export function dteDays(calendar: string, nowUs: Micros, expiry: IsoDay): number {
  return isoToDay(expiry) - isoToDay(isoDayAt(calendarZone(calendar), nowUs));
}

/**
 * `10:35`, `10:35:20`, `open` or `close` on a session, as an instant. A time after an evening open means the evening before. Null when the text
 * is no time of day. The result may lie outside the session (`9:00` before the open).
 */
export function parseSessionTime(text: string, session: Session): Micros | null {
  const word = text.trim().toLowerCase();
  if (word === "open") return session.openUs;
  if (word === "close") return session.closeUs;
  const seconds = parseWallClock(word);
  if (seconds === null) return null;
  const zone = calendarZone(session.calendar);
  const d = isoToDay(session.day);
  const whole = Math.floor(seconds / 60);
  const rest = (seconds % 60) * US_PER_SECOND;
  const same = (wallToUs(zone, d, whole) + rest) as Micros;
  const before = (wallToUs(zone, d - 1, whole) + rest) as Micros;
  return same >= session.closeUs && before >= session.openUs ? before : same;
}
