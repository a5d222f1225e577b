/**
 * What an option's vol does when the spot moves.
 * - `stickyStrike`: keeps the vol of its strike.
 * - `stickyMoneyness` (sticky delta at a given time): the smile moves with the spot, the option takes the vol the strike K·S0/S1 had; needs a
 *   provider with `volAt`.
 * - `spotVolBeta`: sticky strike plus a shift of the whole smile against the move, scaled by term.
 */
export type SmileDynamics = "stickyStrike" | "stickyMoneyness" | "spotVolBeta";

/** How a vol shock falls on terms: alike on all, or as √(30 d / T), so that short terms move more. */
export type VolTerm = "parallel" | "sqrtTime";

/** How vols answer a shock. */
export interface VolRules {
  readonly dynamics: SmileDynamics;
  readonly volTerm: VolTerm;
  /** Vol points a 30-day vol gains per −1 % of spot; used by `spotVolBeta`. */
  readonly spotVolBeta: number;
}

/** An index option's 30-day vol gains about 0.8 points as the index loses 1 %. */
export const DEFAULT_RULES: VolRules = { dynamics: "stickyStrike", volTerm: "parallel", spotVolBeta: 0.8 };

const REFERENCE_DAYS = 30;
/** Below this term the scale stops growing: √(30/7) = 2.07 is the most. */
const MIN_TERM_DAYS = 7;
/** The least vol a shock can leave. */
export const MIN_SIGMA = 1e-4;

/** √(30 d / T), T years from now, floored at seven days. */
export function termScale(T: number): number {
  return Math.sqrt(REFERENCE_DAYS / Math.max(MIN_TERM_DAYS, 365 * T));
}

/**
 * Change of vol (per 1.00) of an option with T years to go under a move of spot (%) and vol (points), before what its own smile adds. Linear in both,
 * 0 at no move.
 */
export function volShift(spotPct: number, volPts: number, T: number, rules: VolRules): number {
  const beta = rules.dynamics === "spotVolBeta" ? -rules.spotVolBeta * spotPct * termScale(T) : 0;
  const points = rules.volTerm === "sqrtTime" ? volPts * termScale(T) : volPts;
  return (beta + points) / 100;
}
