import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  surface,
  type TermPoint,
  TermVariance,
  termPoints,
  termStructure,
  volFuturesCurve,
} from "../../../engines/surface/index.ts";
import { makeChain, smileOf } from "./chains.ts";

const point = (days: number, vol: number, error = 0.001): TermPoint => ({
  T: days / 365,
  vol,
  error,
  ageUs: 0,
});
const curve = (...rows: readonly (readonly [number, number])[]): TermPoint[] =>
  rows.map(([d, v]) => point(d, v));

describe("term structure", () => {
  it("reproduces its points, is flat on a flat curve", () => {
    const flat = termStructure(curve([7, 0.2], [30, 0.2], [90, 0.2], [180, 0.2]));
    expect(flat.curve.map((r) => r.vol)).toEqual(Array.from({ length: 6 }, () => expect.closeTo(0.2, 12)));
    expect(flat.curve.map((r) => r.forwardVol!)).toEqual(
      Array.from({ length: 6 }, () => expect.closeTo(0.2, 9)),
    );
    expect(flat.slope!.slope).toBeCloseTo(0, 12);
    expect(flat.ratios["30/90"]).toBeCloseTo(1, 12);
    expect(flat.regime).toBe("flat");
    expect(flat.confidence).toMatchObject({ grade: "high", bracketed: true });
    const two = termStructure(curve([30, 0.2], [90, 0.24]));
    expect(two.curve.find((r) => r.days === 30)!.vol).toBeCloseTo(0.2, 12);
    expect(two.curve.find((r) => r.days === 90)!.vol).toBeCloseTo(0.24, 12);
    expect(two.slope!.error).toBeNull();
  });

  it("classes panic as backwardation and calm as contango", () => {
    expect(termStructure(curve([7, 0.45], [30, 0.38], [90, 0.33], [180, 0.3])).regime).toBe("backwardation");
    expect(termStructure(curve([7, 0.11], [30, 0.13], [90, 0.15], [180, 0.17])).regime).toBe("contango");
  });

  it("scaling all vols leaves ratios and regime; a point on the curve changes no vol", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.1, max: 0.6, noNaN: true }), { minLength: 4, maxLength: 4 }),
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        (vols, scale) => {
          const points = [10, 30, 90, 200].map((d, i) => point(d, vols[i]!));
          const a = termStructure(points);
          const b = termStructure(points.map((p) => ({ ...p, vol: p.vol * scale })));
          expect(b.regime).toBe(a.regime);
          if (a.ratios["30/90"] !== null) expect(b.ratios["30/90"]).toBeCloseTo(a.ratios["30/90"], 9);
          const at60 = a.curve.find((r) => r.days === 60)!.vol!;
          const c = termStructure([...points, point(60, at60)]);
          a.curve.forEach((r, i) => {
            if (r.vol !== null) expect(c.curve[i]!.vol).toBeCloseTo(r.vol, 9);
          });
        },
      ),
    );
  });

  it("enters a regime at 5 % and leaves it at 3 %", () => {
    const steep = (s: number): TermPoint[] => curve([30, 0.2], [52, 0.2 * (1 + s / 2)], [90, 0.2 * (1 + s)]);
    expect(termStructure(steep(0.04)).regime).toBe("flat");
    expect(termStructure(steep(0.04), { previous: "contango" }).regime).toBe("contango");
    expect(termStructure(steep(0.02), { previous: "contango" }).regime).toBe("flat");
    expect(termStructure(steep(-0.08), { previous: "contango" }).regime).toBe("backwardation");
    expect(termStructure(steep(-0.04), { previous: "backwardation" }).regime).toBe("backwardation");
  });

  it("noise within the spreads does not flip the class once in it", () => {
    const calm = [7, 14, 30, 45, 60, 90, 120, 180];
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 }),
        (noise) => {
          const points = calm.map((d, i) =>
            point(d, 0.18 + 0.018 * Math.log(d / 30) + 0.002 * noise[i]!, 0.002),
          );
          expect(termStructure(points, { previous: "contango" }).regime).toBe("contango");
        },
      ),
    );
  });

  it("says why it is not sure", () => {
    expect(termStructure(curve([7, 0.2], [21, 0.21])).confidence).toMatchObject({
      grade: "low",
      bracketed: false,
      reasons: ["30_or_90_days_not_between_expiries", "uncertainty_unknown"],
    });
    const wide = [7, 30, 90, 180].map((d) => point(d, 0.2, 0.01));
    expect(termStructure(wide).confidence.reasons).toEqual(["spreads_too_wide"]);
    const old = [7, 30, 90, 180].map((d) => ({ ...point(d, 0.2), ageUs: 3600e6 }));
    expect(termStructure(old).confidence.reasons).toEqual(["stale_fits"]);
  });

  it("does not extrapolate 30 and 90 days from a 7 to 21 day chain", () => {
    const r = termStructure(curve([7, 0.2], [21, 0.25]));
    expect(r.curve.find((x) => x.days === 30)).toMatchObject({ vol: null, place: "none", forwardVol: null });
    expect(r.ratios["30/90"]).toBeNull();
  });

  it("prices an event by its kink and strips it", () => {
    const base = 0.2 ** 2;
    const jump = 0.05 ** 2;
    const points = [10, 24, 38, 66, 94].map((d) =>
      point(d, Math.sqrt((base * (d / 365) + (d > 30 ? jump : 0)) / (d / 365))),
    );
    const r = termStructure(points, { events: [{ label: "earnings", T: 31 / 365 }] });
    expect(r.events[0]!.move).toBeCloseTo(0.05, 9);
    for (const row of r.curve.filter((x) => x.days <= 90)) expect(row.cleanVol).toBeCloseTo(0.2, 9);
    const term = new TermVariance(points, [{ label: "earnings", T: 31 / 365 }]);
    expect(term.vol(30.9 / 365)).toBeCloseTo(0.2, 9);
    expect(term.vol(31 / 365)!).toBeGreaterThan(0.25);
    const nowhere = termStructure(points, { events: [{ label: "far", T: 2 }] });
    expect(nowhere.events[0]!.move).toBeNull();
    expect(nowhere.warnings).toContain("event_variance_unknown");
  });

  it("drops unusable points with a reason, never throws", () => {
    const r = termStructure([point(30, 0.2), point(30, 0.3, 0.01), point(-1, 0.2), point(60, Number.NaN)]);
    expect(r.warnings).toEqual([
      "duplicate_point_dropped",
      "fewer_than_two_points",
      "invalid_point_dropped:2",
    ]);
    expect([r.slope, r.regime]).toEqual([null, null]);
    expect(termStructure([]).curve.every((x) => x.vol === null)).toBe(true);
    const falls = termStructure(curve([30, 0.5], [60, 0.2]));
    expect(falls.calendarViolations).toBe(1);
    expect(falls.curve.find((x) => x.days === 60)!.forwardVol).toBeNull();
  });

  it("gives carry against a forecast and the roll of a still curve", () => {
    const r = termStructure(curve([7, 0.15], [30, 0.18], [90, 0.2], [200, 0.21]), {
      realised: new Map([[30, 0.14]]),
    });
    const row = r.curve.find((x) => x.days === 30)!;
    expect(row.carry).toBeCloseTo(0.04, 12);
    expect(row.rollDown!).toBeLessThan(0);
    expect(r.curve[0]!.carry).toBeNull();
  });

  it("takes its points from a surface", () => {
    const { columns, market } = makeChain(
      [12, 33, 61, 96, 187].map((days, i) => ({ days, svi: smileOf(0.16 + 0.02 * i, days) })),
    );
    const s = surface(columns, market);
    const points = termPoints(s);
    expect(points).toHaveLength(5);
    expect(points.every((p) => p.error > 0 && p.ageUs === 0)).toBe(true);
    const r = termStructure(points);
    expect(r.regime).toBe("contango");
    s.tenors.forEach((t) => {
      if (t.kind === "interpolated")
        expect(r.curve.find((x) => x.days === t.days)!.vol).toBeCloseTo(t.figures!.atmVol, 9);
    });
  });
});

