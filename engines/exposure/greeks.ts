import { normCdf } from "../stats/index.ts";
import type { PreparedChain } from "./prepare.ts";
import type { ExposureOptions } from "./types.ts";

const INV_SQRT_2PI = 0.3989422804014327;

/** Raw Greeks per share of each row of a prepared chain: per 1.00 of spot, per 1.00 vol, per year. NaN unknown. */
export interface RowGreeks {
  readonly gamma: Float64Array;
  readonly vanna: Float64Array;
  readonly charm: Float64Array;
  readonly delta: Float64Array;
  /** 1 where gamma was computed here, 2 where it is the vendor's, 0 unknown. */
  readonly source: Uint8Array;
}

/** Cost of carry of one expiry as growth F / S and discount; flat where the chain does not know. */
export function carryOf(chain: PreparedChain, e: number, spot: number): { growth: number; df: number } {
  const { forward, df } = chain.expiries[e]!;
  return forward > 0 && df > 0 ? { growth: forward / spot, df } : { growth: 1, df: 1 };
}

/**
 * Black-Scholes-Merton Greeks at `spot` from each contract's own vol, or the vendor's where the policy or a missing vol asks for them.
 * With g = F/S, b = ln g / T, x = ln(S g / K): d1 = (x + v^2 T/2)/(v sqrt T), d2 = d1 - v sqrt T, D = df g = e^{-qT},
 * delta = D N(d1) (put: - D N(-d1)), gamma = D n(d1)/(S v sqrt T), vanna = -D n(d1) d2/v,
 * charm = +-q D N(+-d1) - D n(d1)(2 b T - d2 v sqrt T)/(2 T v sqrt T), as time passes.
 */
export function rowGreeks(chain: PreparedChain, spot: number, policy: ExposureOptions["greeks"]): RowGreeks {
  const n = chain.n;
  const out: RowGreeks = {
    gamma: chain.gamma.slice(),
    vanna: chain.vanna.slice(),
    charm: chain.charm.slice(),
    delta: chain.delta.slice(),
    source: new Uint8Array(n),
  };
  for (let k = 0; k < n; k++) if (!Number.isNaN(chain.gamma[k]!)) out.source[k] = 2;
  if (!(spot > 0)) return out;
  for (let e = 0; e < chain.expiries.length; e++) {
    const t = chain.years[e]!;
    if (!(t > 0)) continue;
    const { growth, df } = carryOf(chain, e, spot);
    const b = Math.log(growth) / t;
    const disc = df * growth;
    const q = -Math.log(disc) / t;
    const sqrtT = Math.sqrt(t);
    const logForward = Math.log(spot * growth);
    const vendorFirst = policy === "vendor";
    for (let k = chain.start[e]!; k < chain.start[e + 1]!; k++) {
      const v = chain.iv[k]!;
      if (Number.isNaN(v)) continue;
      const sd = v * sqrtT;
      const d1 = (logForward - Math.log(chain.strike[k]!)) / sd + 0.5 * sd;
      const d2 = d1 - sd;
      const density = disc * INV_SQRT_2PI * Math.exp(-0.5 * d1 * d1);
      const w = chain.put[k] === 1 ? -1 : 1;
      const side = w * disc * normCdf(w * d1);
      if (!vendorFirst || Number.isNaN(out.gamma[k]!)) {
        out.gamma[k] = density / (spot * sd);
        out.source[k] = 1;
      }
      if (!vendorFirst || Number.isNaN(out.delta[k]!)) out.delta[k] = side;
      if (!vendorFirst || Number.isNaN(out.vanna[k]!)) out.vanna[k] = (-density * d2) / v;
      if (!vendorFirst || Number.isNaN(out.charm[k]!))
        out.charm[k] = q * side - (density * (2 * b * t - d2 * sd)) / (2 * t * sd);
    }
  }
  return out;
}
