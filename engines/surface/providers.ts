import type { OptionInstrument } from "../market/index.ts";
import { type CarryAnswer, sviVol, type VolAnswer, type VolProvider } from "../pricing/index.ts";
import type { VolSurface } from "./surface.ts";

const NO_VOL: VolAnswer = { sigma: null, source: "none", ageUs: null };

/** Answers with the surface's own smile of (root, expiry instant). An expiry that is not fitted has no vol. */
export function surfaceVols(surface: VolSurface): VolProvider {
  const volAt = (o: OptionInstrument, K: number): VolAnswer => {
    const e = indexOf(surface, o.symbol, o.expiryUs);
    const smile = surface.smile(e);
    const sigma = smile && K > 0 ? sviVol(smile.params, Math.log(K / smile.forward), smile.T) : null;
    return sigma === null ? NO_VOL : { sigma, source: "surface", ageUs: surface.ageUs(e) };
  };
  return { vol: (o) => volAt(o, o.strike), volAt };
}

/** The fitted forward and discount of an expiry; null where it has none or spot is unknown. */
export function surfaceCarry(
  surface: VolSurface,
  root: string,
  expiryUs: number,
  spot: number | null,
): CarryAnswer | null {
  const e = indexOf(surface, root, expiryUs);
  const smile = surface.smile(e);
  if (smile === null || spot === null) return null;
  return { F: smile.forward, df: smile.df, spot, source: "parity", ageUs: surface.ageUs(e) };
}

const indexOf = (surface: VolSurface, root: string, expiryUs: number): number =>
  surface.expiries.findIndex((e) => e.expiryUs === expiryUs && e.root === root);
