import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  defaultSpotGrid,
  type ExposureColumns,
  type ExposureMarket,
  type ExposureSlice,
  exposure,
  flipStrike,
  type Measure,
} from "../../../engines/exposure/index.ts";

const DAY_US = 86_400e6;
const NOW = 1_780_000_000e6;
const MARKET: ExposureMarket = {
  symbol: "ABC",
  asOf: "2026-05-28",
  chainUs: NOW,
  spot: 100,
  spotUs: NOW,
  chainSpot: 100,
  oiDay: "2026-05-27",
};

interface Row {
  readonly expiry: number;
  readonly strike: number;
  readonly put: number;
  readonly oi: number;
  readonly iv: number;
  readonly multiplier?: number;
  readonly gamma?: number;
  readonly flow?: number;
}
const DAYS = ["2026-05-28", "2026-06-05", "2026-06-19", "2026-07-17", "2026-08-21", "2027-01-15"];

function columns(rows: readonly Row[], days = DAYS): ExposureColumns {
  const of = (f: (r: Row) => number): Float64Array => Float64Array.from(rows, f);
  return {
    n: rows.length,
    expiries: days.map((day, i) => ({
      root: "ABC",
      day,
      expiryUs: NOW + DAY_US * (0.25 + 12 * i),
      forward: 100.5,
      df: 0.999,
    })),
    expiry: Int32Array.from(rows, (r) => r.expiry),
    strike: of((r) => r.strike),
    put: Uint8Array.from(rows, (r) => r.put),
    openInterest: of((r) => r.oi),
    multiplier: of((r) => r.multiplier ?? 100),
    iv: of((r) => r.iv),
    gamma: of((r) => r.gamma ?? Number.NaN),
    flow: of((r) => r.flow ?? Number.NaN),
  };
}

const rowArb = fc.record({
  expiry: fc.nat(DAYS.length - 1),
  strike: fc.integer({ min: 80, max: 120 }),
  put: fc.nat(1),
  oi: fc.nat(5000),
  iv: fc.double({ min: 0.08, max: 0.9, noNaN: true }),
});
const chainArb = fc.uniqueArray(rowArb, {
  minLength: 1,
  maxLength: 80,
  size: "max",
  selector: (r) => `${r.expiry}/${r.strike}/${r.put}`,
});
const slice = (c: ExposureColumns, name: string, market = MARKET): ExposureSlice =>
  exposure(c, market).slices.find((s) => s.name === name)!;
const near = (a: number | null, b: number | null, scale = 1): void =>
  expect(Math.abs((a ?? 0) - (b ?? 0))).toBeLessThanOrEqual(1e-9 * Math.max(scale, Math.abs(b ?? 0)));
/** Sum of |net| of a ladder: what rounding is measured against. */
const gross = (s: ExposureSlice, m: Measure): number =>
  s.ladder.measures[m].net.reduce((sum, v) => sum + Math.abs(v || 0), 1);