describe("vol futures beside the option curve", () => {
  const term = new TermVariance(curve([7, 0.15], [30, 0.17], [60, 0.18], [120, 0.2], [200, 0.21]), []);
  const future = (days: number, price: number): { label: string; T: number; price: number } => ({
    label: `${days}d`,
    T: days / 365,
    price,
  });

  it("gives slope, basis, constant maturity and roll", () => {
    const r = volFuturesCurve([future(50, 19), future(20, 18), future(80, 20)], 16, term);
    expect(r.rows.map((x) => x.label)).toEqual(["20d", "50d", "80d"]);
    expect(r.frontSlope).toBeCloseTo(19 / 18 - 1, 12);
    expect(r.frontBasis).toBeCloseTo(18 / 16 - 1, 12);
    expect(r.constant30).toBeCloseTo(0.18 + 0.01 / 3, 12);
    expect(r.rows[0]!.rollDown).toBeCloseTo(-0.02 / 20, 12);
    expect(r.rows[0]!.optionForwardVol).toBeCloseTo(term.forwardVol(20 / 365, 50 / 365)!, 12);
    expect(r.rows[0]!.basis).toBeCloseTo(0.18 - r.rows[0]!.optionForwardVol!, 12);
  });

  it("names what it cannot use", () => {
    const r = volFuturesCurve([future(20, Number.NaN), future(50, 0.19)], -1, null);
    expect(r.warnings).toEqual([
      "future_prices_look_like_fractions",
      "invalid_future_dropped",
      "invalid_index",
    ]);
    expect([r.index, r.frontSlope, r.constant30, r.rows[0]!.basis]).toEqual([null, null, null, null]);
  });
});
