import type { ChainRows, ExpiryMarket } from "../chain.ts";
import { emptyGreeks, GREEKS, type GreekColumns } from "../types.ts";
import { americanGreeks, STANDARD } from "./american.ts";
import type { Workspace } from "./boundary.ts";

const scratch = emptyGreeks();

/**
 * Price and Greeks of American rows of one expiry at their own vols, into `out`; early-exercise premiums into `premium` if given. Values, domain
 * and accuracy as {@link americanGreeks}; a bad row is NaN. About 0.2 ms a row: for what is on screen, not for every tick.
 */
export function americanChain(
  m: ExpiryMarket,
  rows: ChainRows,
  sigma: Float64Array,
  out: GreekColumns,
  premium: Float64Array | null = null,
  space: Workspace = STANDARD,
): void {
  for (let i = 0; i < rows.n; i++) {
    const w = rows.w[i] as number;
    const K = rows.K[i] as number;
    const one = americanGreeks(w, m.S, K, m.T, m.r, m.q, sigma[i] as number, scratch, space);
    for (const g of GREEKS) out[g][i] = scratch[g];
    if (premium !== null) premium[i] = one.premium;
  }
}
