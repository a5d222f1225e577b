import {
  type CompatExposureSlice,
  type ExposureColumns,
  type ExposureResult,
  exposure,
  exposureSliceCompat,
  type SignConvention,
} from "../../engines/exposure/index.ts";
import { sessionOn } from "../../engines/market/index.ts";
import { bsmIv, sviVol, yearFraction } from "../../engines/pricing/index.ts";
import type { ChainRow } from "../../store/imports/chain.ts";
import type { ChainMarket } from "./chain-market.ts";
import { surfaceOf } from "./surface.ts";

/**
 * The columns of a chain as the exposure engine takes them. A contract without vol and gamma takes the vol of its own two-sided quote, else
 * that of its expiry's fitted smile; `implied` and `fitted` count these.
 */
export function exposureColumns(market: ChainMarket): {
  readonly columns: ExposureColumns;
  readonly implied: number;
  readonly fitted: number;
} {
  const { rows, at, expiries } = market;
  let [implied, fitted] = [0, 0];
  let smiles: ((r: ChainRow, e: number) => number | null) | null = null;
  const number = (of: (r: ChainRow) => number | null): Float64Array =>
    Float64Array.from(rows, (r) => of(r) ?? Number.NaN);
  const iv = Float64Array.from(rows, (r, i) => {
    if (r.iv !== null) return r.iv;
    const e = at[i] as number;
    const own = impliedVol(market, r, e);
    if (own !== null) {
      implied++;
      return own;
    }
    if (r.gamma !== null) return Number.NaN;
    smiles ??= smileVols(market);
    const vol = smiles(r, e);
    if (vol === null) return Number.NaN;
    fitted++;
    return vol;
  });
  const columns: ExposureColumns = {
    n: rows.length,
    expiries: expiries.map(({ root, day, expiryUs, forward, df }) => ({ root, day, expiryUs, forward, df })),
    expiry: at,
    strike: number((r) => r.strike),
    put: Uint8Array.from(rows, (r) => (r.type === "P" ? 1 : 0)),
    openInterest: number((r) => r.openInterest),
    multiplier: Float64Array.from(at, (e) => expiries[e]?.multiplier ?? Number.NaN),
    iv,
    gamma: number((r) => r.gamma),
    delta: number((r) => r.delta),
  };
  return { columns, implied, fitted };
}

/** Vols of the chain's own fitted smiles; null for an expiry that is not fitted. */
function smileVols(market: ChainMarket): (r: ChainRow, e: number) => number | null {
  const surface = surfaceOf(market, []);
  const place = new Map(surface.expiries.map((x, i) => [`${x.root} ${x.expiryUs}`, i]));
  const smiles = market.expiries.map((x) => surface.smile(place.get(`${x.root} ${x.expiryUs}`) ?? -1));
  return (r, e) => {
    const smile = smiles[e] ?? null;
    return smile === null ? null : sviVol(smile.params, Math.log(r.strike / smile.forward), smile.T);
  };
}

/** Vol of a two-sided mid as a European option on its expiry's forward; null where that says none. */
function impliedVol({ chainUs, expiries }: ChainMarket, r: ChainRow, e: number): number | null {
  const x = expiries[e];
  if (!x || r.bid === null || r.ask === null || !(r.bid > 0) || !(r.ask >= r.bid) || !(x.forward > 0))
    return null;
  const T = yearFraction(chainUs, x.expiryUs);
  if (!(T > 0)) return null;
  const rate = -Math.log(x.df) / T;
  const found = bsmIv(r.type === "C" ? 1 : -1, (r.bid + r.ask) / 2, x.forward * x.df, r.strike, T, rate, 0);
  return found.sigma !== null && found.sigma > 0 ? found.sigma : null;
}

/** Dealer exposure of a chain, all slices. */
export function exposureOf(market: ChainMarket, convention: SignConvention): ExposureResult {
  const { columns, implied, fitted } = exposureColumns(market);
  const { symbol, asOf, chainUs, spot, chainSpot, oiDay } = market;
  const result = exposure(
    columns,
    { symbol, asOf, chainUs, spot, spotUs: chainUs, chainSpot, oiDay },
    { convention, isSession: (day) => sessionOn("NYSE", day as never) !== null },
  );
  const own = [
    ...(implied > 0 ? [`iv_from_quotes:${implied}`] : []),
    ...(fitted > 0 ? [`iv_from_surface:${fitted}`] : []),
  ];
  return { ...result, warnings: [...result.warnings, ...own].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)) };
}

export const COMPAT_SLICES = ["near", "monthly", "all"] as const;

/** The original system's exposure of a chain, its three slices. */
export function compatExposureOf(market: ChainMarket): readonly CompatExposureSlice[] {
  const snapshot = market.rows.map((r) => ({
    expiry: r.expiry,
    optionType: r.type === "C" ? "call" : "put",
    strike: r.strike,
    bs_gamma: r.gamma,
    openInterest: r.openInterest,
  }));
  const { symbol, asOf, spot } = market;
  return COMPAT_SLICES.map((mode) =>
    exposureSliceCompat({
      symbol,
      as_of: asOf,
      spot,
      mode,
      include_expiries: null,
      near_n: 4,
      top_n: 10,
      snapshot,
    }),
  );
}
