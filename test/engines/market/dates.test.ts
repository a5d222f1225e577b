import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import {
  addDays,
  civilToDay,
  dayLabel,
  dayToCivil,
  dayToIso,
  easterSunday,
  formatClock,
  formatClockMicros,
  type IsoDay,
  isoDayAt,
  isoToDay,
  MarketError,
  type Micros,
  nthWeekday,
  parseWallClock,
  US_PER_DAY,
  wallToUs,
  weekdayOf,
  type Zone,
  zoneLetters,
  zoneOffsetMin,
} from "../../../engines/market/index.ts";

const ZONES: Zone[] = ["America/New_York", "America/Chicago", "Europe/Berlin", "UTC"];
const micros = (n: number): Micros => n as Micros;
const zoned = (zone: Zone, us: number): Temporal.ZonedDateTime =>
  new Temporal.ZonedDateTime(BigInt(us) * 1000n, zone);
const FROM = Date.UTC(1996, 0, 1) * 1000;
const TO = Date.UTC(2041, 0, 1) * 1000;

describe("civil dates", () => {
  it("agree with Temporal on every day of two centuries", () => {
    let date = Temporal.PlainDate.from("1900-01-01");
    const different: string[] = [];
    for (let n = civilToDay(1900, 1, 1); n < civilToDay(2100, 1, 1); n++) {
      const { year, month, day } = dayToCivil(n);
      const ours = `${dayToIso(n)} ${year} ${month} ${day} ${weekdayOf(n)}`;
      const theirs = `${date} ${date.year} ${date.month} ${date.day} ${date.dayOfWeek % 7}`;
      if (ours !== theirs) different.push(`${ours} instead of ${theirs}`);
      date = date.add({ days: 1 });
    }
    expect(different).toEqual([]);
  });

  it("find nth weekdays and Easter", () => {
    expect(dayToIso(nthWeekday(2015, 11, 4, 4))).toBe("2015-11-26");
    expect(dayToIso(nthWeekday(2015, 5, 1, -1))).toBe("2015-05-25");
    expect(dayToIso(nthWeekday(2024, 12, 2, -1))).toBe("2024-12-31");
    const easters = ["2007-04-08", "2011-04-24", "2015-04-05", "2024-03-31", "2025-04-20", "2038-04-25"];
    expect(easters.map((e) => dayToIso(easterSunday(Number(e.slice(0, 4)))))).toEqual(easters);
  });

  it("step over ends of months, and refuse what is no day", () => {
    expect(addDays("2015-12-31" as IsoDay, 1)).toBe("2016-01-01");
    expect(dayLabel("2015-12-24" as IsoDay)).toBe("Thu 24Dec15");
    expect(() => isoToDay("2015-02-29" as IsoDay)).toThrow(MarketError);
  });
});

describe("zones", () => {
  it("have the offsets that Temporal knows, at random and within seconds of each change", () => {
    const near = fc
      .tuple(fc.integer({ min: 1996, max: 2040 }), fc.constantFrom(3, 4, 10, 11), fc.constantFrom(1, 2, -1))
      .chain(([y, m, nth]) =>
        fc
          .integer({ min: -1, max: 12 * 3600 + 1 })
          .map((s) => nthWeekday(y, m, 0, nth) * US_PER_DAY + s * 1e6),
      );
    const hours = fc
      .tuple(near, fc.constantFrom(1, 6, 7, 8, 9), fc.integer({ min: -2, max: 2 }))
      .map(([us, h, us2]) => Math.floor(us / US_PER_DAY) * US_PER_DAY + h * 3600e6 + us2);
    const any = fc.integer({ min: FROM, max: TO });
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.oneof(any, near, hours), (zone, us) => {
        const z = zoned(zone, us);
        expect(zoneOffsetMin(zone, micros(us))).toBe(z.offsetNanoseconds / 60e9);
        expect(isoDayAt(zone, micros(us))).toBe(z.toPlainDate().toString());
        expect(formatClock(us, zoneOffsetMin(zone, micros(us)))).toBe(
          z.toPlainTime().round({ smallestUnit: "second", roundingMode: "floor" }).toString(),
        );
      }),
      { numRuns: 3000 },
    );
  });

  it("turn wall time into instants as Temporal does, in hours that come twice or never too", () => {
    const changes = fc
      .tuple(fc.integer({ min: 2007, max: 2040 }), fc.constantFrom([3, 2], [11, 1], [3, -1], [10, -1]))
      .map(([y, [m, nth]]) => nthWeekday(y, m ?? 3, 0, nth ?? 2));
    const days = fc.oneof(
      changes,
      fc.integer({ min: civilToDay(2007, 1, 1), max: civilToDay(2040, 12, 31) }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        days,
        fc.integer({ min: 0, max: 1439 }),
        (zone, day, minutes) => {
          const wall = Temporal.PlainDate.from(dayToIso(day)).toPlainDateTime({
            hour: Math.floor(minutes / 60),
            minute: minutes % 60,
          });
          expect(wallToUs(zone, day, minutes)).toBe(wall.toZonedDateTime(zone).epochMilliseconds * 1000);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it("carry the letters that traders use", () => {
    const winter = micros(Date.UTC(2015, 11, 24, 15, 34) * 1000);
    const summer = micros(Date.UTC(2015, 6, 1, 15, 34) * 1000);
    expect(ZONES.map((z) => zoneLetters(z, winter))).toEqual(["ET", "CT", "CET", "UTC"]);
    expect(ZONES.map((z) => zoneLetters(z, summer))).toEqual(["ET", "CT", "CEST", "UTC"]);
    expect(formatClock(winter, -300)).toBe("10:34:00");
    expect(formatClock(winter, -300, false)).toBe("10:34");
    expect(formatClockMicros(winter + 1234, -300)).toBe("10:34:00.001234");
  });

  it("read clocks", () => {
    expect(["9:30", "09:30:05", "23:59"].map(parseWallClock)).toEqual([34200, 34205, 86340]);
    expect(["24:00", "9:60", "9", "", "9:30pm", "-1:00"].map(parseWallClock)).toEqual(Array(6).fill(null));
  });
});
