import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import {
  CALENDAR_FIRST_DAY,
  CALENDAR_NAMES,
  calendarZone,
  dayToIso,
  dteDays,
  type IsoDay,
  isHalfDay,
  isoToDay,
  lastSession,
  MarketError,
  type Micros,
  nextOpen,
  nextSession,
  parseSessionTime,
  previousSession,
  type Session,
  sessionOf,
  sessionOn,
  sessionsBetween,
} from "../../../engines/market/index.ts";

const day = (text: string): IsoDay => text as IsoDay;
const shut = (calendar: string, ...days: string[]): void => {
  for (const d of days) expect([calendar, d, sessionOn(calendar, day(d))]).toEqual([calendar, d, null]);
};
const wall = (calendar: string, us: number): string =>
  new Temporal.ZonedDateTime(BigInt(us) * 1000n, calendarZone(calendar)).toPlainDateTime().toString();
const hours = (calendar: string, d: string): [string, string] => {
  const s = sessionOn(calendar, day(d));
  if (s === null) throw new Error(`${calendar} is shut on ${d}`);
  return [wall(calendar, s.openUs), wall(calendar, s.closeUs)];
};

describe("New York", () => {
  it("is shut on the days that no rule gives, and on those the rules give", () => {
    shut("NYSE", "2007-01-02", "2012-10-29", "2012-10-30", "2018-12-05", "2025-01-09");
    shut(
      "NYSE",
      "2015-01-01",
      "2015-01-19",
      "2015-02-16",
      "2015-04-03",
      "2015-05-25",
      "2015-07-03",
      "2015-09-07",
    );
    shut("NYSE", "2015-11-26", "2015-12-25", "2015-12-26", "2015-12-27");
    // Published lists of 2022 to 2028.
    shut(
      "NYSE",
      "2022-01-17",
      "2022-06-20",
      "2022-12-26",
      "2023-01-02",
      "2023-06-19",
      "2024-03-29",
      "2024-06-19",
    );
    shut(
      "NYSE",
      "2026-01-01",
      "2026-04-03",
      "2026-06-19",
      "2026-07-03",
      "2026-09-07",
      "2026-11-26",
      "2026-12-25",
    );
    shut(
      "NYSE",
      "2027-03-26",
      "2027-06-18",
      "2027-07-05",
      "2027-12-24",
      "2028-04-14",
      "2028-06-19",
      "2028-07-04",
    );
  });

  it("is open on days that look like holidays", () => {
    for (const d of [
      "2010-12-31",
      "2021-12-31",
      "2027-12-31",
      "2021-06-18",
      "2020-07-02",
      "2012-10-31",
      "2011-12-23",
    ]) {
      expect([d, sessionOn("NYSE", day(d))?.half]).toEqual([d, false]);
    }
  });

  it("knows every half day of 22 years", () => {
    const halves = [];
    for (let d = isoToDay(day("2007-01-01")); d <= isoToDay(day("2028-12-31")); d++) {
      if (isHalfDay("NYSE", dayToIso(d))) halves.push(dayToIso(d).replaceAll("-", "").slice(2));
    }
    expect(halves.join(" ")).toBe(
      [
        "070703 071123 071224 080703 081128 081224 091127 091224 101126 111125 120703 121123 121224 130703 131129 131224",
        "140703 141128 141224 151127 151224 161125 170703 171124 180703 181123 181224 190703 191129 191224 201127 201224",
        "211126 221125 230703 231124 240703 241129 241224 250703 251128 251224 261127 261224 271126 280703 281124",
      ].join(" "),
    );
  });

  it("has as many sessions a year as it had", () => {
    const years = {
      2007: 251,
      2008: 253,
      2012: 250,
      2015: 252,
      2018: 251,
      2020: 253,
      2022: 251,
      2024: 252,
      2025: 250,
    };
    for (const [y, n] of Object.entries(years)) {
      expect([
        y,
        sessionsBetween("NYSE", day(`${y}-01-01`), day(`${y}-12-31`)) +
          (sessionOn("NYSE", day(`${y}-01-01`)) ? 1 : 0),
      ]).toEqual([y, n]);
    }
  });

  it("opens 9:30 and closes 16:00 on its own wall, whatever the season", () => {
    expect(hours("NYSE", "2015-12-24")).toEqual(["2015-12-24T09:30:00", "2015-12-24T13:00:00"]);
    expect(sessionOn("NYSE", day("2015-12-24"))?.openUs).toBe(Date.UTC(2015, 11, 24, 14, 30) * 1000);
    expect(sessionOn("NYSE", day("2013-10-08"))?.openUs).toBe(Date.UTC(2013, 9, 8, 13, 30) * 1000);
    expect(hours("CBOE", "2015-12-24")[1]).toBe("2015-12-24T13:00:00");
    expect(hours("CBOE-SPX", "2015-12-24")[1]).toBe("2015-12-24T13:15:00");
    expect(hours("CBOE-SPX", "2015-12-23")[1]).toBe("2015-12-23T16:15:00");
  });
});

