import type { InstrumentId, OptionInstrument } from "../market/index.ts";
import {
  americanIv,
  bsmIv,
  ratesOf,
  sign,
  TICK,
  type TimeConvention,
  yearFraction,
} from "../pricing/index.ts";
import { MIN_SIGMA } from "./dynamics.ts";
import type { RevalueReason, ScenarioMarket, ScenarioPosition } from "./revalue.ts";

/** A holding with its mark. `mark` is per unit of underlying, in the instrument's currency (inverse options: in the coin); null unknown. */
export interface ScenarioHolding extends ScenarioPosition {
  readonly mark: number | null;
}

/** {@link ScenarioMarket} with betas to the index, for index shocks. */
export interface ScenarioSource extends ScenarioMarket {
  beta?(underlying: InstrumentId): number | null;
}

export type ScenarioReason = RevalueReason | "no beta" | "expired";

/**
 * How a contract's model was tied to its mark. `mark`: the vol is implied by the mark. `offset`: the mark implies no vol (at or below
 * intrinsic, above the maximum), the provider's vol is used and the difference to the mark kept constant. `model`: no mark; P&L is from the
 * model value.
 */
export type Basis = "mark" | "offset" | "model";

/** One distinct contract at one mark: priced once, however many positions hold it. */
export interface ScenarioContract {
  readonly option: OptionInstrument;
  readonly w: 1 | -1;
  readonly sigma: number;
  readonly basis: Basis;
  /** Vol the provider states; null unknown. The smile's slope comes from there, the level from the mark. */
  readonly stated: number | null;
}

/** Contracts that share underlying and expiry. */
export interface ScenarioGroup {
  readonly underlying: InstrumentId;
  readonly expiryUs: number;
  readonly S: number;
  readonly r: number;
  readonly q: number;
  readonly T0: number;
  readonly beta: number;
  readonly inverse: boolean;
  /** Indices into {@link Prepared.contracts}, ascending. */
  readonly members: number[];
}

/** A holding ready to be priced: `scale` x unit change of its contract, or x price x spot move where it has none. */
export interface PreparedHolding {
  readonly holding: ScenarioHolding;
  readonly underlying: InstrumentId;
  readonly contract: number;
  readonly price: number;
  readonly beta: number;
  readonly scale: number;
  readonly reason: ScenarioReason | null;
}

export interface Prepared {
  readonly market: ScenarioSource;
  readonly clock: TimeConvention;
  readonly contracts: readonly ScenarioContract[];
  readonly groups: readonly ScenarioGroup[];
  readonly holdings: readonly PreparedHolding[];
}

/** Spot axis: each underlying's own move, or the index's, that moves each by its beta. */
export type SpotAxis = "own" | "index";

/** The name a holding's risk is on. */
export function underlyingOf(h: ScenarioPosition): InstrumentId {
  const i = h.instrument;
  if (i.kind === "option") return i.underlying;
  return (i.kind === "future" ? i.underlying : null) ?? i.id;
}

