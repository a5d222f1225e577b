import type { CompatSurfaceInput, CompatSurfaceResult, SurfaceColumns } from "../../engines/surface/index.ts";
import {
  ivSurfaceCompat,
  type SurfaceResult,
  type TermEvent,
  type TermResult,
  termPoints,
  termStructure,
  VolSurface,
} from "../../engines/surface/index.ts";
import type { ChainMarket } from "./chain-market.ts";

/** The columns of a chain as the surface engine takes them. */
export function surfaceColumns(market: ChainMarket): SurfaceColumns {
  const { rows, at } = market;
  const number = (of: (r: (typeof rows)[number]) => number | null): Float64Array =>
    Float64Array.from(rows, (r) => of(r) ?? Number.NaN);
  return {
    n: rows.length,
    expiries: market.expiries.map(({ root, day, expiryUs, df, style }) => ({
      root,
      day,
      expiryUs,
      df,
      style,
    })),
    expiry: at,
    strike: number((r) => r.strike),
    put: Uint8Array.from(rows, (r) => (r.type === "P" ? 1 : 0)),
    bid: number((r) => r.bid),
    ask: number((r) => r.ask),
    iv: number((r) => r.iv),
  };
}

/** The surface of a chain, fitted throughout. */
export function surfaceOf(market: ChainMarket, tenors: readonly number[]): VolSurface {
  const { symbol, asOf, chainUs, spot, chainSpot } = market;
  const live = new VolSurface(
    surfaceColumns(market),
    { symbol, asOf, chainUs, spot, spotUs: chainUs, chainSpot },
    tenors.length > 0 ? { tenors } : {},
  );
  live.refitAll();
  return live;
}

/** The term structure of a fitted surface. */
export const termOf = (
  result: SurfaceResult,
  tenors: readonly number[],
  events: readonly TermEvent[],
): TermResult => termStructure(termPoints(result), { events, ...(tenors.length > 0 ? { tenors } : {}) });

/** Rows of an earlier result of the same kind. */
export interface CompatBefore {
  readonly tenor: NonNullable<CompatSurfaceInput["previous_tenor"]>;
  readonly delta_buckets: NonNullable<CompatSurfaceInput["previous_delta_buckets"]>;
}

/** The original system's surface of a chain. A column that the file lacks in every row is a missing column, as it was there. */
export function compatSurfaceOf(
  market: ChainMarket,
  tenors: readonly number[],
  previous: CompatBefore | null,
): CompatSurfaceResult {
  const has = (of: "iv" | "delta"): boolean => market.rows.some((r) => r[of] !== null);
  const [iv, delta] = [has("iv"), has("delta")];
  const input: CompatSurfaceInput = {
    symbol: market.symbol,
    as_of: market.asOf,
    spot: market.spot,
    tenor_targets_dte: tenors,
    snapshot: market.rows.map((r) => ({
      expiry: r.expiry,
      optionType: r.type === "C" ? "call" : "put",
      strike: r.strike,
      ...(iv ? { impliedVolatility: r.iv } : {}),
      ...(delta ? { bs_delta: r.delta } : {}),
      bid: r.bid,
      ask: r.ask,
      lastPrice: r.last,
    })),
    previous_tenor: previous?.tenor ?? null,
    previous_delta_buckets: previous?.delta_buckets ?? null,
  };
  return ivSurfaceCompat(input);
}

/** At-the-money vols by days to expiry, one an expiry, as the original system takes them from a chain. */
export function compatPoints(market: ChainMarket): { readonly dte: number[]; readonly iv: number[] } {
  const days = [...new Set(market.rows.map((r) => r.expiry))].sort((a, b) => (a < b ? -1 : 1));
  const dayNo = (iso: string): number => Date.parse(`${iso}T00:00:00Z`) / 86_400e3;
  const wanted = days.map((d) => dayNo(d) - dayNo(market.asOf)).filter((d) => d > 0);
  const rows = wanted.length === 0 ? [] : compatSurfaceOf(market, wanted, null).tenor;
  const known = rows.flatMap((r) =>
    r.dte === null || r.atm_iv === null ? [] : [{ dte: r.dte, iv: r.atm_iv }],
  );
  return { dte: known.map((p) => p.dte), iv: known.map((p) => p.iv) };
}
