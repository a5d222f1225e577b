/**
 * Mark-to-market of single trades and synthetic structures outside the ledger: `compat` is the compatibility table,
 * known faults included (options at entry, a structure that drops its bad legs), so that old reports can be checked; everything
 * without that word is right by the rules of this house. Units: per unit of underlying, vol per 1.00, rates continuous.
 */
import { bsmPrice, closeToClose } from "../pricing/index.ts";
import type { MarkPolicy } from "./mark.ts";

/** Side of a trade. */
export type Action = "BUY" | "SELL";
const SPOT_CLASSES = new Set(["equity", "etf", "crypto", "fx", "forex"]);

/** A spot trade of the compatibility table. */
export interface CompatSpot {
  readonly action: Action;
  readonly entry: number;
  readonly spot: number;
  readonly assetClass: string;
  readonly policy: MarkPolicy;
}
/** Spot classes at spot, under `conservative` never better than entry; every other class stays at entry. */
export function compatMarkSpot(t: CompatSpot): number {
  if (!SPOT_CLASSES.has(t.assetClass.toLowerCase())) return t.entry;
  if (t.policy !== "conservative") return t.spot;
  return t.action === "BUY" ? Math.min(t.spot, t.entry) : Math.max(t.spot, t.entry);
}

/** An option trade of the compatibility table. */
export interface CompatOption {
  readonly type: "call" | "put";
  readonly spot: number;
  readonly strike: number;
  readonly entry: number;
  readonly policy: "neutral" | "conservative" | "intrinsic";
}
/** `neutral` and `conservative`: the entry premium. `intrinsic`: max(S − K, 0) or max(K − S, 0). */
export function compatMarkOption(o: CompatOption): number {
  if (o.policy !== "intrinsic") return o.entry;
  return Math.max(o.type === "call" ? o.spot - o.strike : o.strike - o.spot, 0);
}

/** (mark − entry) x units, negated for a sale, less commission. `multiplier` is 1 in `compat` and explicit anywhere else. */
export function tradePnl(
  action: Action,
  mark: number,
  entry: number,
  units: number,
  multiplier: number,
  commission: number,
): number {
  const gain = (mark - entry) * units * multiplier;
  return (action === "BUY" ? gain : -gain) - commission;
}

/** Black-Scholes without carry, floored at 0; at or past expiry intrinsic. */
export function compatModel(
  type: "call" | "put",
  spot: number,
  strike: number,
  t: number,
  rate: number,
  vol: number,
): number {
  const w = type === "call" ? 1 : -1;
  if (t <= 0) return Math.max(w * (spot - strike), 0);
  return Math.max(bsmPrice(w, spot, strike, t, rate, 0, vol), 0);
}

/** Sample deviation (n − 1) of daily log returns, not annualised; null with fewer than two returns. */
export function compatDailyVol(closes: ArrayLike<number>): number | null {
  return closeToClose(closes, "sample", 1);
}

/** One leg of a synthetic structure. */
export interface SyntheticLeg {
  /** spot, cash, call or put; anything else is a bad leg. */
  readonly type: string;
  readonly ticker: string;
  readonly underlying: string | null;
  /** +1 or −1. */
  readonly direction: number;
  readonly quantity: number;
  readonly strike: number | null;
  readonly multiplier: number;
}
type Spots = (ticker: string) => number | null;

/** Value of a leg per the policy `intrinsic`, or why it has none. */
function legValue(leg: SyntheticLeg, spots: Spots): number | string {
  const name = (leg.underlying ?? leg.ticker).toUpperCase();
  const option = leg.type === "call" || leg.type === "put";
  if (!option && leg.type !== "spot" && leg.type !== "cash") return `unknown leg type "${leg.type}"`;
  if (Math.abs(leg.direction) !== 1) return `leg in ${name} has no direction`;
  if (!(leg.quantity > 0)) return `leg in ${name} has no quantity`;
  if (!(leg.multiplier > 0)) return `leg in ${name} has no multiplier`;
  const spot = spots(name);
  if (spot === null || !Number.isFinite(spot) || spot < 0) return `no price of ${name}`;
  if (!option) return spot;
  if (leg.strike === null || !(leg.strike > 0)) return `leg in ${name} has no strike`;
  return Math.max(leg.type === "call" ? spot - leg.strike : leg.strike - spot, 0);
}

/** Sum over the legs that have a value; bad legs count 0, so a hedged structure may look naked. */
export function compatSynthetic(legs: readonly SyntheticLeg[], spots: Spots): number {
  let sum = 0;
  for (const leg of legs) {
    const value = legValue(leg, spots);
    if (typeof value === "number") sum += leg.direction * leg.quantity * value * leg.multiplier;
  }
  return sum;
}

/** Value of a whole structure and where it comes from. */
export interface SyntheticMark {
  readonly value: number | null;
  readonly source: "legs" | "entry" | "none";
  readonly reason: string | null;
}
/**
 * Sum over legs of direction x quantity x value x multiplier, options at intrinsic. One bad leg makes the WHOLE structure fall back to its
 * entry value, with the reason; without one it is unknown.
 */
export function markSynthetic(
  legs: readonly SyntheticLeg[],
  spots: Spots,
  entry: number | null,
): SyntheticMark {
  let sum = 0;
  let reason: string | null = legs.length === 0 ? "no legs" : null;
  for (const leg of legs) {
    const value = legValue(leg, spots);
    if (typeof value === "string") reason ??= value;
    else sum += leg.direction * leg.quantity * value * leg.multiplier;
  }
  if (reason === null) return { value: sum, source: "legs", reason: null };
  return entry === null ? { value: null, source: "none", reason } : { value: entry, source: "entry", reason };
}

/** Daily returns below which a realised vol stands for nothing. */
export const MIN_RETURNS = 20;
/**
 * Realised vol that may stand in for an implied one: sample deviation of daily log closes, annualised with 252 sessions (365 for
 * crypto). Null with the reason where there are fewer than 20 returns, a bad close or no movement. Hand in a window of 60 calendar days.
 */
export function standInVol(
  closes: ArrayLike<number>,
  crypto: boolean,
): { vol: number | null; reason: string | null } {
  if (closes.length <= MIN_RETURNS)
    return { vol: null, reason: `${Math.max(closes.length - 1, 0)} returns, ${MIN_RETURNS} needed` };
  const vol = closeToClose(closes, "sample", crypto ? 365 : 252);
  if (vol === null) return { vol: null, reason: "a close is missing or not positive" };
  if (!(vol > 1e-9)) return { vol: null, reason: "the closes do not move" };
  return { vol, reason: null };
}
