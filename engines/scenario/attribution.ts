import {
  americanGreeks,
  americanPrice,
  bsmGreeks,
  bsmPrice,
  emptyGreeks,
  type Greeks,
  yearFraction,
} from "../pricing/index.ts";
import { DAY_US, rulesFor, smileMove } from "./changes.ts";
import { DEFAULT_RULES, MIN_SIGMA, type VolRules, volShift } from "./dynamics.ts";
import {
  type Prepared,
  type PreparedHolding,
  prepare,
  type ScenarioContract,
  type ScenarioGroup,
  type ScenarioHolding,
  type ScenarioReason,
  type ScenarioSource,
  type SpotAxis,
} from "./prepare.ts";
import type { Shock } from "./revalue.ts";

/** The pieces of a P&L, in the order shown. `rest` is what the others leave of the full revaluation. */
export const PARTS = ["delta", "gamma", "theta", "vega", "vanna", "volga", "rest"] as const;
export type Part = (typeof PARTS)[number];

/** P&L of one position and its pieces, which add up to it. Null with a reason where it could not be priced. */
export interface AttributionRow {
  readonly id: string;
  readonly total: number | null;
  readonly parts: Readonly<Record<Part, number>> | null;
  readonly reason: ScenarioReason | null;
}
export interface Attribution {
  readonly rows: readonly AttributionRow[];
  /** Sum over the positions that could be priced; null when one could not. */
  readonly total: number | null;
  readonly known: Readonly<Record<Part, number>>;
}

const none = (): Record<Part, number> => ({
  delta: 0,
  gamma: 0,
  theta: 0,
  vega: 0,
  vanna: 0,
  volga: 0,
  rest: 0,
});

/**
 * P&L of each position under one shock, split by the Greeks now: delta dS, gamma dS²/2, theta dt, vega dσ, vanna dS dσ, volga dσ²/2, and the rest
 * of a full revaluation. dσ is the whole change of the position's vol, its smile's move included. Greeks and values American where American, by the
 * full method. In the currency of the holdings' `fx`.
 */
export function attribute(
  book: readonly ScenarioHolding[],
  market: ScenarioSource,
  shock: Shock,
  spotAxis: SpotAxis = "own",
): Attribution {
  const known = none();
  const fine =
    shock.spotPct > -100 && Number.isFinite(shock.spotPct + shock.volPts + shock.days) && shock.days >= 0;
  const prepared = prepare(book, market, spotAxis, fine ? Math.min(shock.spotPct, 0) : 0, "ACT/365F");
  const rules: VolRules = { ...DEFAULT_RULES, ...shock };
  const groupOf = new Map<number, ScenarioGroup>();
  for (const g of prepared.groups) for (const c of g.members) groupOf.set(c, g);
  const units = new Map<number, Record<Part, number> | ScenarioReason>();
  const unitOf = (h: PreparedHolding): Record<Part, number> | ScenarioReason => {
    if (h.contract < 0) return { ...none(), delta: (h.price * h.beta * shock.spotPct) / 100 };
    let unit = units.get(h.contract);
    if (unit === undefined) {
      const contract = prepared.contracts[h.contract] as ScenarioContract;
      unit = optionParts(prepared, contract, groupOf.get(h.contract) as ScenarioGroup, shock, rules);
      units.set(h.contract, unit);
    }
    return unit;
  };
  let missing = false;
  const rows = prepared.holdings.map((h): AttributionRow => {
    const { id } = h.holding;
    const unit = h.reason ?? (fine ? unitOf(h) : "bad shock");
    if (typeof unit === "string") {
      missing = true;
      return { id, total: null, parts: null, reason: unit };
    }
    const parts = none();
    let total = 0;
    for (const part of PARTS) {
      parts[part] = h.scale * unit[part] + 0;
      known[part] += parts[part];
      total += parts[part];
    }
    return { id, total, parts, reason: null };
  });
  return { rows, total: missing ? null : PARTS.reduce((sum, part) => sum + known[part], 0), known };
}

/** Pieces of the change of one contract's value per unit of underlying. */
function optionParts(
  p: Prepared,
  c: ScenarioContract,
  g: ScenarioGroup,
  shock: Shock,
  rules: VolRules,
): Record<Part, number> | ScenarioReason {
  const { w, option, sigma } = c;
  const K = option.strike;
  const move = (g.beta * shock.spotPct) / 100;
  if (rules.dynamics === "stickyMoneyness" && move !== 0 && p.market.vols.volAt === undefined)
    return "no surface for sticky moneyness";
  const shifted =
    sigma +
    smileMove(p, c, 1 + move, rules) +
    volShift(g.beta * shock.spotPct, shock.volPts, g.T0, rulesFor(p, g, rules));
  if (Number.isNaN(shifted)) return "no vol";
  const there = Math.max(shifted, MIN_SIGMA);
  const later = yearFraction(p.market.nowUs + shock.days * DAY_US, g.expiryUs, p.clock);
  const american = option.style === "american";
  const price = american ? americanPrice : bsmPrice;
  const S1 = g.S * (1 + move);
  const greeks: Greeks = emptyGreeks();
  if (american) americanGreeks(w, g.S, K, g.T0, g.r, g.q, sigma, greeks);
  else bsmGreeks(w, g.S, K, g.T0, g.r, g.q, sigma, greeks);
  const before = price(w, g.S, K, g.T0, g.r, g.q, sigma);
  const after = price(w, S1, K, later, g.r, g.q, there);
  if (g.inverse) greeksInCoin(greeks, g.S);
  const change = g.inverse ? after / S1 - before / g.S : after - before;
  const dS = S1 - g.S;
  const dSigma = there - sigma;
  const parts: Record<Part, number> = {
    delta: greeks.delta * dS,
    gamma: (greeks.gamma * dS * dS) / 2,
    theta: greeks.theta * (g.T0 - later),
    vega: greeks.vega * dSigma,
    vanna: greeks.vanna * dS * dSigma,
    volga: (greeks.volga * dSigma * dSigma) / 2,
    rest: 0,
  };
  parts.rest = change - PARTS.reduce((sum, part) => sum + parts[part], 0);
  return parts;
}

/** Greeks of V/S from those of V, in place: what an option paid in the coin is worth in the coin. Its delta is the premium-adjusted one. */
export function greeksInCoin(g: Greeks, S: number): void {
  const { price, delta, gamma, vega } = g;
  g.gamma = gamma / S - (2 * delta) / (S * S) + (2 * price) / (S * S * S);
  g.delta = delta / S - price / (S * S);
  g.vanna = g.vanna / S - vega / (S * S);
  g.vega = vega / S;
  g.volga /= S;
  g.theta /= S;
  g.price = price / S;
}
