import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tradingClock, yearFraction } from "../../../engines/pricing/index.ts";

const DAY = 86_400e6;
const HOUR = 3_600e6;
/** Monday 2024-01-01 00:00 UTC, and 52 weeks of 14:30–21:00 sessions with one holiday (the first Monday). */
const MONDAY = Date.UTC(2024, 0, 1) * 1000;
const days = Array.from({ length: 364 }, (_, i) => i).filter((d) => d % 7 < 5 && d !== 0);
const open = Float64Array.from(days, (d) => MONDAY + d * DAY + 14.5 * HOUR);
const close = Float64Array.from(days, (d) => MONDAY + d * DAY + 21 * HOUR);
const clock = tradingClock(open, close);
if (clock === null) throw new Error("no clock");

describe("year fractions", () => {
  it("ACT/365F counts whole minutes of real time", () => {
    expect(yearFraction(MONDAY, MONDAY + 365 * DAY)).toBe(1);
    expect(yearFraction(MONDAY, MONDAY + 90e6)).toBe(60e6 / (365 * DAY));
    expect(yearFraction(MONDAY, MONDAY)).toBe(0);
    expect(yearFraction(MONDAY + 1, MONDAY)).toBe(0);
    expect(yearFraction(Number.NaN, MONDAY)).toBeNaN();
  });

  it("AM and PM settlement of one date differ by the hours between them", () => {
    const am = MONDAY + 18 * DAY + 14.5 * HOUR;
    const pm = MONDAY + 18 * DAY + 21 * HOUR;
    expect(yearFraction(MONDAY, pm) - yearFraction(MONDAY, am)).toBeCloseTo(6.5 / 24 / 365, 14);
  });

  it("a trading hour is worth more than a night hour, a weekend less than its length", () => {
    const tuesday = MONDAY + 8 * DAY;
    const at = (h: number) => tuesday + h * HOUR;
    const session = yearFraction(at(14.5), at(15.5), clock);
    const night = yearFraction(at(22), at(23), clock);
    expect(night / session).toBeCloseTo(clock.weights.night, 10);
    const friday = MONDAY + 11 * DAY;
    const weekend = yearFraction(friday + 21 * HOUR, friday + 3 * DAY + 14.5 * HOUR, clock);
    expect(weekend / session).toBeCloseTo(17.5 * clock.weights.night + 48 * clock.weights.closedDay, 10);
    const perDay = (from: number) => yearFraction(from + 14.5 * HOUR, from + DAY + 14.5 * HOUR, clock);
    expect(perDay(tuesday)).toBeGreaterThan(1 / 365);
  });

  it("an average year of the table is one year, and time adds up", () => {
    const first = open[0] as number;
    const last = open[open.length - 1] as number;
    expect(yearFraction(first, last, clock)).toBeCloseTo((last - first) / (365 * DAY), 12);
    const instant = fc.double({ min: MONDAY - 30 * DAY, max: MONDAY + 400 * DAY, noNaN: true });
    fc.assert(
      fc.property(instant, instant, instant, (a, b, c) => {
        const [x, y, z] = [a, b, c].sort((p, q) => p - q) as [number, number, number];
        const whole = yearFraction(x, z, clock);
        expect(whole).toBeCloseTo(yearFraction(x, y, clock) + yearFraction(y, z, clock), 12);
        expect(whole).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("refuses a table that is none", () => {
    expect(tradingClock(Float64Array.of(1), Float64Array.of(2))).toBeNull();
    expect(tradingClock(Float64Array.of(1, 2), Float64Array.of(3, 4))).toBeNull();
    expect(tradingClock(Float64Array.of(2, 4), Float64Array.of(1, 5))).toBeNull();
  });
});
