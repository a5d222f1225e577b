import {
  type CompatSurfaceInput,
  ivSurfaceCompat,
  termCurveCompat,
  termSlopeCompat,
  termStructureCompat,
} from "../../engines/surface/index.ts";
import { seedAdapter } from "./seeds.ts";

/** The vol surface as the original system computes it. */
export const ivSurfaceSeeds = seedAdapter("iv_surface", {
  compute_iv_surface: (i) => ivSurfaceCompat(i as unknown as CompatSurfaceInput),
});

interface Points {
  readonly dte: readonly number[];
  readonly iv: readonly number[];
}

/** The term structure as the original system computes it. Spline values of three points and more are no reference, only the class. */
export const ivTermStructureSeeds = seedAdapter("iv_term_structure", {
  slope: (i) => {
    const { dte, iv } = i as unknown as Points;
    return termSlopeCompat(dte, iv);
  },
  regime_two_points: (i) => {
    const { dte, iv } = i as unknown as Points;
    const result = termStructureCompat(dte, iv);
    const { regime, signal, ratio_30_90: ratio } = result ?? {};
    return { regime, signal, ratio, iv_45: termCurveCompat(dte, iv)?.(45) };
  },
  regime_robust: (i) => {
    const { dte, iv } = i as unknown as Points;
    const { regime, signal } = termStructureCompat(dte, iv) ?? {};
    return { regime, signal };
  },
});