describe("other calendars", () => {
  it("Eurex keeps its own holidays and clock", () => {
    shut(
      "EUREX",
      "2015-01-01",
      "2015-04-03",
      "2015-04-06",
      "2015-05-01",
      "2015-12-24",
      "2015-12-25",
      "2015-12-31",
    );
    expect(sessionOn("EUREX", day("2015-07-03"))).not.toBeNull();
    expect(hours("EUREX", "2015-07-03")).toEqual(["2015-07-03T08:50:00", "2015-07-03T17:30:00"]);
    // Three weeks in spring the clocks of Frankfurt and New York are five hours apart.
    const apart = (d: string): number =>
      ((sessionOn("NYSE", day(d))?.openUs ?? NaN) - (sessionOn("EUREX", day(d))?.openUs ?? NaN)) / 3600e6;
    expect([apart("2015-03-20"), apart("2015-03-31")]).toEqual([5 + 40 / 60, 6 + 40 / 60]);
    expect(hours("EUREX-FUT", "2018-12-07")[0]).toBe("2018-12-07T07:50:00");
    expect(hours("EUREX-FUT", "2018-12-10")).toEqual(["2018-12-10T01:10:00", "2018-12-10T22:00:00"]);
  });

  it("the FX week runs from Sunday to Friday evening without a gap inside", () => {
    expect(hours("FX", "2024-07-01")).toEqual(["2024-06-30T17:00:00", "2024-07-01T17:00:00"]);
    const monday = sessionOn("FX", day("2024-07-01")) as Session;
    expect(sessionOn("FX", day("2024-07-02"))?.openUs).toBe(monday.closeUs);
    shut("FX", "2024-07-06", "2024-07-07", "2024-12-25");
  });

  it("Globex opens on the evening before and halts at noon on US holidays", () => {
    expect(hours("CME", "2024-07-02")).toEqual(["2024-07-01T17:00:00", "2024-07-02T16:00:00"]);
    expect(hours("CME", "2014-06-06")[1]).toBe("2014-06-06T16:15:00");
    expect(hours("CME", "2024-05-27")[1]).toBe("2024-05-27T12:00:00");
    expect(hours("CME", "2021-04-02")[1]).toBe("2021-04-02T08:15:00");
    shut("CME", "2024-03-29", "2024-12-25", "2024-01-01");
  });

  it("coins never close", () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2007, 0, 1), max: Date.UTC(2040, 11, 31) }), (ms) => {
        const us = (ms * 1000) as Micros;
        expect(sessionOf("24H", us)?.day).toBe(new Date(ms).toISOString().slice(0, 10));
      }),
    );
  });
});

describe("every calendar", () => {
  const instants = fc
    .integer({ min: Date.UTC(2007, 0, 10), max: Date.UTC(2040, 11, 20) })
    .map((ms) => (ms * 1000) as Micros);
  const names = fc.constantFrom(...CALENDAR_NAMES);

  it("has sessions that follow one another and never overlap", () => {
    const wrong: string[] = [];
    for (const name of CALENDAR_NAMES) {
      let session = nextSession(name, CALENDAR_FIRST_DAY);
      while (session.day < "2029-01-01") {
        const next = nextSession(name, session.day);
        const inOrder = session.openUs < session.closeUs && session.closeUs <= next.openUs;
        if (!inOrder || previousSession(name, next.day) !== session)
          wrong.push(`${name} ${session.day}, then ${next.day}`);
        session = next;
      }
    }
    expect(wrong).toEqual([]);
  });

  it("answers for any instant: last, current and next session agree", () => {
    fc.assert(
      fc.property(names, instants, (name, us) => {
        const last = lastSession(name, us) as Session;
        const next = nextOpen(name, us);
        const current = sessionOf(name, us);
        expect(last.openUs).toBeLessThanOrEqual(us);
        expect(next.openUs).toBeGreaterThan(us);
        expect(nextSession(name, last.day)).toBe(next);
        expect(current).toBe(us < last.closeUs ? last : null);
      }),
      { numRuns: 2000 },
    );
  });

  it("reads times of day within its session", () => {
    fc.assert(
      fc.property(names, instants, fc.nat(), (name, us, at) => {
        const session = nextOpen(name, us);
        const inside = session.openUs + (at % Math.floor((session.closeUs - session.openUs) / 60e6)) * 60e6;
        const text = wall(name, inside).slice(11, 16);
        const found = parseSessionTime(text, session);
        // A session of 24 hours has one name for each minute; none is longer (bar the night that clocks go back).
        if (session.closeUs - session.openUs <= 86400e6) expect(found).toBe(inside);
      }),
    );
    const half = sessionOn("CBOE", day("2015-12-24")) as Session;
    expect(parseSessionTime("open", half)).toBe(half.openUs);
    expect(parseSessionTime("close", half)).toBe(half.closeUs);
    expect(parseSessionTime("10:35:20", half)).toBe(half.openUs + (65 * 60 + 20) * 1e6);
    expect(parseSessionTime("9:00", half)).toBe(half.openUs - 1800e6);
    expect(parseSessionTime("10.35", half)).toBeNull();
  });

  it("refuses unknown names and days outside its span", () => {
    expect(() => sessionOn("LSE", day("2015-12-24"))).toThrow(MarketError);
    expect(() => sessionOn("toString", day("2015-12-24"))).toThrow(MarketError);
    expect(() => sessionOn("NYSE", day("2006-12-29"))).toThrow(/outside the calendars/);
    expect(() => sessionOn("NYSE", day("2041-01-02"))).toThrow(MarketError);
    expect(() => previousSession("NYSE", day("2007-01-01"))).toThrow(MarketError);
    expect(lastSession("NYSE", (Date.UTC(2007, 0, 1) * 1000) as Micros)).toBeNull();
  });

  it("counts days to expiry on the exchange's wall", () => {
    const expiry = day("2016-01-15");
    expect(dteDays("CBOE", (Date.UTC(2015, 11, 24, 15) * 1000) as Micros, expiry)).toBe(22);
    // 03:00 UTC is still the evening before in New York.
    expect(dteDays("CBOE", (Date.UTC(2016, 0, 15, 3) * 1000) as Micros, expiry)).toBe(1);
    expect(dteDays("CBOE", (Date.UTC(2016, 0, 15, 6) * 1000) as Micros, expiry)).toBe(0);
    expect(dteDays("CBOE", (Date.UTC(2016, 0, 16, 15) * 1000) as Micros, expiry)).toBe(-1);
    expect(sessionsBetween("NYSE", day("2015-12-24"), day("2016-01-04"))).toBe(5);
    expect(sessionsBetween("NYSE", day("2016-01-04"), day("2015-12-24"))).toBe(-5);
  });
});

