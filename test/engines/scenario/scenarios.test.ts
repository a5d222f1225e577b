import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InstrumentId } from "../../../engines/market/index.ts";
import { americanPrice, bsmIv, bsmPrice, type VolProvider } from "../../../engines/pricing/index.ts";
import {
  baseCell,
  cellAt,
  cellCount,
  type ScenarioHolding,
  scenarios,
  termScale,
} from "../../../engines/scenario/index.ts";
import { future, holding, market, option, STOCK, stock } from "./samples.ts";

const [S, r, q] = [100, 0.03, 0.01];
const axes = { spotPct: [-10, -5, 5, 10], volPts: [-5, 5], days: [0, 7, 60] };
const none = { spotPct: [], volPts: [], days: [] };

/** A book of any options around the money, with marks off the model. */
const books = fc.array(
  fc
    .record({
      type: fc.constantFrom<"C" | "P">("C", "P"),
      strike: fc.integer({ min: 80, max: 120 }),
      style: fc.constantFrom<"american" | "european">("american", "european"),
      days: fc.integer({ min: 1, max: 300 }),
      qty: fc.integer({ min: -20, max: 20 }),
      sigma: fc.double({ min: 0.1, max: 0.9, noNaN: true }),
    })
    .map(({ type, strike, style, days, qty, sigma }): ScenarioHolding => {
      const w = type === "C" ? 1 : -1;
      const price = style === "american" ? americanPrice : bsmPrice;
      const mark = price(w, S, strike, days / 365, r, q, sigma);
      return holding(`${type}${strike}${style}${days}`, option(type, strike, style, days), qty, mark);
    }),
  { minLength: 1, maxLength: 6 },
);

describe("the base cell", () => {
  it("is the mark exactly, whatever mark and dynamics", () => {
    fc.assert(
      fc.property(
        books,
        fc.constantFrom<"stickyStrike" | "spotVolBeta">("stickyStrike", "spotVolBeta"),
        (book, dynamics) => {
          const got = scenarios([...book, holding("s", stock, 100, 100)], market(), { ...axes, dynamics });
          const base = baseCell(got.axes);
          expect(got.pnl[base]).toBe(0);
          got.legs.forEach((_, i) => expect(got.leg(i)[base]).toBe(0));
        },
      ),
      { numRuns: 30 },
    );
  });

  it("takes the vol its mark implies, or says that it could not", () => {
    const call = option("C", 105, "european");
    const mark = bsmPrice(1, S, 105, 90 / 365, r, q, 0.41);
    const deep = option("C", 50, "european");
    const got = scenarios(
      [holding("a", call, 1, mark), holding("b", call, 1, null), holding("c", deep, 1, 49.9)],
      market(),
      axes,
    );
    expect(got.legs[0]?.sigma).toBeCloseTo(0.41, 9);
    expect(got.legs.map((l) => l.basis)).toEqual(["mark", "model", "offset"]);
    expect(got.legs[1]?.sigma).toBe(0.3);
    expect(got.base).toEqual({ options: 3, offset: 1, model: 1 });
    expect(got.warnings).toEqual(["mark_implies_no_vol", "no_mark"]);
    expect(bsmIv(1, 49.9, S, 50, 90 / 365, r, q).kind).toBe("below_intrinsic");
  });
});

