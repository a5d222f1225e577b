import { roundToTick, type TickStep } from "../market/index.ts";
import { evenRound } from "./even-round.ts";
import { type Side, signOf } from "./terms.ts";

/** A limit that trades at once if the market stands, never past its collar. */
export interface MarketableLimit {
  readonly limit: number;
  /** The collar: a ceiling for a buy, a floor for a sell. Fixed from the first reference. */
  readonly edge: number;
}

type Rounding = (price: number, side: Side) => number;
export const patient =
  (grid: readonly TickStep[]): Rounding =>
  (price, side) =>
    roundToTick(grid, price, side);
/** To the nearest tick, as the original system rounds: may pierce the collar by half a tick. */
export const nearest =
  (tick: number): Rounding =>
  (price) =>
    evenRound(price / tick) * tick;

/**
 * buy = min(ask + 25 % of the spread, mid x (1 + bps)), sell mirrored (spec execution). Prices in price units, the collar in bps of the mid.
 * Null without a two-sided market: no order.
 */
export function marketableLimit(
  bid: number | null,
  ask: number | null,
  side: Side,
  collarBps: number,
  round: Rounding,
): MarketableLimit | null {
  if (bid === null || ask === null || !(bid > 0) || !(ask >= bid)) return null;
  const sign = signOf(side);
  const mid = (bid + ask) / 2;
  const edge = mid * (1 + (sign * collarBps) / 1e4);
  const reach = (side === "buy" ? ask : bid) + sign * 0.25 * (ask - bid);
  const limit = sign > 0 ? Math.min(reach, edge) : Math.max(reach, edge);
  return { limit: round(limit, side), edge: round(edge, side) };
}

/** The next limit after `replaced` replacements: from the touch towards the collar, 50 % and 10 % more each time. Null when spent. */
export function repricedLimit(
  touch: number,
  edge: number,
  side: Side,
  replaced: number,
  most: number,
  round: Rounding,
): number | null {
  if (replaced >= most) return null;
  const raw = touch + (edge - touch) * Math.min(1, 0.5 + 0.1 * replaced);
  const limit = round(raw, side);
  return signOf(side) * (limit - edge) > 0 ? edge : limit;
}

/** How long an order may work, by urgency, ms of session time (spec execution). */
export const WORK_MS = { normal: 120_000, high: 60_000, crisis: 30_000 } as const;
export const REPRICE_MS = 15_000;
export const REPRICES = 6;

/** How an order's limit follows the market by itself: what was confirmed with it, and what its record keeps. */
export interface WorkPlan {
  /** Exact decimal text: never passed. Fixed from the first reference. */
  readonly edge: string;
  readonly everyMs: number;
  readonly times: number;
  readonly lifeMs: number;
}

/** What is due of an order that works by a plan, `ageMs` after it was planned and `replaced` new limits later. */
export type WorkStep =
  | { readonly step: "wait" }
  | { readonly step: "end" }
  | { readonly step: "limit"; readonly limit: number };

/**
 * 15 s after the order or its last new limit the next is due, towards the collar; after its life what is left of it is cancelled. A limit that
 * would not be more aggressive than the one that stands waits for its next turn.
 */
export function workStep(
  plan: WorkPlan,
  ageMs: number,
  replaced: number,
  limit: number,
  touch: number | null,
  side: Side,
  round: Rounding,
): WorkStep {
  if (ageMs >= plan.lifeMs) return { step: "end" };
  if (touch === null || ageMs < plan.everyMs * (replaced + 1)) return { step: "wait" };
  const next = repricedLimit(touch, Number(plan.edge), side, replaced, plan.times, round);
  if (next === null || signOf(side) * (next - limit) <= 1e-9) return { step: "wait" };
  return { step: "limit", limit: next };
}
