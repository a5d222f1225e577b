import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InstrumentId } from "../../../engines/market/index.ts";
import { sviVol } from "../../../engines/pricing/index.ts";
import { normInv } from "../../../engines/stats/index.ts";
import {
  forwardDelta,
  type SurfaceColumns,
  type SurfaceResult,
  standing,
  surface,
  surfaceCarry,
  surfaceVols,
  tenorChanges,
  VolSurface,
} from "../../../engines/surface/index.ts";
import { ladder, makeChain, NOW, smileOf } from "./chains.ts";

const DAYS = [5, 12, 33, 61, 96, 187];
const MADE = DAYS.map((days, i) => ({ days, svi: smileOf(0.18 + 0.01 * i, days) }));

/** Every number of a result is finite; what is not known is null. */
function notFinite(x: unknown, path = ""): string[] {
  if (typeof x === "number") return Number.isFinite(x) ? [] : [path];
  if (Array.isArray(x)) return x.flatMap((v, i) => notFinite(v, `${path}[${i}]`));
  if (typeof x === "object" && x !== null)
    return Object.entries(x).flatMap(([k, v]) => (k === "expiry" ? [] : notFinite(v, `${path}.${k}`)));
  return [];
}

describe("surface of a chain priced off known smiles", () => {
  const { columns, market } = makeChain(MADE);
  const r = surface(columns, market);

  it("finds the forwards by parity and the smiles from out-of-the-money mids", () => {
    expect(r.warnings).toEqual([]);
    r.expiries.forEach((e, i) => {
      const { svi, days } = MADE[i]!;
      const T = days / 365;
      expect(e.smile!.forwardSource).toBe("parity");
      expect(Math.abs(e.smile!.forward - 100 * Math.exp(0.03 * T))).toBeLessThan(1e-6);
      expect(e.impliedYield!).toBeCloseTo(0.01, 5);
      for (const z of [-1.5, -0.5, 0, 0.5, 1.5]) {
        const k = z * 0.2 * Math.sqrt(T);
        expect(Math.abs(sviVol(e.smile!.params, k, T)! - sviVol(svi, k, T)!)).toBeLessThan(2e-4);
      }
      expect(e.quality!.withinSpread).toBe(1);
      expect(e.butterfly).toEqual({ smile: 0, quotes: 0 });
    });
  });

  it("gives the vols at exact undiscounted forward deltas", () => {
    for (const { figures: f } of [...r.expiries, ...r.tenors]) {
      for (const [point, delta] of [
        [f!.put25, 0.75],
        [f!.call25, 0.25],
        [f!.put10, 0.9],
        [f!.call10, 0.1],
      ] as const) {
        const k = Math.log(point!.strike / f!.forward);
        expect(forwardDelta(k, point!.vol ** 2 * f!.T)).toBeCloseTo(delta, 8);
      }
      expect(f!.skew25!).toBeGreaterThan(0);
      expect(f!.riskReversal25).toBe(-f!.skew25!);
      expect(f!.butterfly25!).toBeCloseTo((f!.put25!.vol + f!.call25!.vol) / 2 - f!.atmVol, 12);
    }
  });

  it("interpolates total variance to constant maturities, never far beyond the expiries", () => {
    expect(r.tenors.map((t) => t.kind)).toEqual(Array.from({ length: 6 }, () => "interpolated"));
    const [near, far] = [MADE[1]!, MADE[2]!];
    const w = (e: (typeof MADE)[0]): number => sviVol(e.svi, 0, e.days / 365)! ** 2 * e.days;
    const want = Math.sqrt((w(near) + ((30 - 12) / (33 - 12)) * (w(far) - w(near))) / 30);
    expect(r.tenors[2]!.figures!.atmVol).toBeCloseTo(want, 4);
    const asked = surface(columns, market, { tenors: [2, 3, 200, 206, 365, 30, 30, -1, 2.5] });
    expect(asked.tenors.map((t) => [t.days, t.kind])).toEqual([
      [2, "none"],
      [3, "extrapolated"],
      [200, "extrapolated"],
      [206, "none"],
      [365, "none"],
      [30, "interpolated"],
    ]);
    expect(asked.tenors[0]!.warnings).toEqual(["tenor_beyond_expiries"]);
    expect(asked.tenors[0]!.figures).toBeNull();
  });

  it("names both expected moves: one sigma is about 1.25 straddles", () => {
    for (const t of r.tenors) {
      const { oneSigma, straddleOfSpot } = t.figures!.expectedMove;
      expect(oneSigma / straddleOfSpot!).toBeGreaterThan(1.2);
      expect(oneSigma / straddleOfSpot!).toBeLessThan(1.3);
    }
  });

  it("fills delta buckets from the smile: puts mirror calls", () => {
    const { buckets } = r.tenors[2]!;
    expect(buckets).toHaveLength(10);
    expect(buckets[1]!.centreVol).toBe(buckets[8]!.centreVol);
    expect(buckets[7]!.bucket).toBe("d40_60");
    expect(buckets.every((b) => b.quotes > 0)).toBe(true);
  });

  it("does not depend on the order of the rows", () => {
    const order = Array.from({ length: columns.n }, (_, i) => (i * 37) % columns.n);
    expect(new Set(order).size).toBe(columns.n);
    const f = <A extends Float64Array | Int32Array | Uint8Array>(a: A): A =>
      a.map((_, i) => a[order[i]!]!) as A;
    const shuffled: SurfaceColumns = {
      ...columns,
      expiry: f(columns.expiry),
      strike: f(columns.strike),
      put: f(columns.put),
      bid: f(columns.bid),
      ask: f(columns.ask),
    };
    expect(JSON.stringify(surface(shuffled, market))).toBe(JSON.stringify(r));
  });

  it("compares constant maturities day over day", () => {
    const up = makeChain(
      MADE.map((e) => ({ ...e, svi: { ...e.svi, a: e.svi.a + 0.0009 * (e.days / 365) } })),
    );
    const changes = tenorChanges(surface(up.columns, up.market), r);
    for (const c of changes) {
      expect(c.change.atmVol!).toBeGreaterThan(0.001);
      expect(c.warnings).toEqual([]);
    }
    const [first] = tenorChanges(r, { tenors: [] });
    expect(first).toMatchObject({ change: { atmVol: null }, warnings: ["missing_previous_row"] });
  });

  it("answers vols of listed options, none for an expiry it does not know", () => {
    const live = new VolSurface(columns, market);
    live.refitAll();
    const provider = surfaceVols(live);
    const option = { symbol: "XYZ", expiryUs: columns.expiries[2]!.expiryUs, strike: 95 } as Parameters<
      typeof provider.vol
    >[0];
    const e = r.expiries[2]!.smile!;
    expect(provider.vol(option)).toEqual({
      sigma: sviVol(e.params, Math.log(95 / e.forward), e.T),
      source: "surface",
      ageUs: 0,
    });
    expect(provider.vol({ ...option, symbol: "ABC" }).source).toBe("none");
    const carry = surfaceCarry(live, "EQ/XYZ/USD" as InstrumentId);
    expect(carry.carry("EQ/XYZ/USD" as InstrumentId, option.expiryUs)).toEqual({
      F: e.forward,
      df: e.df,
      spot: 100,
      source: "parity",
      ageUs: 0,
    });
    expect(carry.carry("EQ/ABC/USD" as InstrumentId, option.expiryUs)).toBeNull();
  });
});