describe("cells", () => {
  it("are full revaluations at the shocked state", () => {
    const [K, T, sigma] = [105, 90 / 365, 0.41];
    for (const style of ["european", "american"] as const)
      for (const w of [1, -1]) {
        const price = style === "american" ? americanPrice : bsmPrice;
        const mark = price(w, S, K, T, r, q, sigma);
        const leg = holding("x", option(w > 0 ? "C" : "P", K, style), -3, mark, 0.9);
        const got = scenarios([leg], market(), axes);
        const { spotPct, volPts, days } = got.axes;
        spotPct.forEach((x, s) => {
          volPts.forEach((y, v) => {
            days.forEach((d, n) => {
              const there = price(w, S * (1 + x / 100), K, T - d / 365, r, q, sigma + y / 100);
              const want = -3 * 100 * 0.9 * (there - mark);
              // American: 1e-4 of spot on both ends of the change.
              const slack = style === "american" ? 270 * 2e-4 * S : 1e-8;
              expect(Math.abs((got.pnl[cellAt(got.axes, s, v, n)] as number) - want)).toBeLessThan(slack);
            });
          });
        });
      }
  });

  it("sum over the positions to the book and to each underlying", () => {
    fc.assert(
      fc.property(books, (book) => {
        const other = { ...stock, id: "EQ/ABC/USD" as InstrumentId };
        const all = [...book, ...book, holding("s", stock, -50, 100), holding("o", other, 10, 20)];
        const got = scenarios(all, market(), axes);
        const sum = new Float64Array(cellCount(got.axes));
        all.forEach((_, i) => got.leg(i).forEach((x, k) => (sum[k] = (sum[k] as number) + x)));
        const names = new Float64Array(sum.length);
        for (const u of got.underlyings) u.pnl.forEach((x, k) => (names[k] = (names[k] as number) + x));
        got.pnl.forEach((x, k) => {
          expect(x).toBeCloseTo(sum[k] as number, 6);
          expect(x).toBeCloseTo(names[k] as number, 6);
        });
        expect(got.underlyings).toHaveLength(2);
      }),
      { numRuns: 20 },
    );
  });

  it("a long call gains as the spot rises and as vol rises, a long straddle loses to time", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 70, max: 130 }),
        fc.constantFrom<"american" | "european">("american", "european"),
        fc.double({ min: 0.12, max: 0.8, noNaN: true }),
        (K, style, sigma) => {
          const mark = americanPrice(1, S, K, 90 / 365, r, 0, sigma);
          const got = scenarios([holding("c", option("C", K, style), 1, mark)], market({ q: 0 }), axes);
          const { spotPct, volPts, days } = got.axes;
          const at = (s: number, v: number, d: number): number =>
            got.pnl[cellAt(got.axes, s, v, d)] as number;
          for (let d = 0; d < days.length; d++)
            for (let v = 0; v < volPts.length; v++)
              for (let s = 1; s < spotPct.length; s++)
                expect(at(s, v, d) - at(s - 1, v, d)).toBeGreaterThanOrEqual(-1e-9);
          for (let d = 0; d < days.length; d++)
            for (let v = 1; v < volPts.length; v++)
              for (let s = 0; s < spotPct.length; s++)
                expect(at(s, v, d) - at(s, v - 1, d)).toBeGreaterThanOrEqual(-1e-9);
          for (let d = 1; d < days.length; d++)
            expect(at(2, 1, d)).toBeLessThanOrEqual(at(2, 1, d - 1) + 1e-9);
          expect(got.burnPerDay as number).toBeLessThanOrEqual(0);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("keep put-call parity: long call, short put of one vol move like the forward", () => {
    const [K, sigma] = [95, 0.35];
    const mark = (w: number): number => bsmPrice(w, S, K, 90 / 365, r, q, sigma);
    const pair = [
      holding("c", option("C", K, "european"), 1, mark(1)),
      holding("p", option("P", K, "european"), -1, mark(-1)),
    ];
    const got = scenarios(pair, market(), axes);
    const forward = (spot: number, T: number): number => spot * Math.exp(-q * T) - K * Math.exp(-r * T);
    got.axes.spotPct.forEach((x, s) => {
      got.axes.days.forEach((d, n) => {
        const T = 90 / 365;
        const want = 100 * (forward(S * (1 + x / 100), T - d / 365) - forward(S, T));
        for (let v = 0; v < 3; v++) expect(got.pnl[cellAt(got.axes, s, v, n)]).toBeCloseTo(want, 6);
      });
    });
  });

  it("past expiry are intrinsic and counted", () => {
    const mark = bsmPrice(1, S, 95, 30 / 365, r, q, 0.3);
    const got = scenarios([holding("c", option("C", 95, "european", 30), 2, mark)], market(), {
      ...none,
      spotPct: [10],
      days: [29, 30, 45],
    });
    expect([...got.expired]).toEqual([0, 0, 1, 1]);
    expect(got.pnl[cellAt(got.axes, 1, 0, 3)]).toBeCloseTo(200 * (15 - mark), 9);
  });

  it("linear holdings move with the spot, futures at their own price", () => {
    const got = scenarios([holding("s", stock, 10, 101), holding("f", future, -2, 102)], market(), {
      ...none,
      spotPct: [-10],
    });
    expect([...got.leg(0)]).toEqual([-101, 0]);
    expect([...got.leg(1)]).toEqual([1020, 0]);
    expect(got.underlyings.map((u) => u.id)).toEqual([STOCK]);
    expect(got.worst).toBe(1);
  });

  it("inverse premiums are in the coin", () => {
    const coin = option("C", 100, "european", 90, { premiumStyle: "inverse", multiplier: 1 });
    const mark = bsmPrice(1, S, 100, 90 / 365, r, q, 0.6) / S;
    const got = scenarios([holding("x", coin, 1, mark)], market(), { ...none, spotPct: [10] });
    expect(got.legs[0]?.sigma).toBeCloseTo(0.6, 9);
    expect(got.pnl[1]).toBeCloseTo(bsmPrice(1, 110, 100, 90 / 365, r, q, 0.6) / 110 - mark, 9);
  });
});

