import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Action,
  compatDailyVol,
  compatMarkOption,
  compatMarkSpot,
  compatModel,
  compatSynthetic,
  type MarkPolicy,
  markSynthetic,
  type SyntheticLeg,
  standInVol,
  tradePnl,
} from "../../../engines/portfolio/index.ts";

interface OracleLeg {
  leg_type: string;
  ticker: string;
  underlying_ticker: string | null;
  direction: number;
  quantity: number;
  strike: number;
  multiplier: number;
}
interface Case {
  id: string;
  function: string;
  input: Record<string, never>;
  expected: unknown;
}
const oracle = JSON.parse(
  readFileSync(new URL("../../fixtures/mtm/cases.json", import.meta.url), "utf8"),
) as { cases: Case[] };

const legOf = (l: OracleLeg): SyntheticLeg => ({
  type: l.leg_type,
  ticker: l.ticker,
  underlying: l.underlying_ticker,
  direction: l.direction,
  quantity: l.quantity,
  strike: l.strike,
  multiplier: l.multiplier,
});

function ours(c: Case): unknown {
  const i = c.input as Record<string, unknown>;
  const num = (k: string) => i[k] as number;
  switch (c.function) {
    case "mark_spot": {
      const action = i.action as Action;
      const policy = i.policy as MarkPolicy;
      const mtm = compatMarkSpot({
        action,
        entry: num("entry"),
        spot: num("spot"),
        assetClass: i.asset_class as string,
        policy,
      });
      return { mtm, pnl: tradePnl(action, mtm, num("entry"), num("shares"), 1, num("commission")) };
    }
    case "mark_option": {
      const policy = i.policy as "neutral" | "conservative" | "intrinsic";
      const type = i.instrument as "call" | "put";
      const mark = compatMarkOption({
        type,
        spot: num("underlying_spot"),
        strike: num("strike"),
        entry: num("entry_premium"),
        policy,
      });
      return { mtm_per_underlying_unit: mark };
    }
    case "black_scholes_price":
      return compatModel(
        i.option_type as "call" | "put",
        num("spot"),
        num("strike"),
        num("t"),
        num("rate"),
        num("vol"),
      );
    case "realised_vol_daily":
      return compatDailyVol(i.prices as number[]);
    case "synthetic_mtm": {
      const spots = i.spots as Record<string, number>;
      return compatSynthetic((i.legs as OracleLeg[]).map(legOf), (t) => spots[t] ?? null);
    }
    default:
      throw new Error(`no function ${c.function}`);
  }
}

function expectClose(got: unknown, want: unknown): void {
  if (typeof want === "number") {
    expect(Math.abs((got as number) - want)).toBeLessThanOrEqual(1e-9 + 1e-9 * Math.abs(want));
  } else if (want === null) expect(got).toBeNull();
  else {
    const entries = Object.entries(want as Record<string, unknown>);
    for (const [k, v] of entries) expectClose((got as Record<string, unknown>)[k], v);
  }
}

test("the fixture is whole", () => expect(oracle.cases.length).toBe(75));
test.each(oracle.cases.map((c) => [c.id, c] as const))("compatibility: %s", (_, c) =>
  expectClose(ours(c), c.expected),
);

const leg = (extra: Partial<SyntheticLeg>): SyntheticLeg => ({
  type: "call",
  ticker: "abc",
  underlying: null,
  direction: 1,
  quantity: 2,
  strike: 90,
  multiplier: 100,
  ...extra,
});
const spots = (t: string) => (t === "ABC" ? 100 : null);

test.each<[string, Partial<SyntheticLeg>]>([
  ['unknown leg type "swap"', { type: "swap" }],
  ["no price of XYZ", { ticker: "XYZ" }],
  ["leg in ABC has no direction", { direction: 0 }],
  ["leg in ABC has no quantity", { quantity: 0 }],
  ["leg in ABC has no strike", { strike: 0 }],
  ["leg in ABC has no multiplier", { multiplier: Number.NaN }],
])("one bad leg makes the whole structure fall back: %s", (reason, bad) => {
  const legs = [leg({}), leg(bad)];
  expect(markSynthetic(legs, spots, 650)).toEqual({ value: 650, source: "entry", reason });
  expect(markSynthetic(legs, spots, null)).toEqual({ value: null, source: "none", reason });
  expect(compatSynthetic(legs, spots)).toBe(2000);
});

test("a whole structure is the sum of its legs, spot legs at spot, tickers in any case", () => {
  const legs = [leg({}), leg({ type: "spot", strike: null, multiplier: 1, direction: -1, quantity: 3 })];
  expect(markSynthetic(legs, spots, null)).toEqual({ value: 2000 - 300, source: "legs", reason: null });
});

test("stand-in vol is annualised, and says why it is not there", () => {
  const closes = Array.from({ length: 40 }, (_, k) => 100 * Math.exp(k % 2 === 0 ? 0 : 0.0126));
  expect(standInVol(closes, false).vol).toBeCloseTo((compatDailyVol(closes) as number) * Math.sqrt(252), 12);
  expect(standInVol(closes, true).vol).toBeCloseTo((compatDailyVol(closes) as number) * Math.sqrt(365), 12);
  expect(standInVol(closes.slice(0, 20), false)).toEqual({ vol: null, reason: "19 returns, 20 needed" });
  expect(
    standInVol(
      closes.map(() => 100),
      false,
    ).reason,
  ).toBe("the closes do not move");
  expect(standInVol([...closes, Number.NaN], false).reason).toBe("a close is missing or not positive");
  // The forgotten factor: one year at the money on 100 with 20 % vol is 8.92 at 2 % rates, not 2.01.
  expect(compatModel("call", 100, 100, 1, 0.02, 0.2)).toBeCloseTo(8.916, 3);
  expect(compatModel("call", 100, 100, 1, 0.02, 0.2 / Math.sqrt(252))).toBeCloseTo(2.02, 1);
});

test("P&L of a sale is the negative of a purchase's before commission; the multiplier counts", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e4, noNaN: true }),
      fc.double({ min: 0, max: 1e4, noNaN: true }),
      fc.integer({ min: 1, max: 99 }),
      (mark, entry, n) => {
        expect(tradePnl("BUY", mark, entry, n, 100, 0)).toBe(-tradePnl("SELL", mark, entry, n, 100, 0) || 0);
        expect(tradePnl("BUY", mark, entry, n, 100, 3)).toBeCloseTo(
          100 * tradePnl("BUY", mark, entry, n, 1, 0) - 3,
          4,
        );
      },
    ),
  );
});