describe("American quotes", () => {
  it("lose their early-exercise premium before parity and vols", () => {
    const made = [40, 200].map((days) => ({ days, svi: smileOf(0.22, days), style: "american" as const }));
    const { columns, market } = makeChain(made, { rate: 0.08, q: 0.02, strikes: ladder(100, 31, 0.02) });
    const r = surface(columns, market);
    r.expiries.forEach((e, i) => {
      const { days, svi } = made[i]!;
      const T = days / 365;
      expect(Math.abs(e.smile!.forward / (100 * Math.exp(0.06 * T)) - 1)).toBeLessThan(1e-4);
      const atm = sviVol(svi, 0, T)!;
      expect(Math.abs(e.figures!.atmVol - atm)).toBeLessThan(5e-4);
    });
    const raw = surface(
      { ...columns, expiries: columns.expiries.map((e) => ({ ...e, style: "european" as const })) },
      market,
    );
    expect(
      Math.abs(raw.expiries[1]!.smile!.forward / (100 * Math.exp(0.06 * (200 / 365))) - 1),
    ).toBeGreaterThan(1e-3);
  });
});

describe("incremental fits", () => {
  it("a tick dirties its own expiry, the one on screen goes first, no more than four fits a second", () => {
    const { columns, market } = makeChain(MADE);
    const live = new VolSurface(columns, market);
    expect(live.refitNext(3)).toBe(3);
    live.refitAll();
    expect(live.refitNext()).toBe(-1);
    const row = columns.expiry.findIndex(
      (e, i) => e === 2 && columns.strike[i]! > 95 && columns.put[i] === 1,
    );
    live.touch(row);
    expect(live.refitNext(4)).toBe(-1);
    live.setMarket({ ...market, chainUs: NOW + 300_000 });
    expect(live.ageUs(0)).toBe(300_000);
    expect(live.refitNext(4)).toBe(2);
    expect(live.ageUs(2)).toBe(0);
    expect(live.refitNext(4)).toBe(-1);
  });

  it("fits a quiet expiry again once half a percent of its time is gone, and drops it at its end", () => {
    const made = [0.1, 40].map((days) => ({ days, svi: smileOf(0.2, days) }));
    const { columns, market } = makeChain(made, { strikes: ladder(100, 41, 0.002) });
    const live = new VolSurface(columns, market);
    live.refitAll();
    const at = (us: number): number => {
      live.setMarket({ ...market, chainUs: NOW + us });
      return live.refitNext();
    };
    expect(at(30e6)).toBe(-1);
    expect(at(60e6)).toBe(0);
    expect(at(61e6)).toBe(-1);
    expect(at(0.1 * 86_400e6)).toBe(0);
    expect(live.smile(0)).toBeNull();
    expect(live.result().expiries[0]!.warnings).toContain("expired");
    expect(at(0.1 * 86_400e6 + 1e6)).toBe(-1);
  });

  it("a warm fit answers what a cold one does", () => {
    const { columns, market } = makeChain(MADE);
    const live = new VolSurface(columns, market);
    live.refitAll();
    for (let i = 0; i < columns.n; i++) {
      columns.bid[i]! *= 1.002;
      columns.ask[i]! *= 1.002;
    }
    live.touchAll();
    live.refitAll();
    const [warm, cold] = [live.result(), surface(columns, market)];
    warm.tenors.forEach((t, i) => {
      expect(t.figures!.atmVol).toBeCloseTo(cold.tenors[i]!.figures!.atmVol, 4);
      expect(t.figures!.skew25!).toBeCloseTo(cold.tenors[i]!.figures!.skew25!, 3);
    });
  });

  it("knows 0-DTE to the minute", () => {
    const days = 95 / 1440;
    const { columns, market } = makeChain([{ days, svi: smileOf(0.3, days) }], {
      strikes: ladder(100, 41, 0.001),
      half: 0.001,
    });
    const [e] = surface(columns, market).expiries;
    expect(e!.minutesLeft).toBe(95);
    expect(e!.figures!.atmVol).toBeCloseTo(sviVol(smileOf(0.3, days), 0, days / 365)!, 2);
    const late = surface(columns, { ...market, chainUs: columns.expiries[0]!.expiryUs - 30e6 });
    expect(late.expiries[0]!.warnings).toContain("expiry_in_its_last_minute");
    expect(surface(columns, { ...market, chainUs: columns.expiries[0]!.expiryUs }).warnings).toEqual([
      "expired_expiry_excluded",
      "no_valid_contract_rows",
      "spot_and_chain_times_differ",
    ]);
  });
});

