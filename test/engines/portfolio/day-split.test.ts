import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Instrument } from "../../../engines/market/index.ts";
import {
  type DaySplit,
  type LegValue,
  type OptionMove,
  SPLIT_PARTS,
  splitDay,
  sumSplits,
} from "../../../engines/portfolio/index.ts";
import { bsmGreeks, bsmPrice } from "../../../engines/pricing/index.ts";

const millionths = (x: number): number => Math.round(x * 1e6) + 0;
const total = (split: DaySplit): number => SPLIT_PARTS.reduce((sum, p) => sum + millionths(split[p]), 0);

/** A leg with a day P&L as the valuation makes it: value now − value at the prior close + flow + dividends, to a millionth. */
function leg(part: {
  kind?: "option" | "equity";
  openQty: number;
  qty: number;
  prior: number;
  mark: number;
  flow?: number;
  dividends?: number;
  fx?: number;
}): LegValue {
  const { kind = "option", openQty, qty, prior, mark, flow = 0, dividends = 0, fx = 1 } = part;
  const multiplier = kind === "option" ? 100 : 1;
  const dayPnl =
    millionths((qty * mark * multiplier - openQty * prior * multiplier + flow + dividends) * fx) / 1e6;
  return {
    instrument: { kind, multiplier } as Instrument,
    qty,
    mark: { price: mark },
    figures: { dayPnl },
    day: {
      openQty,
      openMultiplier: multiplier,
      prior: { price: prior, day: "2015-12-23", source: "", sessionsOld: 1 },
      flow,
      dividends,
      fx,
    },
  } as unknown as LegValue;
}
const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const move: fc.Arbitrary<OptionMove | null> = fc.option(
  fc.record({
    greeks: fc.record({
      delta: number(-1, 1),
      gamma: number(0, 0.2),
      theta: number(-900, 10),
      vega: number(0, 400),
      rho: fc.constant(null),
    }),
    dSpot: number(-200, 200),
    years: number(0, 0.02),
    dSigma: number(-1, 1),
  }),
);
const anyLeg = fc.record({
  kind: fc.constantFrom("option" as const, "equity" as const),
  openQty: fc.integer({ min: -500, max: 500 }),
  qty: fc.integer({ min: -500, max: 500 }),
  prior: number(0, 900),
  mark: number(0, 900),
  flow: number(-1e6, 1e6),
  dividends: number(0, 1e4),
  fx: number(0.5, 2),
});

describe("day P&L by cause", () => {
  it("adds up to the day P&L to the last digit, whatever moved", () => {
    fc.assert(
      fc.property(anyLeg, move, (input, option) => {
        const row = leg(input);
        const split = splitDay(row, option);
        expect(total(split as DaySplit)).toBe(millionths(row.figures.dayPnl as number));
      }),
    );
  });

  it("adds up part by part and in whole over any book", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyLeg, move), { maxLength: 12 }), (rows) => {
        const splits = rows.map(([input, option]) => splitDay(leg(input), option) as DaySplit);
        const book = sumSplits(splits) as DaySplit;
        for (const part of SPLIT_PARTS)
          expect(millionths(book[part])).toBe(splits.reduce((sum, s) => sum + millionths(s[part]), 0));
        const days = rows.reduce((sum, [input]) => sum + millionths(leg(input).figures.dayPnl as number), 0);
        expect(total(book)).toBe(days);
      }),
    );
  });

  it("leaves a small rest when only spot, time and vol moved a little", () => {
    const [S, K, T, r, sigma] = [748.4, 760, 23 / 365, 0.002, 0.187];
    const g = bsmGreeks(1, S, K, T, r, 0, sigma);
    const prior = bsmPrice(1, S, K, T, r, 0, sigma);
    const mark = bsmPrice(1, S - 3, K, T - 1 / 365, r, 0, sigma + 0.004);
    const option = { greeks: { ...g, rho: null }, dSpot: -3, years: 1 / 365, dSigma: 0.004 };
    const split = splitDay(leg({ openQty: 10, qty: 10, prior, mark }), option) as DaySplit;
    expect(split.delta).toBeCloseTo(10 * 100 * g.delta * -3, 4);
    expect(split.gamma).toBeGreaterThan(0);
    expect(split.theta).toBeLessThan(0);
    expect(split.vega).toBeGreaterThan(0);
    expect(Math.abs(split.rest)).toBeLessThan(0.03 * Math.abs(split.delta));
    expect(split.trades).toBe(0);
  });

  it("puts today's fills apart from what was held", () => {
    const bought = leg({ openQty: 0, qty: 2, prior: 8, mark: 8.3, flow: -2 * 8.1 * 100 });
    expect(splitDay(bought, null)).toEqual({
      delta: 0,
      gamma: 0,
      theta: 0,
      vega: 0,
      trades: 40,
      dividends: 0,
      rest: 0,
    });
  });

  it("calls all of an option's move rest where its Greeks at the prior close are not known", () => {
    const split = splitDay(leg({ openQty: 1, qty: 1, prior: 8, mark: 9 }), null);
    expect(split?.rest).toBe(100);
  });

  it("knows nothing where the day P&L is not known, and says so in a total", () => {
    const row = leg({ openQty: 1, qty: 1, prior: 8, mark: 9 });
    const unknown = { ...row, figures: { ...row.figures, dayPnl: null } };
    expect(splitDay(unknown, null)).toBeNull();
    expect(sumSplits([splitDay(row, null), null])).toBeNull();
  });
});
