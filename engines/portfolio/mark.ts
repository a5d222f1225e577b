/**
 * Marks: what one share, contract or unit is worth now, by the hierarchy of the house, with the reasons.
 *
 * Options: fresh two-sided mid if the spread ≤ max(4 ticks, 25 % of mid, 3 vol points), clamped to no-arbitrage bounds → model at the
 * current underlying → last print if younger than the underlying's last 0.25 % move → prior settlement → entry. No bid: min(model,
 * ask/2), but a short position the ask under `conservative`. Spot: mid → last → close → entry. Premiums are per unit of underlying.
 */
import type { Instrument, Micros, OptionInstrument, Quality, TradingStatus } from "../market/index.ts";

/** `neutral` fair value; `conservative` the exit side, never better than entry; `intrinsic`; `bs_model` the model's price. */
export type MarkPolicy = "neutral" | "conservative" | "intrinsic" | "bs_model";

/** The step that gave the mark. `bid`/`ask` are exit sides; `intrinsic` is max(S − K, 0) or max(K − S, 0). */
export type MarkSource =
  | "mid"
  | "bid"
  | "ask"
  | "model"
  | "intrinsic"
  | "last"
  | "settlement"
  | "entry"
  | "none";

/** Why a step before the one taken did not give the mark; a bit each. */
export const Skip = {
  noQuote: 1,
  noBid: 2,
  noAsk: 4,
  staleQuote: 8,
  crossed: 16,
  wide: 32,
  halted: 64,
  noModel: 128,
  noLast: 256,
  oldLast: 512,
  noPrior: 1024,
  oldPrior: 2048,
  noSpot: 4096,
  noEntry: 8192,
} as const;

const SKIP_TEXT: readonly [number, string][] = [
  [Skip.noQuote, "no quote"],
  [Skip.noBid, "no bid"],
  [Skip.noAsk, "no ask"],
  [Skip.staleQuote, "quote older than its limit"],
  [Skip.crossed, "bid above ask"],
  [Skip.wide, "spread wider than its limit"],
  [Skip.halted, "trading is halted"],
  [Skip.noModel, "no model price"],
  [Skip.noLast, "no last print"],
  [Skip.oldLast, "last print older than its limit"],
  [Skip.noPrior, "no prior settlement"],
  [Skip.oldPrior, "prior settlement older than its limit"],
  [Skip.noSpot, "no price of the underlying"],
  [Skip.noEntry, "no entry price"],
];

/** The set bits of `skips` as short reasons, in the order of the hierarchy. */
export function skipReasons(skips: number): string[] {
  return SKIP_TEXT.filter(([bit]) => (skips & bit) !== 0).map(([, text]) => text);
}

/** Top of book and last trade of one instrument. Prices NaN or null where unknown; a bid of 0 with an ask is "no bid". */
export interface MarketInput {
  readonly bid: number | null;
  readonly ask: number | null;
  /** Receive time of the last change and of the last proof that the quote stands (the later counts). */
  readonly quoteUs: number | null;
  readonly confirmUs: number | null;
  readonly quality: Quality;
  readonly status: TradingStatus;
  readonly last: number | null;
  readonly lastUs: number | null;
  /** Age limit of a quote by the cadence of its feed: ticks 5 s, minute bars 90 s. */
  readonly maxAgeUs: number;
  readonly prior: PriorMark | null;
}
/** Settlement or close of an earlier session. */
export interface PriorMark {
  readonly price: number;
  readonly day: string;
  /** Sessions between that day and now: 1 is the session before. null is unknown and taken as good. */
  readonly sessionsOld: number | null;
  readonly source: string;
}
/** Price of the underlying with its age, and when it last had moved 0.25 %. */
export interface SpotInput {
  readonly price: number;
  readonly ageUs: number | null;
  readonly movedUs: number | null;
}
/** A model's price per unit of underlying at the current underlying, e.g. `{ source: "own quote σ", sigma: 0.18 }`. */
export interface ModelInput {
  readonly price: number;
  readonly sigma: number | null;
  /** Per 1.00 of vol, for the 3-vol-point rule. */
  readonly vega: number | null;
  readonly source: string;
  readonly ageUs: number | null;
}
/** Forward and discount factor for no-arbitrage bounds of European contracts. */
export interface CarryInput {
  readonly forward: number;
  readonly df: number;
}
/** Whose mark it is: `conservative` and the entry step depend on it. */
export interface PositionInput {
  /** +1 long, −1 short, 0 not held (marked as if long, without an entry step). */
  readonly side: 1 | -1 | 0;
  /** Average entry price per unit of underlying, signless. */
  readonly entry: number | null;
}