describe("bad input", () => {
  const blank = (r: SurfaceResult): boolean => r.tenors.every((t) => t.figures === null);

  it("an empty chain, one strike, no spot, no quotes", () => {
    const { columns, market } = makeChain(MADE);
    const empty = surface({ ...columns, n: 0 }, market);
    expect(empty.warnings).toEqual(["empty_snapshot"]);
    expect(blank(empty)).toBe(true);

    const one = makeChain([{ days: 30, svi: smileOf(0.2, 30) }], { strikes: [100] });
    const single = surface(one.columns, one.market);
    expect(single.warnings).toEqual(["single_strike"]);
    expect(single.expiries[0]!.smile!.kind).toBe("flat");
    expect(single.expiries[0]!.figures!.put25).toBeNull();

    const noSpot = surface(columns, { ...market, spot: null });
    expect(noSpot.warnings).toEqual(["non_positive_spot"]);
    expect(noSpot.tenors[2]!.figures!.expectedMove.straddleOfSpot).toBeNull();
    expect(noSpot.tenors[2]!.figures!.atmVol).toBeCloseTo(
      surface(columns, market).tenors[2]!.figures!.atmVol,
      9,
    );

    const quiet = { ...columns, bid: columns.bid.map(() => 0), ask: columns.ask.map(() => Number.NaN) };
    const none = surface(quiet, market);
    expect(blank(none)).toBe(true);
    expect(none.expiries[0]!.warnings).toContain("no_quotes");
  });

  it("crossed, negative and one-sided quotes, duplicates, strikes and types that are none", () => {
    const { columns, market } = makeChain([{ days: 30, svi: smileOf(0.2, 30) }]);
    const clean = surface(columns, market).expiries[0]!;
    const bid = columns.bid.slice();
    const ask = columns.ask.slice();
    const strike = columns.strike.slice();
    const put = columns.put.slice();
    [bid[60], ask[60]] = [ask[60]!, bid[60]!];
    bid[62] = -1;
    bid[64] = 0;
    strike[66] = Number.NaN;
    put[68] = 7;
    strike[70] = strike[72]!;
    const r = surface({ ...columns, bid, ask, strike, put }, market);
    const e = r.expiries[0]!;
    expect(r.warnings).toEqual([
      "duplicate_contract_dropped",
      "invalid_option_type_dropped",
      "invalid_strike_dropped",
    ]);
    expect(e.quality!.crossed).toBe(1);
    expect(e.warnings).toContain("invalid_quote");
    expect(e.figures!.atmVol).toBeCloseTo(clean.figures!.atmVol, 4);
  });

  it("delta points outside the quotes are null, not the nearest contract", () => {
    const { columns, market } = makeChain([{ days: 30, svi: smileOf(0.2, 30) }], {
      strikes: [99, 99.5, 100, 100.5, 101],
    });
    const f = surface(columns, market).expiries[0]!.figures!;
    expect(f.atmVol).toBeGreaterThan(0.15);
    expect([f.put25, f.call25, f.skew25, f.butterfly25]).toEqual([null, null, null, null]);
  });

  it("vendor vols stand in where nothing has two sides, percentages do not", () => {
    const { columns, market } = makeChain([{ days: 30, svi: smileOf(0.2, 30) }]);
    const iv = Float64Array.from(
      columns.strike,
      (K) => sviVol(smileOf(0.2, 30), Math.log(K / 100), 30 / 365)!,
    );
    const none = {
      ...columns,
      bid: columns.bid.map(() => Number.NaN),
      ask: columns.ask.map(() => Number.NaN),
    };
    const r = surface({ ...none, iv }, market).expiries[0]!;
    expect(r.warnings).toEqual(["forward_from_spot", "vendor_vols_used"]);
    expect(r.figures!.atmVol).toBeCloseTo(0.2, 2);
    const percent = surface({ ...none, iv: iv.map((v) => 100 * v) }, market).expiries[0]!;
    expect(percent.figures).toBeNull();
    expect(percent.warnings).toContain("vendor_vols_in_percent_not_used");
  });

  it("flags a spot of another time than the chain", () => {
    const { columns, market } = makeChain(MADE);
    const r = surface(columns, { ...market, spot: 103, spotUs: NOW - 600e6 });
    expect(r.warnings).toEqual(["spot_and_chain_times_differ", "spot_differs_from_chain"]);
    expect(r.expiries[0]!.warnings).toContain("spot_differs_from_parity");
  });

  it("counts quotes that can be locked in, smiles without density, calendars that cross", () => {
    const { columns, market } = makeChain([{ days: 30, svi: smileOf(0.2, 30) }]);
    const row = columns.strike.findIndex((K, i) => K === 100 && columns.put[i] === 0);
    const [bid, ask] = [columns.bid.slice(), columns.ask.slice()];
    bid[row]! += 1;
    ask[row]! += 1;
    expect(surface({ ...columns, bid, ask }, market).expiries[0]!.butterfly.quotes).toBe(1);

    const crossed = makeChain([
      { days: 30, svi: smileOf(0.4, 30) },
      { days: 60, svi: smileOf(0.2, 60) },
    ]);
    const r = surface(crossed.columns, crossed.market, { tenors: [45] });
    expect(r.violations.calendar).toHaveLength(1);
    expect(r.violations.calendar[0]!.points).toBeGreaterThan(20);
    expect(r.tenors[0]!.warnings).toContain("total_variance_decreases");

    const steep = { a: 0.0005, b: 0.12, rho: -0.9, m: 0.02, sigma: 0.005 };
    const bad = makeChain([{ days: 30, svi: steep }]);
    const e = surface(bad.columns, bad.market).expiries[0]!;
    expect(e.butterfly.smile > 0 || e.smile!.kind !== "svi").toBe(true);
  });

  it("never throws and never lets a number that is none out", () => {
    const odd = fc.oneof(
      fc.double({ min: 0, max: 30 }),
      fc.constantFrom(Number.NaN, 0, -1, Infinity, -Infinity, 1e-300, 1e300),
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            e: fc.integer({ min: -1, max: 3 }),
            K: fc.oneof(fc.integer({ min: 80, max: 120 }), odd),
            put: fc.integer({ min: 0, max: 2 }),
            bid: odd,
            ask: odd,
          }),
          { maxLength: 60 },
        ),
        fc.oneof(fc.constant(100), odd),
        fc.constantFrom("european" as const, "american" as const),
        (rows, spot, style) => {
          const r = surface(
            {
              n: rows.length,
              expiries: [10, 40, Number.NaN].map((d) => ({
                root: "X",
                day: Number.isNaN(d) ? "soon" : "2026-06-19",
                expiryUs: NOW + d * 86_400e6,
                df: d === 40 ? Number.NaN : 0.999,
                style,
              })),
              expiry: Int32Array.from(rows, (x) => x.e),
              strike: Float64Array.from(rows, (x) => x.K),
              put: Uint8Array.from(rows, (x) => x.put),
              bid: Float64Array.from(rows, (x) => x.bid),
              ask: Float64Array.from(rows, (x) => x.ask),
            },
            { symbol: "X", asOf: "2026-05-28", chainUs: NOW, spot, spotUs: null, chainSpot: null },
          );
          expect(notFinite(r)).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe("standing in history", () => {
  it("gives percentile and rank over the last 252 sessions", () => {
    const history = Array.from({ length: 300 }, (_, i) => i);
    expect(standing(174, history)).toEqual({ percentile: 126.5 / 252, rank: 126 / 251, sessions: 252 });
    expect(standing(1000, history)!.percentile).toBe(1);
    expect(
      standing(
        5,
        Array.from({ length: 30 }, () => 5),
      ),
    ).toEqual({ percentile: 0.5, rank: null, sessions: 30 });
    expect(standing(null, history)).toBeNull();
    expect(standing(1, [1, 2, Number.NaN])).toBeNull();
  });

  it("the vol of a call of delta 25 lies where N(d1) says", () => {
    expect(forwardDelta(0, 0.04)).toBeCloseTo(0.539827837277029, 12);
    expect(normInv(0.25)).toBeCloseTo(-0.6744897501960817, 12);
  });
});
