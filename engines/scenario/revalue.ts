import type { Instrument, InstrumentId, Micros, OptionInstrument } from "../market/index.ts";
import {
  americanPrice,
  bsmPrice,
  type CarryAnswer,
  type CarryProvider,
  ratesOf,
  sign,
  type VolProvider,
  yearFraction,
} from "../pricing/index.ts";
import { DEFAULT_RULES, MIN_SIGMA, type SmileDynamics, type VolTerm, volShift } from "./dynamics.ts";

/** One holding to revalue. `qty` is signed; `fx` takes the instrument's currency to the currency of the answer. */
export interface ScenarioPosition {
  readonly id: string;
  readonly instrument: Instrument;
  readonly qty: number;
  /** Null where the rate is unknown: the position's P&L is then null too. */
  readonly fx: number | null;
}

/** What the book is priced in before the shock. */
export interface ScenarioMarket {
  readonly nowUs: Micros;
  /** Price of a share, index, coin, FX pair or future; null if unknown. */
  spot(instrument: InstrumentId): number | null;
  readonly vols: VolProvider;
  readonly carries: CarryProvider;
  /** Vol points a 30-day vol of this name gains per −1 % of spot, where its own surface tells; else that of the rules. */
  spotVolBeta?(underlying: InstrumentId): number | null;
}

/** A move of the market. Percent of spot (−5 = −5 %), vol points (+3 = +0.03 of vol), calendar days that pass. */
export interface Shock {
  readonly spotPct: number;
  readonly volPts: number;
  readonly days: number;
  readonly dynamics: SmileDynamics;
  /** Left out: a vol move falls alike on all terms, and {@link DEFAULT_RULES} gives the spot-vol beta. */
  readonly volTerm?: VolTerm;
  readonly spotVolBeta?: number;
}

export type RevalueReason =
  | "no spot"
  | "no carry"
  | "no vol"
  | "no fx"
  | "no surface for sticky moneyness"
  | "bad shock";

/** P&L of one position in the currency of the answer: shocked model value less present model value. Null with a reason. */
export interface RevaluedPosition {
  readonly id: string;
  readonly pnl: number | null;
  readonly reason: RevalueReason | null;
}

const DAY_US = 86_400e6;

/**
 * P&L of each position of a book under one shock, in the order of the book. Spots and forwards move by the same percentage; discount rates
 * and yields stay; time passes for options only (a future is at its shocked price). Options past expiry are worth their intrinsic value.
 * American options are priced with early exercise. Nothing is summed here: a missing piece is a null of its own position.
 */
export function revalue(
  book: readonly ScenarioPosition[],
  market: ScenarioMarket,
  shock: Shock,
): RevaluedPosition[] {
  const fine =
    shock.spotPct > -100 && Number.isFinite(shock.spotPct + shock.volPts + shock.days) && shock.days >= 0;
  return book.map((p) => {
    if (!fine) return { id: p.id, pnl: null, reason: "bad shock" };
    if (p.fx === null) return { id: p.id, pnl: null, reason: "no fx" };
    const change =
      p.instrument.kind === "option"
        ? optionChange(p.instrument, market, shock)
        : spotChange(p, market, shock);
    if (typeof change === "string") return { id: p.id, pnl: null, reason: change };
    return {
      id: p.id,
      // + 0: no change of a short is 0, not −0.
      pnl: p.qty * p.instrument.multiplier * p.fx * change + 0,
      reason: null,
    };
  });
}

function spotChange(p: ScenarioPosition, market: ScenarioMarket, shock: Shock): number | RevalueReason {
  const price = market.spot(p.instrument.id);
  return price === null ? "no spot" : (price * shock.spotPct) / 100;
}

/** Change of the model value per unit of underlying. */
function optionChange(
  option: OptionInstrument,
  market: ScenarioMarket,
  shock: Shock,
): number | RevalueReason {
  const carry = market.carries.carry(option.underlying, option.expiryUs);
  if (carry === null) return "no carry";
  const { vols } = market;
  const base = vols.vol(option).sigma;
  if (base === null) return "no vol";
  const factor = 1 + shock.spotPct / 100;
  let moved = base;
  if (shock.dynamics === "stickyMoneyness" && factor !== 1) {
    if (vols.volAt === undefined) return "no surface for sticky moneyness";
    const there = vols.volAt(option, option.strike / factor).sigma;
    if (there === null) return "no vol";
    moved = there;
  }
  const T = yearFraction(market.nowUs, option.expiryUs);
  const own = market.spotVolBeta?.(option.underlying) ?? null;
  const rules = { ...DEFAULT_RULES, ...(own === null ? {} : { spotVolBeta: own }), ...shock };
  const shift = volShift(shock.spotPct, shock.volPts, T, rules);
  const sigma = Math.max(moved + shift, MIN_SIGMA);
  const later = yearFraction(market.nowUs + shock.days * DAY_US, option.expiryUs);
  const before = value(option, carry, carry.spot, T, T, base);
  return value(option, carry, carry.spot * factor, T, later, sigma) - before;
}

/** Model value at spot S with `left` years to go, at the rates the carry implies over its own T. */
function value(
  option: OptionInstrument,
  carry: CarryAnswer,
  S: number,
  T: number,
  left: number,
  sigma: number,
): number {
  const { r, q } = ratesOf(carry, T);
  const w = sign(option.type);
  const price =
    option.style === "american"
      ? americanPrice(w, S, option.strike, left, r, q, sigma)
      : bsmPrice(w, S, option.strike, left, r, q, sigma);
  // Inverse premiums are paid in the coin: their P&L is in coin too.
  return option.premiumStyle === "inverse" ? price / S : price;
}