describe("vol dynamics", () => {
  const smile = (K: number): number => 0.3 + 0.002 * (100 - K);
  const vols: VolProvider = {
    vol: (i) => ({ sigma: smile(i.strike), source: "surface", ageUs: 0 }),
    volAt: (_, K) => ({ sigma: smile(K), source: "surface", ageUs: 0 }),
  };
  const put = option("P", 95, "european");
  const T = 90 / 365;
  const sigma = 0.36;
  const mark = bsmPrice(-1, S, 95, T, r, q, sigma);
  const one = [holding("p", put, 1, mark)];
  const value = (spot: number, vol: number): number => 100 * (bsmPrice(-1, spot, 95, T, r, q, vol) - mark);

  it("sticky moneyness adds the smile's own move to the calibrated vol", () => {
    const got = scenarios(
      one,
      { ...market(), vols },
      { ...none, spotPct: [-10], dynamics: "stickyMoneyness" },
    );
    expect(got.pnl[0]).toBeCloseTo(value(90, sigma + smile(95 / 0.9) - smile(95)), 8);
    const blind = scenarios(one, market(), { ...none, spotPct: [-10], dynamics: "stickyMoneyness" });
    expect(blind.missing).toEqual([{ id: "p", reason: "no surface for sticky moneyness" }]);
  });

  it("spot-vol beta and term-scaled shocks go with the root of 30 days over the term", () => {
    expect(termScale(30 / 365)).toBeCloseTo(1, 12);
    expect(termScale(1 / 365)).toBeCloseTo(Math.sqrt(30 / 7), 12);
    const beta = scenarios(one, market(), {
      ...none,
      spotPct: [-10],
      dynamics: "spotVolBeta",
      spotVolBeta: 0.8,
    });
    expect(beta.pnl[0]).toBeCloseTo(value(90, sigma + 0.08 * termScale(T)), 7);
    const term = scenarios(one, market(), { ...none, volPts: [5], volTerm: "sqrtTime" });
    expect(term.pnl[1]).toBeCloseTo(value(100, sigma + 0.05 * termScale(T)), 7);
  });

  it("index shocks move a name by its beta, and need one", () => {
    const source = { ...market(), beta: (u: InstrumentId) => (u === STOCK ? 1.5 : null) };
    const other = holding("o", { ...stock, id: "EQ/ABC/USD" as InstrumentId }, 1, 10);
    const got = scenarios([...one, other], source, { ...none, spotPct: [-10], spotAxis: "index" });
    expect(got.leg(0)[0]).toBeCloseTo(value(85, sigma), 8);
    expect(got.missing).toEqual([{ id: "o", reason: "no beta" }]);
    const wild = { ...source, beta: () => 11 };
    expect(scenarios(one, wild, { ...none, spotPct: [-10], spotAxis: "index" }).legs[0]?.reason).toBe(
      "bad shock",
    );
  });
});

