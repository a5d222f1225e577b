/** Pair legging (spec execution): legs of one trade that fill apart leave a naked position. */
export interface LegProgress {
  /** Share of the leg that is filled, 0 to 1. */
  readonly filled: number;
  /** Signed notional of the whole leg in base currency, + long. */
  readonly notional: number;
}
export interface LeggingRules {
  readonly leadFilled: number;
  readonly lagFilled: number;
  /** Unhedged time, ms, and unhedged notional in base currency that are allowed. */
  readonly maxMs: number;
  readonly maxNotional: number;
  readonly reprice: boolean;
  /** A hedge may be put on; without it the leader is undone where `undo` says so. */
  readonly hedge: boolean;
  readonly undo: boolean;
  /** The whole is meant to have a direction: only what is filled beyond the leg that lags stands naked. */
  readonly directional: boolean;
}
export const LEGGING: LeggingRules = {
  leadFilled: 0.3,
  lagFilled: 0.1,
  maxMs: 60_000,
  maxNotional: Number.POSITIVE_INFINITY,
  reprice: true,
  hedge: true,
  undo: true,
  directional: false,
};
export type LeggingAction = "none" | "wait" | "reprice" | "hedge" | "undo";
export interface LeggingState {
  readonly legged: boolean;
  readonly action: LeggingAction;
  /** Largest less smallest share filled. */
  readonly imbalance: number;
  /** Signed notional that nothing stands against. */
  readonly residual: number;
}

/**
 * Legged: one leg is filled to `leadFilled` while another is below `lagFilled`, or what stands unhedged exceeds `maxNotional` whatever the
 * shares say (legs of unequal size, more than two). Before the time is up the lagging leg is repriced; then a hedge, or the leader is
 * undone.
 */
export function legging(
  legs: readonly LegProgress[],
  elapsedMs: number,
  r: LeggingRules = LEGGING,
): LeggingState {
  const shares = legs.map((l) => l.filled);
  const [lead, lag] = [Math.max(...shares), Math.min(...shares)];
  const meant = r.directional ? lag : 0;
  const residual = legs.reduce((sum, l) => sum + (l.filled - meant) * l.notional, 0);
  const legged = (lead >= r.leadFilled && lag < r.lagFilled) || Math.abs(residual) > r.maxNotional;
  const state = { legged, imbalance: lead - lag, residual };
  if (!legged) return { ...state, action: "none" };
  if (elapsedMs >= r.maxMs) return { ...state, action: r.hedge ? "hedge" : r.undo ? "undo" : "wait" };
  return { ...state, action: r.reprice ? "reprice" : "wait" };
}

/**
 * Contracts of a hedge: residual x beta / (price x multiplier), on the other side, at most `capShare` of NAV in notional, rounded towards
 * none. All money in base currency. Null where price or multiplier is unknown.
 */
export function hedgeContracts(
  residual: number,
  beta: number,
  price: number | null,
  multiplier: number,
  nav: number,
  capShare = 0.1,
): number | null {
  if (price === null || !(price * multiplier > 0)) return null;
  const bounded = Math.min(Math.abs(residual * beta), nav * capShare);
  return -Math.sign(residual * beta) * Math.floor(bounded / (price * multiplier)) || 0;
}