describe("exposure", () => {
  it("computes gamma, vanna, charm and delta of one contract by the formulas", () => {
    const s = slice(columns([{ expiry: 2, strike: 105, put: 0, oi: 10, iv: 0.25 }]), "all");
    const t = (0.25 + 24) / 365;
    const [f, df, v] = [100.5, 0.999, 0.25];
    const price = (spot: number, vol: number, time: number): number => {
      // Carry held in rates, so that time can be bumped.
      const r = -Math.log(df) / t;
      const q = r - Math.log(f / 100) / t;
      const sd = vol * Math.sqrt(time);
      const d1 = (Math.log(spot / 105) + (r - q + 0.5 * vol * vol) * time) / sd;
      const cdf = (x: number): number => {
        let sum = 0;
        const n = 4000;
        for (let i = 0; i <= n; i++) {
          const u = -12 + ((x + 12) * i) / n;
          sum += Math.exp(-0.5 * u * u) * (i === 0 || i === n ? 1 : i % 2 ? 4 : 2);
        }
        return (sum * (x + 12)) / n / 3 / Math.sqrt(2 * Math.PI);
      };
      return spot * Math.exp(-q * time) * cdf(d1) - 105 * Math.exp(-r * time) * cdf(d1 - sd);
    };
    const delta = (spot: number, vol: number, time: number): number =>
      (price(spot + 0.02, vol, time) - price(spot - 0.02, vol, time)) / 0.04;
    const gamma = (delta(100.02, v, t) - delta(99.98, v, t)) / 0.04;
    const vanna = (delta(100, v + 1e-3, t) - delta(100, v - 1e-3, t)) / 2e-3;
    const charm = -(delta(100, v, t + 1e-4) - delta(100, v, t - 1e-4)) / 2e-4;
    const size = 10 * 100;
    expect(s.totals.delta.net).toBeCloseTo(size * delta(100, v, t) * 100, -1);
    expect(s.totals.gamma.net! / (size * gamma * 100 ** 2 * 0.01)).toBeCloseTo(1, 4);
    expect(s.totals.vanna.net! / (size * vanna * 100 * 0.01)).toBeCloseTo(1, 4);
    expect(s.totals.charm.net! / ((size * charm * 100) / 365)).toBeCloseTo(1, 3);
  });

  it("does not depend on the order of rows", () => {
    fc.assert(
      fc.property(chainArb, fc.infiniteStream(fc.nat()), (rows, random) => {
        const shuffled = rows
          .map((r) => ({ r, key: random.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map((x) => x.r);
        expect(exposure(columns(shuffled), MARKET)).toEqual(exposure(columns(rows), MARKET));
      }),
      { numRuns: 60 },
    );
  });

  it("doubles with open interest, and swapping calls and puts flips the net", () => {
    fc.assert(
      fc.property(chainArb, (rows) => {
        const one = slice(columns(rows), "all");
        const two = slice(columns(rows.map((r) => ({ ...r, oi: 2 * r.oi }))), "all");
        const swapped = slice(columns(rows.map((r) => ({ ...r, put: 1 - r.put }))), "all");
        near(two.totals.gamma.net, 2 * (one.totals.gamma.net ?? 0), gross(one, "gamma"));
        near(swapped.totals.gamma.net, -(one.totals.gamma.net ?? 0), gross(one, "gamma"));
      }),
      { numRuns: 60 },
    );
  });

  it("totals equal the sums of the table, and an expiry adds its own slice", () => {
    fc.assert(
      fc.property(chainArb, (rows) => {
        const all = exposure(columns(rows), MARKET, { slices: ["all"] });
        const s = all.slices[0]!;
        let sum = 0;
        for (let r = 0; r < all.table.n; r++) sum += all.table.measures.gamma.net[r]!;
        near(s.totals.gamma.net, sum, gross(s, "gamma"));
        let parts = 0;
        for (const day of DAYS) {
          const part = exposure(columns(rows), MARKET, { slices: ["all"], includeDays: [day] }).slices[0]!;
          parts += part.totals.gamma.net ?? 0;
        }
        near(s.totals.gamma.net, parts, gross(s, "gamma"));
      }),
      { numRuns: 60 },
    );
  });

  it("finds every zero-gamma root: repriced net gamma is zero there", () => {
    fc.assert(
      fc.property(chainArb, (rows) => {
        const { zeroGamma } = slice(columns(rows), "all");
        let changes = 0;
        for (let g = 1; g < zeroGamma.net.length; g++)
          if (zeroGamma.net[g - 1]! * zeroGamma.net[g]! < 0) changes++;
        // Gammas of far strikes may cancel out to nothing on a point of the grid itself.
        for (let g = 1; g + 1 < zeroGamma.net.length; g++)
          if (zeroGamma.net[g] === 0 && zeroGamma.net[g - 1]! * zeroGamma.net[g + 1]! < 0) changes++;
        expect(zeroGamma.roots).toHaveLength(changes);
        zeroGamma.roots.forEach((root, i) => {
          // The sign on both sides of a root, by a second path: a grid of those two spots, without the recurrence.
          const [below, above] = [1 - 1e-7, 1 + 1e-7].map(
            (step) =>
              exposure(columns(rows), MARKET, { slices: ["all"], spotGrid: Float64Array.of(root * step) })
                .slices[0]!.zeroGamma.net[0]!,
          );
          // Between two contracts too narrow to meet there is nothing on either side.
          expect(below! * above!).toBeLessThanOrEqual(0);
          if (i > 0)
            expect(Math.abs(root - 100)).toBeGreaterThanOrEqual(Math.abs(zeroGamma.roots[i - 1]! - 100));
        });
      }),
      {
        numRuns: 300,
        examples: [
          [
            [
              { expiry: 0, strike: 86, put: 0, oi: 1, iv: 0.3178760321184813 },
              { expiry: 0, strike: 97, put: 1, oi: 1, iv: 0.08 },
            ],
          ],
        ],
      },
    );
  });

  it("puts the root of a call above and a put below between them", () => {
    const { zeroGamma, callWall, putWall } = slice(
      columns([
        { expiry: 2, strike: 110, put: 0, oi: 1000, iv: 0.2 },
        { expiry: 2, strike: 90, put: 1, oi: 1000, iv: 0.2 },
      ]),
      "all",
    );
    expect(zeroGamma.roots).toHaveLength(1);
    // Equal vols and equal OI: gammas are equal where spot is the geometric mean of the strikes, less carry and v^2 T.
    const t = (0.25 + 24) / 365;
    const carry = (100.5 / 100) * Math.exp(0.5 * 0.04 * t);
    expect(zeroGamma.nearest).toBeCloseTo(Math.sqrt(110 * 90) / carry, 6);
    expect(callWall?.strike).toBe(110);
    expect(putWall?.strike).toBe(90);
    expect(putWall?.value).toBeLessThan(0);
    const odd = slice(
      columns([
        { expiry: 2, strike: 95, put: 0, oi: 9000, iv: 0.2 },
        { expiry: 2, strike: 105, put: 0, oi: 10, iv: 0.2 },
        { expiry: 2, strike: 104, put: 1, oi: 9000, iv: 0.2 },
      ]),
      "all",
    );
    expect([odd.callWall?.strike, odd.callWallAbove?.strike]).toEqual([95, 105]);
    expect([odd.putWall?.strike, odd.putWallBelow]).toEqual([104, null]);
  });

  it("sticky moneyness equals sticky strike on a flat smile and differs on a skewed one", () => {
    const rows = (skew: number): Row[] =>
      [85, 90, 95, 100, 105, 110].flatMap((strike) =>
        [0, 1].map((put) => ({
          expiry: 2,
          strike,
          put,
          oi: put ? 3000 - 20 * strike : 100 + 10 * strike,
          iv: 0.25 - skew * (strike - 100),
        })),
      );
    const run = (skew: number, dynamics: "stickyStrike" | "stickyMoneyness"): number | null =>
      exposure(columns(rows(skew)), MARKET, { slices: ["all"], dynamics }).slices[0]!.zeroGamma.nearest;
    expect(run(0, "stickyMoneyness")).toBeCloseTo(run(0, "stickyStrike")!, 8);
    expect(run(0.004, "stickyMoneyness")).not.toBeCloseTo(run(0.004, "stickyStrike")!, 2);
  });

  it("sticky moneyness gives a contract the vol of the strike that had its moneyness", () => {
    const vol = (k: number): number => 0.25 - 0.004 * (k - 100);
    const rows = [90, 95, 100, 105, 110].map((strike) => ({
      expiry: 2,
      strike,
      put: 0,
      oi: strike === 105 ? 10 : 0,
      iv: vol(strike),
    }));
    const moved = exposure(columns(rows), MARKET, {
      slices: ["all"],
      dynamics: "stickyMoneyness",
      spotGrid: Float64Array.of(105),
    }).slices[0]!.zeroGamma.net[0]!;
    const alone = columns([{ expiry: 2, strike: 105, put: 0, oi: 10, iv: vol(100) }]);
    const expiries = alone.expiries.map((e) => ({ ...e, forward: e.forward * 1.05 }));
    const direct = exposure({ ...alone, expiries }, { ...MARKET, spot: 105 }).slices[2]!.totals.gamma.net!;
    expect(moved / direct).toBeCloseTo(1, 10);
  });

  it("takes slices by day: near counts days, zero DTE is the day itself, monthly the third Friday", () => {
    const rows = DAYS.map((_, expiry) => ({ expiry, strike: 100, put: 0, oi: 1, iv: 0.2 }));
    const result = exposure(columns(rows), MARKET, { nearN: 2 });
    const days = (name: string): string[] =>
      result.slices.find((s) => s.name === name)!.expiries.map((e) => result.expiries[e]!.day);
    expect(days("near")).toEqual(["2026-05-28", "2026-06-05"]);
    expect(days("zeroDte")).toEqual(["2026-05-28"]);
    expect(days("monthly")).toEqual(["2026-06-19", "2026-07-17", "2026-08-21", "2027-01-15"]);
    expect(days("all")).toEqual(DAYS);
  });

  it("knows the monthly Thursday before a closed Friday, by calendar or by what is listed", () => {
    const days = ["2019-04-18", "2019-04-26", "2019-05-16", "2019-05-17"];
    const rows = days.map((_, expiry) => ({ expiry, strike: 100, put: 0, oi: 1, iv: 0.2 }));
    const run = (isSession: ((d: string) => boolean) | null): string[] => {
      const r = exposure(columns(rows, days), MARKET, { slices: ["monthly"], isSession });
      return r.slices[0]!.expiries.map((e) => r.expiries[e]!.day);
    };
    expect(run(null)).toEqual(["2019-04-18", "2019-05-17"]);
    expect(run((d) => d !== "2019-04-19")).toEqual(["2019-04-18", "2019-05-17"]);
  });

  it("keeps SPX and SPXW of one date apart in the table and together in a slice", () => {
    const c = columns([
      { expiry: 0, strike: 100, put: 0, oi: 5, iv: 0.2 },
      { expiry: 1, strike: 100, put: 0, oi: 7, iv: 0.2 },
    ]);
    const two: ExposureColumns = {
      ...c,
      expiries: [
        { ...c.expiries[2]!, root: "SPXW", expiryUs: NOW + 22.4 * DAY_US },
        { ...c.expiries[2]!, root: "SPX", expiryUs: NOW + 22 * DAY_US },
      ],
    };
    const result = exposure(two, MARKET, { slices: ["all"] });
    expect(result.expiries.map((e) => e.root)).toEqual(["SPX", "SPXW"]);
    expect(result.table.n).toBe(2);
    expect([...result.slices[0]!.ladder.callOi]).toEqual([12]);
  });

  it("changes sign with the convention and uses flow, not open interest, for customer flow", () => {
    const rows: Row[] = [
      { expiry: 2, strike: 100, put: 0, oi: 50, iv: 0.2, flow: 30 },
      { expiry: 2, strike: 100, put: 1, oi: 70, iv: 0.2, flow: -10 },
    ];
    const net = (convention: "callsPlusPutsMinus" | "shortAll" | "longAll" | "customerFlow"): number =>
      exposure(columns(rows), MARKET, { slices: ["all"], convention }).slices[0]!.totals.gamma.net!;
    const unit = net("longAll") / 120;
    expect(net("callsPlusPutsMinus")).toBeCloseTo(-20 * unit, 6);
    expect(net("shortAll")).toBeCloseTo(-120 * unit, 6);
    expect(net("customerFlow")).toBeCloseTo(-20 * unit, 6);
    expect(exposure(columns(rows), MARKET).convention).toEqual({
      id: "callsPlusPutsMinus",
      label: "dealers + calls, - puts",
      heuristic: true,
    });
  });

  it("takes the multiplier of each contract and refuses to guess a missing one", () => {
    const base = slice(columns([{ expiry: 2, strike: 100, put: 0, oi: 10, iv: 0.2 }]), "all").totals.gamma
      .net!;
    const mini = columns([{ expiry: 2, strike: 100, put: 0, oi: 10, iv: 0.2, multiplier: 10 }]);
    expect(slice(mini, "all").totals.gamma.net).toBeCloseTo(base / 10, 6);
    const none = exposure(
      columns([{ expiry: 2, strike: 100, put: 0, oi: 10, iv: 0.2, multiplier: Number.NaN }]),
      MARKET,
    );
    expect(none.warnings).toContain("missing_multiplier");
    expect(none.slices[0]!.totals.gamma.net).toBeNull();
  });

  it("uses the vendor's gamma where there is no vol, and says how much of the open interest it stands on", () => {
    const c = columns([
      { expiry: 2, strike: 100, put: 0, oi: 30, iv: 0.2, gamma: 0.5 },
      { expiry: 2, strike: 105, put: 0, oi: 60, iv: Number.NaN, gamma: 0.02 },
      { expiry: 2, strike: 110, put: 0, oi: 10, iv: Number.NaN },
    ]);
    const computed = exposure(c, MARKET, { slices: ["all"] }).slices[0]!;
    expect(computed.coverage.gammaKnown).toBeCloseTo(0.9, 12);
    expect(computed.coverage.gammaComputed).toBeCloseTo(0.3, 12);
    expect(computed.warnings).toContain("zero_gamma_low_coverage");
    expect(computed.ladder.measures.gamma.net[1]).toBeCloseTo(60 * 100 * 0.02 * 100 ** 2 * 0.01, 6);
    expect(computed.ladder.measures.gamma.net[2]).toBeNaN();
    expect([...computed.ladder.partial]).toEqual([0, 0, 2]);
    const vendor = exposure(c, MARKET, { slices: ["all"], greeks: "vendor" }).slices[0]!;
    expect(vendor.ladder.measures.gamma.net[0]).toBeCloseTo(30 * 100 * 0.5 * 100 ** 2 * 0.01, 6);
  });

  it("ignores leading zeros in the legacy flip", () => {
    expect(flipStrike([80, 90, 100, 110], [0, -5, 2, 6], true)).toBe(110);
    expect(flipStrike([80, 90, 100], [0, 1, 2], true)).toBeNull();
    expect(flipStrike([80, 90, 100], [0, 1, 2], false)).toBe(80);
  });

  it("spaces the default grid densely near spot", () => {
    const g = defaultSpotGrid(100);
    expect(g).toHaveLength(60);
    expect([g[0]! / 80, g[59]! / 120].map((x) => Math.round(x * 1e9) / 1e9)).toEqual([1, 1]);
    expect(g[30]! - g[29]!).toBeLessThan(0.28);
  });
});

describe("exposure on bad input", () => {
  const bad = (rows: readonly Row[], over: Partial<ExposureMarket> = {}) =>
    exposure(columns(rows), { ...MARKET, ...over });
  const good: Row = { expiry: 2, strike: 100, put: 0, oi: 10, iv: 0.2 };

  it("empty chain and one strike", () => {
    const empty = bad([]);
    expect(empty.warnings).toContain("empty_snapshot");
    expect(empty.slices[0]!.totals.gamma.net).toBeNull();
    expect(empty.slices[0]!.legacyFlipStrike).toBeNull();
    expect(empty.slices[0]!.zeroGamma.nearest).toBeNull();
    expect(bad([good]).warnings).toContain("single_strike");
  });

  it("a spot of zero keeps open interest and leaves exposure unknown", () => {
    for (const spot of [0, -1, Number.NaN, null]) {
      const out = bad([good], { spot });
      expect(out.warnings).toContain("non_positive_spot");
      const all = out.slices.find((s) => s.name === "all")!;
      expect([...all.ladder.callOi]).toEqual([10]);
      expect(all.totals.gamma.net).toBeNull();
      expect(all.zeroGamma.atSpot).toBeNull();
      expect(all.callWall).toBeNull();
    }
  });

  it("missing and negative open interest is unknown, not zero", () => {
    const out = bad([
      { ...good, oi: Number.NaN },
      { ...good, strike: 101, oi: -4 },
    ]);
    expect(out.warnings).toEqual(expect.arrayContaining(["missing_open_interest", "negative_open_interest"]));
    const all = out.slices.find((s) => s.name === "all")!;
    expect(all.totals.gamma.net).toBeNull();
    expect(all.coverage.withOpenInterest).toBe(0);
    expect([...all.ladder.partial]).toEqual([1, 1]);
  });

  it("vols in percent are refused as a whole", () => {
    const out = bad([90, 100, 110].map((strike) => ({ ...good, strike, iv: 22 })));
    expect(out.warnings).toContain("iv_looks_like_percent");
    expect(out.slices.find((s) => s.name === "all")!.totals.gamma.net).toBeNull();
  });

  it("names duplicates, expired contracts and unreadable rows", () => {
    const c = columns([
      good,
      { ...good, oi: 99 },
      { ...good, expiry: -1 },
      { ...good, strike: -5 },
      { ...good, put: 7 },
      { ...good, expiry: 1 },
    ]);
    const expiries = c.expiries.map((e, i) => (i === 1 ? { ...e, expiryUs: NOW } : e));
    const out = exposure({ ...c, expiries }, MARKET);
    expect(out.warnings).toEqual(
      expect.arrayContaining([
        "duplicate_contract_kept_last",
        "expired_expiry_excluded",
        "invalid_expiry_dropped",
        "invalid_strike_dropped",
        "invalid_option_type_dropped",
      ]),
    );
    expect([...out.table.callOi]).toEqual([99]);
  });

  it("flags a spot from another time or price than the chain's, and an unknown open interest day", () => {
    const out = bad([good], { chainSpot: 101, spotUs: NOW + 3600e6, oiDay: null });
    expect(out.warnings).toEqual(
      expect.arrayContaining([
        "open_interest_day_unknown",
        "spot_and_chain_times_differ",
        "spot_differs_from_chain",
      ]),
    );
  });

  it("never throws, whatever the numbers", () => {
    const any = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, 0, -1, Number.POSITIVE_INFINITY));
    const wild = fc.record({
      expiry: fc.integer({ min: -3, max: 9 }),
      strike: any,
      put: fc.nat(3),
      oi: any,
      iv: any,
      multiplier: any,
      gamma: any,
      flow: any,
    });
    fc.assert(
      fc.property(fc.array(wild, { maxLength: 20 }), any, (rows, spot) => {
        const out = exposure(columns(rows), { ...MARKET, spot });
        expect(out.slices).toHaveLength(4);
      }),
      { numRuns: 300 },
    );
  });
});
