import {
  americanPrice,
  bsmPrice,
  type ExerciseStyle,
  type SviParams,
  sviVol,
} from "../../../engines/pricing/index.ts";
import type { SurfaceColumns, SurfaceMarket } from "../../../engines/surface/index.ts";

export const NOW = 1_780_000_000e6;
const DAY_US = 86_400e6;

export interface MadeExpiry {
  readonly days: number;
  readonly svi: SviParams;
  readonly style?: ExerciseStyle;
}
export interface MadeOptions {
  readonly spot?: number;
  readonly rate?: number;
  readonly q?: number;
  readonly strikes?: readonly number[];
  /** Half-spread in price. */
  readonly half?: number;
}

/** A vol smile whose vol at the forward is about `vol` at `days`. */
export function smileOf(vol: number, days: number, rho = -0.5): SviParams {
  const w = vol * vol * (days / 365);
  const sigma = 0.15 * Math.sqrt(w / 0.01);
  const b = (0.4 * w) / sigma;
  return { a: w - b * sigma * Math.sqrt(1 - rho * rho), b, rho, m: 0, sigma };
}

export const dayOf = (days: number): string =>
  new Date((NOW + days * DAY_US) / 1000).toISOString().slice(0, 10);

/** A chain priced off known smiles: calls and puts at every strike, mids exact, equal half-spreads. */
export function makeChain(
  expiries: readonly MadeExpiry[],
  { spot = 100, rate = 0.04, q = 0.01, strikes = ladder(spot), half = 0.01 }: MadeOptions = {},
): { columns: SurfaceColumns; market: SurfaceMarket } {
  const rows = expiries.flatMap((e, i) =>
    strikes.flatMap((K) =>
      [0, 1].map((put) => {
        const T = e.days / 365;
        const F = spot * Math.exp((rate - q) * T);
        const vol = sviVol(e.svi, Math.log(K / F), T)!;
        const w = put ? -1 : 1;
        const price =
          e.style === "american"
            ? americanPrice(w, spot, K, T, rate, q, vol)
            : bsmPrice(w, spot, K, T, rate, q, vol);
        return { expiry: i, K, put, bid: price > half ? price - half : 0, ask: price + half };
      }),
    ),
  );
  return {
    columns: {
      n: rows.length,
      expiries: expiries.map((e) => ({
        root: "XYZ",
        day: dayOf(e.days),
        expiryUs: NOW + e.days * DAY_US,
        df: Math.exp((-rate * e.days) / 365),
        style: e.style ?? "european",
      })),
      expiry: Int32Array.from(rows, (r) => r.expiry),
      strike: Float64Array.from(rows, (r) => r.K),
      put: Uint8Array.from(rows, (r) => r.put),
      bid: Float64Array.from(rows, (r) => r.bid),
      ask: Float64Array.from(rows, (r) => r.ask),
    },
    market: { symbol: "XYZ", asOf: dayOf(0), chainUs: NOW, spot, spotUs: NOW, chainSpot: spot },
  };
}

export const ladder = (spot: number, n = 61, step = 0.01): number[] =>
  Array.from({ length: n }, (_, i) => spot * (1 + step * (i - (n >> 1))));