/** Limits of the hierarchy; see {@link MARK_LIMITS}. */
export interface MarkLimits {
  readonly spreadTicks: number;
  readonly spreadFraction: number;
  readonly spreadVolPoints: number;
  /** Of a spot mid, beside `spreadTicks`: before the open quotes stand far apart. */
  readonly spotSpreadFraction: number;
  /** A spot print older than this is not a mark. */
  readonly lastMaxAgeUs: number;
  readonly priorMaxSessions: number;
}
/** Limits of the house. */
export const MARK_LIMITS: MarkLimits = {
  spreadTicks: 4,
  spreadFraction: 0.25,
  spreadVolPoints: 3,
  spotSpreadFraction: 0.02,
  lastMaxAgeUs: 8 * 3_600_000_000,
  priorMaxSessions: 3,
};

/** A price with its provenance. */
export interface Mark {
  /** Per share or unit of underlying; null where no step could give one. */
  readonly price: number | null;
  readonly source: MarkSource;
  readonly policy: MarkPolicy;
  /** Age of the input that the price rests on; null where it is unknown (settlement, entry). */
  readonly ageUs: number | null;
  /** Not what the policy's first step gives. */
  readonly estimated: boolean;
  /** Rests on something past its age limit: settlement, entry, or a quote that went stale. */
  readonly stale: boolean;
  readonly quality: Quality | null;
  /** Bits of {@link Skip}: why earlier steps were not taken. */
  readonly skips: number;
  /** A no-arbitrage bound or the entry cap moved the price. */
  readonly clamped: "lower" | "upper" | "entry" | null;
}

const finite = (x: number | null): x is number => x !== null && Number.isFinite(x);
const positive = (x: number | null): x is number => finite(x) && x > 0;

/** The tick that holds at a price; 0.01 where the table is empty. */
export function tickAt(i: Instrument, price: number): number {
  let tick = i.ticks[0]?.tick ?? 0.01;
  for (const step of i.ticks) {
    if (price < step.from) break;
    tick = step.tick;
  }
  return tick;
}

/** Age of a quote: since its last change or the last proof that it stands. null if it never was seen. */
export function quoteAge(m: MarketInput, nowUs: Micros): number | null {
  const seen = Math.max(finite(m.quoteUs) ? m.quoteUs : -1, finite(m.confirmUs) ? m.confirmUs : -1);
  return seen < 0 ? null : Math.max(0, nowUs - seen);
}

/** What keeps a quote from being used at all, as {@link Skip} bits; 0 is usable (it may still lack a bid). */
function quoteFaults(m: MarketInput, nowUs: Micros): number {
  if (m.status === "halted" || m.status === "luldPause") return Skip.halted;
  const ask = positive(m.ask);
  if (!ask && !positive(m.bid)) return Skip.noQuote;
  const age = quoteAge(m, nowUs);
  if (age === null || age > m.maxAgeUs) return Skip.staleQuote;
  if (!ask) return Skip.noAsk;
  if (positive(m.bid) && m.bid > (m.ask as number)) return Skip.crossed;
  return 0;
}

/** Widest spread at which a mid is a mark: max(ticks, fraction of mid, vol points x vega). */
export function spreadLimit(i: Instrument, mid: number, vega: number | null, limits: MarkLimits): number {
  const fraction = i.kind === "option" ? limits.spreadFraction : limits.spotSpreadFraction;
  const byVol = i.kind === "option" && positive(vega) ? (limits.spreadVolPoints / 100) * vega : 0;
  return Math.max(limits.spreadTicks * tickAt(i, mid), fraction * mid, byVol);
}

function lowerBound(i: OptionInstrument, spot: number | null, carry: CarryInput | null): number {
  if (i.premiumStyle === "inverse") return 0;
  const w = i.type === "C" ? 1 : -1;
  if (i.style === "european")
    return carry === null ? 0 : Math.max(carry.df * w * (carry.forward - i.strike), 0);
  return positive(spot) ? Math.max(w * (spot - i.strike), 0) : 0;
}

function upperBound(i: OptionInstrument, spot: number | null, carry: CarryInput | null): number {
  if (i.premiumStyle === "inverse") return Number.POSITIVE_INFINITY;
  const european = i.style === "european" && carry !== null;
  if (i.type === "P") return european ? carry.df * i.strike : i.strike;
  if (european) return carry.df * carry.forward;
  return positive(spot) ? spot : Number.POSITIVE_INFINITY;
}

/**
 * No-arbitrage bounds per unit of underlying. American: [max(S − K, 0), S] and [max(K − S, 0), K]. European: from forward and discount
 * where known, else [0, S] and [0, K]. Inverse contracts and unknown underlyings: [0, ∞).
 */
export function bounds(i: OptionInstrument, spot: number | null, carry: CarryInput | null): [number, number] {
  return [lowerBound(i, spot, carry), upperBound(i, spot, carry)];
}

/** A mark in the making. */
type Draft = { -readonly [K in keyof Mark]: Mark[K] };

