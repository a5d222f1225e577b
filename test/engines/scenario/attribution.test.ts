import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { americanPrice, bsmPrice } from "../../../engines/pricing/index.ts";
import { attribute, PARTS, revalue, type Shock, scenarios } from "../../../engines/scenario/index.ts";
import { holding, market, option, stock } from "./samples.ts";

const [S, r, q] = [100, 0.03, 0.01];
const shock = (over: Partial<Shock> = {}): Shock => ({
  spotPct: 0,
  volPts: 0,
  days: 0,
  dynamics: "stickyStrike",
  ...over,
});
const european = (K: number, qty: number) =>
  holding(`e${K}`, option("C", K, "european"), qty, bsmPrice(1, S, K, 90 / 365, r, q, 0.3));
const american = (K: number, qty: number) =>
  holding(`a${K}`, option("P", K, "american"), qty, americanPrice(-1, S, K, 90 / 365, r, q, 0.3));
const book = [european(105, -3), american(95, 2), holding("s", stock, 50, 100, 0.9)];

describe("attribution by Greek", () => {
  it("adds up to the full revaluation, row by row and over the book", () => {
    const one = fc.record({
      spotPct: fc.integer({ min: -20, max: 20 }),
      volPts: fc.integer({ min: -10, max: 20 }),
      days: fc.integer({ min: 0, max: 120 }),
    });
    fc.assert(
      fc.property(one, (move) => {
        const got = attribute(book, market(), shock(move));
        const full = revalue(book, market(), shock(move));
        got.rows.forEach((row, i) => {
          const sum = PARTS.reduce((s, p) => s + (row.parts?.[p] ?? Number.NaN), 0);
          expect(row.total).toBeCloseTo(sum, 6);
          expect(row.total).toBeCloseTo(full[i]?.pnl as number, 2);
        });
        expect(got.total).toBeCloseTo(
          got.rows.reduce((s, x) => s + (x.total ?? Number.NaN), 0),
          6,
        );
      }),
      { numRuns: 20 },
    );
  });

  it("agrees with the grid", () => {
    const got = attribute(book, market(), shock({ spotPct: -5, volPts: 5, days: 7 }));
    const grid = scenarios(book, market(), { spotPct: [-5], volPts: [5], days: [7] });
    expect(Math.abs((got.total as number) - (grid.pnl[3] as number))).toBeLessThan(200 * 2e-4 * S);
  });

  it("leaves little of a small move, and third order of it", () => {
    const small = attribute(book, market(), shock({ spotPct: -1, volPts: 1 }));
    expect(Math.abs(small.known.rest)).toBeLessThan(0.01 * Math.abs(small.known.delta));
    const one = [european(100, 1)];
    const rest = (x: number): number => Math.abs(attribute(one, market(), shock({ spotPct: x })).known.rest);
    expect(rest(4) / rest(2)).toBeGreaterThan(6);
  });

  it("splits what moves: stock is delta, time is theta, vol is vega", () => {
    const stockOnly = attribute(
      [holding("s", stock, 50, 100, 0.9)],
      market(),
      shock({ spotPct: 2, volPts: 5, days: 3 }),
    );
    expect(stockOnly.known).toMatchObject({ delta: 90, gamma: 0, theta: 0, vega: 0, vanna: 0, volga: 0 });
    const time = attribute([european(100, 1)], market(), shock({ days: 1 }));
    expect(time.known).toMatchObject({ delta: 0, gamma: 0, vega: 0, vanna: 0, volga: 0 });
    expect(Math.abs(time.known.rest)).toBeLessThan(0.02 * Math.abs(time.known.theta));
    const vol = attribute([european(100, 1)], market(), shock({ volPts: 1 }));
    expect(vol.known.vega).toBeGreaterThan(0);
    expect(vol.known.theta).toBe(0);
  });

  it("inverse options: Greeks in the coin leave third order too", () => {
    const coin = option("C", 100, "european", 90, { premiumStyle: "inverse", multiplier: 1 });
    const leg = holding("x", coin, 1, bsmPrice(1, S, 100, 90 / 365, r, q, 0.6) / S);
    const rest = (x: number): number =>
      Math.abs(attribute([leg], market(), shock({ spotPct: x, volPts: x })).known.rest);
    expect(rest(2) / rest(1)).toBeGreaterThan(6);
  });

  it("what is missing is a null with its reason, and the total goes with it", () => {
    const got = attribute([...book, holding("f", stock, 1, 100, null)], market(), shock({ spotPct: 1 }));
    expect(got.rows[3]).toEqual({ id: "f", total: null, parts: null, reason: "no fx" });
    expect(got.total).toBeNull();
    expect(got.known.delta).not.toBe(0);
    expect(attribute(book, market(), shock({ spotPct: -100 })).rows[0]?.reason).toBe("bad shock");
    const sticky = attribute(book, market(), shock({ spotPct: 1, dynamics: "stickyMoneyness" }));
    expect(sticky.rows.map((x) => x.reason)).toEqual([
      "no surface for sticky moneyness",
      "no surface for sticky moneyness",
      null,
    ]);
  });
});