const shared = process.env.VOLDESK_SHARED;
describe.skipIf(shared === undefined || !existsSync(shared))("against recorded trading days", () => {
  const data = join(shared ?? "", "data");
  const dates = (file: string, pattern: RegExp, toIso: (m: RegExpExecArray) => string): Set<string> => {
    const raw = readFileSync(join(data, file));
    const text = (file.endsWith(".gz") ? gunzipSync(raw) : raw).toString("utf8");
    const found = new Set<string>();
    for (const line of text.split("\n")) {
      const m = pattern.exec(line);
      if (m !== null) found.add(toIso(m));
    }
    return found;
  };

  it("New York traded on exactly these days", () => {
    const dir = join(data, "daily/ohlcv");
    expect(readdirSync(dir)).toContain("SPY.csv");
    const traded = dates("daily/ohlcv/SPY.csv", /^SPY,(\d{4}-\d\d-\d\d),/, (m) => m[1] ?? "");
    const last = [...traded].sort((a, b) => (a < b ? -1 : 1)).at(-1) ?? "";
    let checked = 0;
    for (let d = isoToDay(CALENDAR_FIRST_DAY); dayToIso(d) <= last; d++) {
      const iso = dayToIso(d);
      expect([iso, sessionOn("NYSE", iso) !== null]).toEqual([iso, traded.has(iso)]);
      checked++;
    }
    expect(checked).toBeGreaterThan(7000);
  });

  it("VSTOXX, made from Eurex options, was never quoted on a day that Eurex is shut", () => {
    const quoted = dates(
      "daily/v6i1_1999_2025_stoxx.csv",
      /^(\d\d)\.(\d\d)\.(20\d\d);/,
      (m) => `${m[3]}-${m[2]}-${m[1]}`,
    );
    const shutDays: string[] = [];
    for (let d = isoToDay(CALENDAR_FIRST_DAY); dayToIso(d) <= "2025-11-11"; d++) {
      const iso = dayToIso(d);
      if (quoted.has(iso) && sessionOn("EUREX", iso) === null) shutDays.push(iso);
    }
    expect(shutDays).toEqual([]);
    expect(quoted.size).toBeGreaterThan(4000);
  });

  it("intraday bars of SPX never end later than its session", () => {
    const ends = new Map<string, string>();
    for (const key of dates(
      "bars/spx_5m_all.csv.gz",
      /^(\d{4}-\d\d-\d\d),(\d\d:\d\d),/,
      (m) => `${m[1]} ${m[2]}`,
    )) {
      const [d, time] = [key.slice(0, 10), key.slice(11)];
      if (time > (ends.get(d) ?? "")) ends.set(d, time);
    }
    expect(ends.size).toBeGreaterThan(20);
    for (const [d, time] of ends) {
      const [, close] = hours("NYSE", d);
      expect([d, time <= close.slice(11, 16)]).toEqual([d, true]);
    }
  });
});