const draft = (policy: MarkPolicy, skips: number): Draft => ({
  price: null,
  source: "none",
  policy,
  ageUs: null,
  estimated: true,
  stale: true,
  quality: null,
  skips,
  clamped: null,
});

function take(
  d: Draft,
  price: number,
  source: MarkSource,
  ageUs: number | null,
  estimated: boolean,
  stale: boolean,
) {
  d.price = price;
  d.source = source;
  d.ageUs = ageUs;
  d.estimated = estimated;
  d.stale = stale;
}

function takePrior(d: Draft, m: MarketInput, limits: MarkLimits): boolean {
  const p = m.prior;
  if (p === null || !finite(p.price) || p.price < 0) d.skips |= Skip.noPrior;
  else if (p.sessionsOld !== null && p.sessionsOld > limits.priorMaxSessions) d.skips |= Skip.oldPrior;
  else {
    take(d, p.price, "settlement", null, true, true);
    return true;
  }
  return false;
}

function takeEntry(d: Draft, at: PositionInput): void {
  if (finite(at.entry) && at.entry >= 0) take(d, at.entry, "entry", null, true, true);
  else d.skips |= Skip.noEntry;
}

function finish(d: Draft, m: MarketInput): Mark {
  if (d.source === "mid" || d.source === "bid" || d.source === "ask" || d.source === "last")
    d.quality = m.quality;
  return d;
}

/** What {@link markSpot} takes. */
export interface SpotMarkInput {
  readonly instrument: Instrument;
  readonly market: MarketInput;
  readonly position: PositionInput;
  readonly nowUs: Micros;
  readonly policy: MarkPolicy;
  readonly limits?: MarkLimits;
}

/**
 * Mark of a share, fund, index, currency pair, coin or future: fresh mid (spread ≤ max(4 ticks, 2 % of mid)) → last print of the
 * session → prior close or settlement (at most 3 sessions old) → entry. `conservative` takes the exit side instead of the mid where the
 * quote is fresh; the other policies concern options only.
 */
export function markSpot(input: SpotMarkInput): Mark {
  const { instrument, market: m, nowUs, policy } = input;
  const limits = input.limits ?? MARK_LIMITS;
  const faults = quoteFaults(m, nowUs) | (positive(m.bid) || !positive(m.ask) ? 0 : Skip.noBid);
  const d = draft(policy, faults);
  const age = quoteAge(m, nowUs);
  if (faults === 0) {
    const bid = m.bid as number;
    const ask = m.ask as number;
    const mid = (bid + ask) / 2;
    if (policy === "conservative" && input.position.side !== 0) {
      const long = input.position.side > 0;
      take(d, long ? bid : ask, long ? "bid" : "ask", age, false, false);
    } else if (ask - bid <= spreadLimit(instrument, mid, null, limits) + 1e-9)
      take(d, mid, "mid", age, false, false);
    else d.skips |= Skip.wide;
  }
  if (d.price === null) {
    const lastAge = finite(m.lastUs) ? Math.max(0, nowUs - m.lastUs) : null;
    if (!positive(m.last)) d.skips |= Skip.noLast;
    else if (lastAge === null || lastAge > limits.lastMaxAgeUs) d.skips |= Skip.oldLast;
    else take(d, m.last, "last", lastAge, true, lastAge > m.maxAgeUs);
  }
  if (d.price === null && !takePrior(d, m, limits)) takeEntry(d, input.position);
  return finish(d, m);
}

/** What {@link markOption} takes. */
export interface OptionMarkInput {
  readonly instrument: OptionInstrument;
  readonly market: MarketInput;
  readonly spot: SpotInput | null;
  readonly model: ModelInput | null;
  readonly carry?: CarryInput | null;
  readonly position: PositionInput;
  readonly nowUs: Micros;
  readonly policy: MarkPolicy;
  readonly limits?: MarkLimits;
}

/** The quote's step: mid, exit side or the no-bid rule. */
function takeQuote(d: Draft, input: OptionMarkInput, limits: MarkLimits): void {
  const { market: m, nowUs, policy } = input;
  d.skips |= quoteFaults(m, nowUs);
  if (d.skips !== 0) return;
  const age = quoteAge(m, nowUs);
  const ask = m.ask as number;
  const conservative = policy === "conservative" && input.position.side !== 0;
  if (!positive(m.bid)) {
    d.skips |= Skip.noBid;
    // A bid of 0 is a market without a bid; a bid that never was seen is unknown, and no price comes from that.
    if (m.bid !== 0) return;
    if (conservative && input.position.side < 0) return take(d, ask, "ask", age, false, false);
    const half = ask / 2;
    const model = input.model;
    if (model !== null && finite(model.price) && model.price >= 0 && model.price < half) {
      return take(d, model.price, "model", model.ageUs, true, false);
    }
    return take(d, half, "mid", age, true, false);
  }
  if (conservative) {
    const long = input.position.side > 0;
    return take(d, long ? m.bid : ask, long ? "bid" : "ask", age, false, false);
  }
  const mid = (m.bid + ask) / 2;
  const limit = spreadLimit(input.instrument, mid, input.model?.vega ?? null, limits);
  if (ask - m.bid <= limit + 1e-9) take(d, mid, "mid", age, false, false);
  else d.skips |= Skip.wide;
}

