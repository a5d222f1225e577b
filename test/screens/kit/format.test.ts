import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as f from "../../../screens/kit/format.ts";

it.each([
  ["tradeOutOfOrder", "trade out of order"],
  ["frame that is no MessagePack", "frame that is no MessagePack"],
])("%s is told as %s", (name, words) => expect(f.plainWords(name)).toBe(words));

describe("numbers", () => {
  it.each([
    [f.price(8.3, 2), "8.30"],
    [f.price(748.155, 2), "748.155"],
    [f.price(748.16, 2), "748.16"],
    [f.price(5.925, 2), "5.925"],
    [f.price(64.731, 2), "64.73"],
    [f.price(10.123456, 2), "10.12"],
    [f.price(null, 2), "–"],
    [f.price(Number.NaN, 2), "–"],
    [f.signed(1234.4), "+1,234"],
    [f.signed(-1243), "-1,243"],
    [f.signed(0), "0"],
    [f.signed(0.2), "0"],
    [f.signed(-0.2), "0"],
    [f.units(101204), "101,204"],
    [f.units(-1234567.891, 2), "-1,234,567.89"],
    [f.units(999), "999"],
    [f.short(9999), "9,999"],
    [f.short(10_000), "10.0k"],
    [f.short(12_400), "12.4k"],
    [f.short(999_499), "999k"],
    [f.short(999_950), "1.00M"],
    [f.short(3_210_000), "3.21M"],
    [f.short(1_050_000_000), "1.05B"],
    [f.shortSigned(23_040), "+23.0k"],
    [f.shortSigned(-8_100), "-8,100"],
    [f.fit(-1243, 6), "-1,243"],
    [f.fit(-12431, 6), "-12.4k"],
    [f.percent(-0.0123), "-1.2%"],
    [f.percent(0.05), "+5.0%"],
    [f.percent(0), "0.0%"],
    [f.vol(0.181), "18.1"],
    [f.delta(0.37), ".37"],
    [f.delta(-0.4), "-.40"],
    [f.delta(1), "1.00"],
    [f.delta(-0.001), ".00"],
    [f.rate(412), "412/s"],
    [f.speed(0.25), "0.25x"],
    [f.speed("max"), "max"],
  ])("%s", (got, want) => {
    expect(got).toBe(want);
  });

  it("a side that is not there is unknown; a bid of 0 beside an ask is a market", () => {
    const shown = (bid: number, ask: number) => [f.bid({ bid, ask }, 2), f.ask({ bid, ask }, 2)];
    expect(shown(0, 0.05)).toEqual(["0.00", "0.05"]);
    expect(shown(0.05, 0)).toEqual(["0.05", "–"]);
    expect(shown(0, 0)).toEqual(["–", "–"]);
    expect(shown(Number.NaN, Number.NaN)).toEqual(["–", "–"]);
    expect(shown(-0.1, 0.1)).toEqual(["-0.10", "0.10"]);
  });

  it("shortened numbers stay within 0.5 % and 6 characters", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 9.9e14, noNaN: true }), (v) => {
        const text = f.short(v);
        expect(text.length).toBeLessThanOrEqual(6);
        const scale = { k: 1e3, M: 1e6, B: 1e9, T: 1e12 }[text.at(-1) as "k"] ?? 1;
        const back = Number(text.replace(/[,kMBT]/g, "")) * scale;
        expect(Math.abs(back - v)).toBeLessThanOrEqual(Math.max(0.5, v * 0.00501));
      }),
    );
  });

  it("grouping only adds commas", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e15, max: 1e15, noNaN: true }),
        fc.integer({ min: 0, max: 4 }),
        (v, d) => {
          const text = f.units(v, d);
          expect(text.replace(/,/g, "")).toBe(f.fixed(v, d));
          expect(text.split(".")[0]).toMatch(/^-?\d{1,3}(,\d{3})*$/);
        },
      ),
    );
  });
});

describe("times", () => {
  it.each([
    [f.age(400_000), "0.4s"],
    [f.age(12e6), "12s"],
    [f.age(94e6), "94s"],
    [f.age(180e6), "3m"],
    [f.age(7200e6), "2h"],
    [f.age(86_400e6 * 5), "5d"],
    [f.age(null), "–"],
    [f.clock(1_450_971_240_000_000, -300), "10:34:00"],
    [f.clock(1_450_971_240_000_000, -300, false), "10:34"],
    [f.day("2016-01-15"), "15jan16"],
    [f.day("2016-01-15", "2015-12-24"), "15jan"],
    [f.day("2017-01-20", "2015-12-24"), "20jan17"],
    [f.longDay("2015-12-24"), "Thu 24Dec15"],
    [f.longDay("2024-02-29"), "Thu 29Feb24"],
    [f.dte(22.4), "22d"],
    [f.dte(2.4333 / 24), "0d 2h25m"],
  ])("%s", (got, want) => {
    expect(got).toBe(want);
  });
});