/** Ties every distinct contract to its mark and groups by expiry. `lowPct` is the lowest spot move that will be asked, in percent. */
export function prepare(
  book: readonly ScenarioHolding[],
  market: ScenarioSource,
  spotAxis: SpotAxis,
  lowPct: number,
  clock: TimeConvention,
): Prepared {
  const contracts: ScenarioContract[] = [];
  const groups = new Map<string, ScenarioGroup>();
  const seen = new Map<string, number | ScenarioReason>();
  const betas = new Map<InstrumentId, number | null>();
  const betaOf = (u: InstrumentId): number | null => {
    if (spotAxis === "own") return 1;
    let beta = betas.get(u);
    if (beta === undefined) {
      const known = market.beta?.(u) ?? null;
      beta = known !== null && Number.isFinite(known) ? known : null;
      betas.set(u, beta);
    }
    return beta;
  };
  const contractOf = (h: ScenarioHolding, o: OptionInstrument, beta: number): number | ScenarioReason => {
    const key = `${o.id} ${h.mark}`;
    let at = seen.get(key);
    if (at === undefined) {
      const group = groupOf(groups, o, market, beta, clock);
      const made = typeof group === "string" ? group : calibrated(o, h.mark, group, market, clock);
      if (typeof group === "string" || typeof made === "string") at = made as ScenarioReason;
      else {
        at = contracts.length;
        contracts.push(made);
        group.members.push(at);
      }
      seen.set(key, at);
    }
    return at;
  };
  const holdings = book.map((h): PreparedHolding => {
    const underlying = underlyingOf(h);
    const beta = betaOf(underlying);
    const { instrument: i } = h;
    const refuse = (reason: ScenarioReason): PreparedHolding => ({
      holding: h,
      underlying,
      contract: -1,
      price: 0,
      beta: 0,
      scale: 0,
      reason,
    });
    if (h.fx === null || !Number.isFinite(h.fx)) return refuse("no fx");
    if (beta === null) return refuse("no beta");
    if (!(1 + (beta * lowPct) / 100 > 0)) return refuse("bad shock");
    const scale = h.qty * i.multiplier * h.fx;
    const ready = { holding: h, underlying, beta, scale, reason: null };
    if (i.kind === "option") {
      const at = contractOf(h, i, beta);
      return typeof at === "string" ? refuse(at) : { ...ready, contract: at, price: 0 };
    }
    const price = h.mark ?? market.spot(i.id);
    return price === null || !Number.isFinite(price) ? refuse("no spot") : { ...ready, contract: -1, price };
  });
  return { market, clock, contracts, groups: [...groups.values()], holdings };
}

function groupOf(
  groups: Map<string, ScenarioGroup>,
  o: OptionInstrument,
  market: ScenarioSource,
  beta: number,
  clock: TimeConvention,
): ScenarioGroup | ScenarioReason {
  const key = `${o.underlying} ${o.expiryUs} ${o.premiumStyle}`;
  const known = groups.get(key);
  if (known !== undefined) return known;
  if (o.expiryUs <= market.nowUs) return "expired";
  const carry = market.carries.carry(o.underlying, o.expiryUs);
  if (carry === null || !(carry.spot > 0 && carry.F > 0 && carry.df > 0)) return "no carry";
  const T0 = yearFraction(market.nowUs, o.expiryUs, clock);
  const { r, q } = ratesOf(carry, T0);
  // A premium margined daily is not discounted: same forward, no rate.
  const margined = o.premiumStyle === "futures";
  const group: ScenarioGroup = {
    underlying: o.underlying,
    expiryUs: o.expiryUs,
    S: carry.spot,
    r: margined ? 0 : r,
    q: margined ? q - r : q,
    T0,
    beta,
    inverse: o.premiumStyle === "inverse",
    members: [],
  };
  groups.set(key, group);
  return group;
}

/** The vol the mark implies at the group's terms, American where American; else the provider's vol with a constant offset. */
function calibrated(
  o: OptionInstrument,
  mark: number | null,
  g: ScenarioGroup,
  market: ScenarioSource,
  clock: TimeConvention,
): ScenarioContract | ScenarioReason {
  const w = sign(o.type);
  const answer = market.vols.vol(o).sigma;
  const T = yearFraction(market.nowUs, o.expiryUs);
  // A vol per calendar year, in years of the clock.
  const stated =
    answer === null || clock === "ACT/365F" || !(g.T0 > 0) ? answer : answer * Math.sqrt(T / g.T0);
  const known = mark !== null && Number.isFinite(mark);
  const base = { option: o, w, stated };
  if (g.T0 === 0) return { ...base, sigma: stated ?? MIN_SIGMA, basis: known ? "offset" : "model" };
  if (known) {
    const premium = g.inverse ? mark * g.S : mark;
    const implied =
      o.style === "american"
        ? americanIv(w, premium, g.S, o.strike, g.T0, g.r, g.q, stated ?? 0, TICK)
        : bsmIv(w, premium, g.S, o.strike, g.T0, g.r, g.q, stated ?? 0);
    if (implied.sigma !== null && implied.sigma > MIN_SIGMA)
      return { ...base, sigma: implied.sigma, basis: "mark" };
  }
  if (stated === null || !(stated > 0)) return "no vol";
  return { ...base, sigma: stated, basis: known ? "offset" : "model" };
}
