import type { InstrumentId, OptionInstrument } from "../market/index.ts";
import { type CarryProvider, sviVol, type VolAnswer, type VolProvider } from "../pricing/index.ts";
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

/**
 * Answers with the fitted forward and discount of an expiry of `underlying`, the surface's own; null for another underlying, an expiry
 * that is not fitted, or an unknown spot. Of roots that expire at one instant the first fitted one counts.
 */
export function surfaceCarry(surface: VolSurface, underlying: InstrumentId): CarryProvider {
  return {
    carry(asked, expiryUs) {
      const { spot } = surface;
      if (asked !== underlying || spot === null) return null;
      const e = surface.expiries.findIndex((x, i) => x.expiryUs === expiryUs && surface.smile(i) !== null);
      const smile = surface.smile(e);
      if (smile === null) return null;
      const source = SOURCES[smile.forwardSource];
      return { F: smile.forward, df: smile.df, spot, source, ageUs: surface.ageUs(e) };
    },
  };
}

const SOURCES = { parity: "parity", given: "future", spot: "assumption" } as const;

const indexOf = (surface: VolSurface, root: string, expiryUs: number): number =>
  surface.expiries.findIndex((e) => e.expiryUs === expiryUs && e.root === root);