function takeModel(d: Draft, model: ModelInput | null, estimated: boolean): void {
  if (model === null || !finite(model.price)) d.skips |= Skip.noModel;
  else take(d, Math.max(model.price, 0), "model", model.ageUs, estimated, false);
}

function takeIntrinsic(d: Draft, i: OptionInstrument, spot: SpotInput | null, estimated: boolean): void {
  if (spot === null || !positive(spot.price)) {
    d.skips |= Skip.noSpot;
    return;
  }
  const gain = Math.max(i.type === "C" ? spot.price - i.strike : i.strike - spot.price, 0);
  take(d, i.premiumStyle === "inverse" ? gain / spot.price : gain, "intrinsic", spot.ageUs, estimated, false);
}

function takeOptionLast(d: Draft, m: MarketInput, spot: SpotInput | null, nowUs: Micros): void {
  if (!positive(m.last) || !finite(m.lastUs)) d.skips |= Skip.noLast;
  else if (spot === null || spot.movedUs === null) d.skips |= Skip.noSpot;
  else if (m.lastUs <= spot.movedUs) d.skips |= Skip.oldLast;
  else take(d, m.last, "last", Math.max(0, nowUs - m.lastUs), true, nowUs - m.lastUs > m.maxAgeUs);
}

/**
 * Mark of an option per unit of underlying, by policy:
 * - `neutral`: the hierarchy at the top of this file.
 * - `conservative`: fresh bid of a long, ask of a short position, then as neutral; never better than entry.
 * - `intrinsic`: max(S − K, 0) or max(K − S, 0); without a price of the underlying prior settlement, then entry.
 * - `bs_model`: the model's price, floored at 0; without one intrinsic, then settlement, then entry.
 *
 * Mid and model are clamped to {@link bounds}. Non-finite and negative prices count as missing. `price` is null only if every step fails.
 */
export function markOption(input: OptionMarkInput): Mark {
  const { instrument: i, market: m, policy, position } = input;
  const limits = input.limits ?? MARK_LIMITS;
  const d = draft(policy, 0);
  if (policy === "intrinsic") takeIntrinsic(d, i, input.spot, false);
  else if (policy === "bs_model") {
    takeModel(d, input.model, false);
    if (d.price === null) takeIntrinsic(d, i, input.spot, true);
  } else {
    takeQuote(d, input, limits);
    if (d.price === null) takeModel(d, input.model, true);
    if (d.price === null) takeOptionLast(d, m, input.spot, input.nowUs);
  }
  if (d.price === null && !takePrior(d, m, limits)) takeEntry(d, position);
  clamp(d, input);
  return finish(d, m);
}

/** Moves a mid or model price inside the bounds, then caps a conservative mark at entry. */
function clamp(d: Draft, input: OptionMarkInput): void {
  if (d.price === null) return;
  if (d.source === "mid" || d.source === "model") {
    const spot = input.spot === null ? null : input.spot.price;
    const carry = input.carry ?? null;
    const low = lowerBound(input.instrument, spot, carry);
    const high = upperBound(input.instrument, spot, carry);
    if (d.price < low) {
      d.price = low;
      d.clamped = "lower";
    } else if (d.price > high) {
      d.price = high;
      d.clamped = "upper";
    }
  }
  const { side, entry } = input.position;
  if (input.policy === "conservative" && side !== 0 && finite(entry)) {
    const capped = side > 0 ? Math.min(d.price, entry) : Math.max(d.price, entry);
    if (capped !== d.price) d.clamped = "entry";
    d.price = capped;
  }
}

/** When an underlying last had moved by `fraction`: an anchor that is set anew each time the price is that far from it. */
export interface MoveState {
  anchor: number;
  movedUs: number;
}
/** A move of the underlying that makes older prints of its options worthless as marks: 0.25 %. */
export const MOVE_FRACTION = 0.0025;

/** Feeds one price to a {@link MoveState}; start with null. Bad prices are ignored. Returns the state to keep. */
export function trackMove(
  state: MoveState | null,
  price: number,
  nowUs: number,
  fraction = MOVE_FRACTION,
): MoveState | null {
  if (!positive(price)) return state;
  if (state === null) return { anchor: price, movedUs: nowUs };
  if (Math.abs(price / state.anchor - 1) >= fraction) {
    state.anchor = price;
    state.movedUs = nowUs;
  }
  return state;
}