describe("summaries", () => {
  it("break-evens of a straddle lie on both sides and are zeros of a full revaluation", () => {
    const sigma = 0.3;
    const legs = ([1, -1] as const).map((w) =>
      holding(
        `${w}`,
        option(w > 0 ? "C" : "P", 100, "european"),
        1,
        bsmPrice(w, S, 100, 90 / 365, r, q, sigma),
      ),
    );
    const got = scenarios(legs, market(), { ...axes, spotPct: [-20, 20], breakEvens: true });
    const last = got.breakEvens?.[2] as readonly number[];
    expect(last).toHaveLength(2);
    expect(last[0]).toBeLessThan(0);
    expect(last[1]).toBeGreaterThan(0);
    const zero = scenarios(legs, market(), { ...none, spotPct: last, days: [60] });
    expect(Math.abs(zero.pnl[cellAt(zero.axes, 0, 0, 1)] as number)).toBeLessThan(0.05);
    expect(Math.abs(zero.pnl[cellAt(zero.axes, 2, 0, 1)] as number)).toBeLessThan(0.05);
    expect(scenarios([], market(), { ...axes, breakEvens: true }).breakEvens).toEqual([[], [], []]);
  });

  it("finds the worst cell and the burn of a day", () => {
    const mark = bsmPrice(1, S, 100, 90 / 365, r, q, 0.3);
    const got = scenarios([holding("c", option("C", 100, "european"), 1, mark)], market(), axes);
    expect(got.worst).toBe(cellAt(got.axes, 0, 0, 2));
    const tomorrow = bsmPrice(1, S, 100, 89 / 365, r, q, 0.3);
    expect(got.burnPerDay).toBeCloseTo(100 * (tomorrow - mark), 8);
    const empty = scenarios([], market(), axes);
    expect(empty.worst).toBeNull();
    expect(empty.burnPerDay).toBeNull();
  });

  it("a position that can't be priced is NaN with its reason and takes the total with it, not the rest", () => {
    const call = option("C", 100, "european");
    const book = [
      holding("fx", stock, 1, 100, null),
      holding("spot", { ...stock, id: "EQ/ABC/USD" as InstrumentId }, 1, null),
      holding(
        "carry",
        option("C", 100, "european", 90, {
          underlying: "EQ/ABC/USD" as InstrumentId,
          id: "a" as InstrumentId,
        }),
        1,
        3,
      ),
      holding("vol", call, 1, null),
      holding("old", option("C", 100, "european", -1), 1, 3),
      holding("fine", stock, 1, 100),
    ];
    const got = scenarios(book, market({ sigma: null }), { ...none, spotPct: [5] });
    expect(got.legs.map((l) => l.reason)).toEqual([
      "no fx",
      "no spot",
      "no carry",
      "no vol",
      "expired",
      null,
    ]);
    expect([...got.pnl]).toEqual([Number.NaN, Number.NaN]);
    expect([...got.known]).toEqual([0, 5]);
    expect([...got.leg(3)]).toEqual([Number.NaN, Number.NaN]);
    expect(got.warnings).toEqual(["expired", "no_carry", "no_fx", "no_spot", "no_vol"]);
    expect(scenarios([], market(), { spotPct: [-100], volPts: [Number.NaN], days: [-1] }).warnings).toEqual([
      "days_dropped",
      "spot_move_dropped",
      "vol_move_dropped",
    ]);
  });
});
