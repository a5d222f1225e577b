import {
  type SabrParams,
  type SviParams,
  sabrVol,
  sviButterfly,
  sviCalendar,
  sviCurvature,
  sviG,
  sviLeeOk,
  sviMinVariance,
  sviSlope,
  sviTotalVariance,
  sviVol,
} from "../../engines/pricing/index.ts";
import { type Adapter, type Answer, distance, either, has, relative, type Tolerance } from "./adapter.ts";

interface Smile extends SabrParams {
  readonly forward: number;
  readonly T: number;
  readonly strikes: readonly number[];
  readonly vol: readonly number[];
}
type Slice = SviParams &
  Readonly<Record<"w" | "w1" | "w2" | "iv" | "g", readonly (number | null)[]>> & {
    readonly T: number;
    readonly minW: number;
    readonly minGFine: number | null;
    readonly butterflyFree: boolean;
    readonly leeWingOk: boolean;
  };
interface Pair {
  readonly near: SviParams;
  readonly far: SviParams;
  readonly minDiff: number;
  readonly calendarFree: boolean;
}

const sviTolerance: Tolerance = (want, path) =>
  /^(w|w1|iv)\./.test(path) ? relative(1e-13)(want, path) : either(1e-10)(want, path);

function* smiles(rows: readonly Smile[]): Iterable<Answer> {
  for (const [i, s] of rows.entries()) {
    const got = { vol: s.strikes.map((k) => sabrVol(s.forward, k, s.T, s)) };
    yield { id: `sabr.${i}`, got, ...distance(got, { vol: s.vol }, relative(1e-12)) };
  }
}

function* slices(rows: readonly Slice[], k: readonly number[]): Iterable<Answer> {
  for (const [i, s] of rows.entries()) {
    const verdict = sviButterfly(s);
    const got = {
      w: k.map((x) => sviTotalVariance(s, x)),
      w1: k.map((x) => sviSlope(s, x)),
      w2: k.map((x) => sviCurvature(s, x)),
      iv: k.map((x) => sviVol(s, x, s.T)),
      g: k.map((x) => sviG(s, x)),
      minW: sviMinVariance(s),
      minGFine: verdict.minG,
      butterflyFree: verdict.free,
      leeWingOk: sviLeeOk(s),
    };
    const { w, w1, w2, iv, g, minW, minGFine, butterflyFree, leeWingOk } = s;
    const want = { w, w1, w2, iv, g, minW, minGFine, butterflyFree, leeWingOk };
    // Where w <= 0 on the grid there is no least g; whatever stands in the file for it is not compared.
    const asked = got.minGFine === null ? { ...want, minGFine: null } : want;
    yield { id: `svi.${i}`, got, ...distance(got, asked, sviTolerance) };
  }
}

function* pairs(rows: readonly Pair[]): Iterable<Answer> {
  for (const [i, p] of rows.entries()) {
    const verdict = sviCalendar(p.near, p.far);
    const got = { minDiff: verdict.minDiff, calendarFree: verdict.free };
    const want = { minDiff: p.minDiff, calendarFree: p.calendarFree };
    yield { id: `calendarPairs.${i}`, got, ...distance(got, want, either(1e-10)) };
  }
}

/** SABR 1e-12 relative; SVI w, w1, iv 1e-13 relative, w2, g and the minima 1e-10 absolute or relative; verdicts exact. */
export const surface: Adapter = {
  name: "SABR and SVI",
  recognises: (file) => has(file, "sabr", "svi") || has(file, "svi", "sviK"),
  *run(file): Iterable<Answer> {
    yield* smiles((file["sabr"] ?? []) as readonly Smile[]);
    yield* slices((file["svi"] ?? []) as readonly Slice[], (file["sviK"] ?? []) as readonly number[]);
    yield* pairs((file["calendarPairs"] ?? []) as readonly Pair[]);
  },
};
