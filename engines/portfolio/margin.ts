/**
 * Margin of a paper account by the book: cash account or Reg-T. The broker's own number wins when there is one.
 *
 * Funds = cash + long stock at market + unsettled variation. Long options are paid in full and lend nothing; the value of short stock
 * and naked short options is part of their requirement, since their proceeds are in cash. Available = funds − initial − reserves.
 */
import type { Instrument, InstrumentId, OptionInstrument } from "../market/index.ts";
import { isMargined, underlyingOf } from "./events.ts";
import { type MatchResult, matchOptions, type OptionLine } from "./margin-match.ts";

/** Rules of one kind of account. */
export interface MarginProfile {
  readonly kind: "cash" | "regT";
  /** Underlyings whose short options need 15 % instead of 20 %. */
  readonly broadIndex: readonly InstrumentId[];
  /** Per contract, in the contract's currency, by root. */
  readonly futures: Readonly<Record<string, { readonly initial: number; readonly maintenance: number }>>;
  /** Share of the notional of a currency pair. An assumption of ours, no rule. */
  readonly fxRate: number;
}
/** Reg-T margin account; fill in broad indices and futures. */
export const REG_T: MarginProfile = { kind: "regT", broadIndex: [], futures: {}, fxRate: 0.05 };
/** Everything paid in full; covered calls and cash-secured puts only. */
export const CASH_ACCOUNT: MarginProfile = { ...REG_T, kind: "cash" };

/** One contract held, or one leg of an order. */
export interface MarginPosition {
  readonly instrument: Instrument;
  /** Signed contracts or shares, all strategies of the account together. */
  readonly qty: number;
  /** Per unit of underlying. */
  readonly mark: number | null;
  /** Of an option or future. */
  readonly spot: number | null;
  /** Unsettled variation of a margined contract, its currency. */
  readonly variation?: number;
}
/** An order that works: legs in signed contracts, net price per unit per share (+ debit). */
export interface MarginOrder {
  readonly id: string;
  readonly legs: readonly MarginPosition[];
  /** Cash that the fill pays (−) or receives (+), in base currency, fees included; null if it has no limit to know it by. */
  readonly cash: number | null;
}
/** One account at one instant. */
export interface MarginInput {
  readonly profile: MarginProfile;
  /** Sum of the account's cash in base currency; null where an FX rate is missing. */
  readonly cash: number | null;
  readonly positions: readonly MarginPosition[];
  readonly orders: readonly MarginOrder[];
  /** Base currency per unit, 1 for the base. */
  fx(ccy: string): number | null;
  /** P&L in base currency of all positions in a name if its spot moves by a fraction, repriced by the caller. */
  stress?(underlying: InstrumentId, move: number): number | null;
}

/** Everything on one underlying. */
export interface MarginGroup {
  readonly underlying: InstrumentId;
  /** Base currency; null with the reason in `missing`. */
  readonly initial: number | null;
  readonly maintenance: number | null;
  readonly longStock: number;
  readonly options: readonly MatchResult[];
  /** Largest loss from here to expiry; `unbounded` where it has no limit. */
  readonly worstLoss: number | "unbounded" | null;
  /** P&L at spot −20 % and +20 %, from the caller's repricing, else at expiry values (`atExpiry`). */
  readonly stress: {
    readonly down: number | null;
    readonly up: number | null;
    readonly basis: "repriced" | "atExpiry";
  };
  readonly missing: readonly string[];
}
/** Requirement and funds of an account in base currency. */
export interface MarginResult {
  readonly kind: MarginProfile["kind"];
  readonly funds: number | null;
  readonly initial: number | null;
  readonly maintenance: number | null;
  readonly reserved: number | null;
  /** Funds − initial − reserved: what a long option may cost. The buying power on the status line. */
  readonly available: number | null;
  /** What stock may cost: available / 50 %, in a cash account / 100 %. */
  readonly stockBuyingPower: number | null;
  /** Funds − maintenance; below 0 is a margin call. */
  readonly cushion: number | null;
  readonly groups: readonly MarginGroup[];
  readonly missing: readonly string[];
}

interface Draft {
  initial: number | null;
  maintenance: number | null;
  funds: number | null;
  longStock: number;
  readonly options: MatchResult[];
  readonly missing: string[];
}

const plus = (a: number | null, b: number | null) => (a === null || b === null ? null : a + b);

function need(d: Draft, initial: number | null, maintenance: number | null): void {
  d.initial = plus(d.initial, initial);
  d.maintenance = plus(d.maintenance, maintenance);
}
function unknown(d: Draft, reason: string): void {
  need(d, null, null);
  d.missing.push(reason);
}

/** Stock, funds, coins and pairs. */
function addSpot(d: Draft, p: MarginPosition, fx: number, profile: MarginProfile): void {
  if (p.mark === null) {
    d.funds = null;
    return unknown(d, `${p.instrument.id}: no mark`);
  }
  const worth = p.qty * p.mark * p.instrument.multiplier * fx;
  if (p.instrument.kind === "fx") {
    d.funds = plus(d.funds, worth);
    return need(d, Math.abs(worth) * profile.fxRate, Math.abs(worth) * profile.fxRate);
  }
  if (worth >= 0) {
    d.funds = plus(d.funds, worth);
    d.longStock += worth;
    const paid = profile.kind === "cash" || p.instrument.kind === "crypto";
    return need(d, worth * (paid ? 1 : 0.5), worth * (paid ? 1 : 0.25));
  }
  if (profile.kind === "cash") return unknown(d, `${p.instrument.id}: a cash account can't be short`);
  need(d, -worth * 1.5, -worth * 1.3);
}

function addFuture(d: Draft, p: MarginPosition, fx: number, profile: MarginProfile): void {
  const row = profile.futures[p.instrument.symbol];
  if (row === undefined)
    return unknown(d, `${p.instrument.id}: no margin per contract for ${p.instrument.symbol}`);
  d.funds = plus(d.funds, (p.variation ?? 0) * fx);
  need(d, Math.abs(p.qty) * row.initial * fx, Math.abs(p.qty) * row.maintenance * fx);
}

/** A position with what its mark and strikes are multiplied by to be base currency; null unknown. */
interface RatedPosition extends MarginPosition {
  readonly rate: number | null;
}
interface OptionPosition extends RatedPosition {
  readonly instrument: OptionInstrument;
}

/** Inverse options are counted in the currency of their strikes: the mark, which is in the coin, times spot. */
function rated(p: MarginPosition, fx: MarginInput["fx"]): RatedPosition {
  const rate = fx(p.instrument.ccy);
  if (p.instrument.kind !== "option" || p.instrument.premiumStyle !== "inverse") return { ...p, rate };
  if (p.spot === null || !(p.spot > 0)) return { ...p, mark: null, rate };
  const mark = p.mark === null ? null : p.mark * p.spot;
  return { ...p, mark, rate: rate === null ? null : rate / p.spot };
}

function lineOf(p: OptionPosition): OptionLine {
  return {
    id: p.instrument.id,
    call: p.instrument.type === "C",
    strike: p.instrument.strike,
    expiryUs: p.instrument.expiryUs,
    qty: Math.abs(p.qty),
    value: (p.mark ?? 0) * p.instrument.multiplier,
  };
}

/** Options of one name and multiplier with the shares that may cover them. Gives the shares that are left for the next family. */
function addOptions(
  d: Draft,
  family: readonly OptionPosition[],
  shares: number,
  fx: number,
  profile: MarginProfile,
): number {
  const first = family[0] as OptionPosition;
  const { multiplier, underlying } = first.instrument;
  const spot = family.find((p) => p.spot !== null)?.spot ?? null;
  const longs = family.filter((p) => p.qty > 0);
  const shorts = family.filter((p) => p.qty < 0);
  for (const p of longs) {
    // A margined option was not paid for: what it can lose is its value.
    if (!isMargined(p.instrument)) continue;
    if (p.mark === null) unknown(d, `${p.instrument.id}: no mark`);
    else need(d, p.qty * p.mark * multiplier * fx, p.qty * p.mark * multiplier * fx);
  }
  for (const p of family) if (isMargined(p.instrument)) d.funds = plus(d.funds, (p.variation ?? 0) * fx);
  if (shorts.length === 0) return shares;
  const bare = shorts.find((p) => p.mark === null);
  if (spot === null || bare !== undefined) {
    unknown(d, spot === null ? `${underlying}: no price` : `${bare?.instrument.id}: no mark`);
    return shares;
  }
  const covers = first.instrument.deliverable === 1 ? shares : 0;
  const rate = profile.broadIndex.includes(underlying) ? 0.15 : 0.2;
  const input = {
    spot,
    multiplier,
    rate,
    shares: covers,
    shorts: shorts.map(lineOf),
    longs: longs.map(lineOf),
  };
  if (profile.kind === "cash") return addCashShorts(d, input, fx, shares);
  const match = matchOptions(input);
  d.options.push(match);
  need(d, match.requirement * fx, match.requirement * fx);
  return shares - usedShares(match, multiplier);
}

function usedShares(match: MatchResult, multiplier: number): number {
  let used = 0;
  for (const p of match.pairings)
    if (p.cover === "stock") used += p.qty * multiplier * (p.short.call ? 1 : -1);
  return used;
}

/** A cash account writes calls on stock that it has and puts whose strike it could pay; nothing else. */
function addCashShorts(d: Draft, m: Parameters<typeof matchOptions>[0], fx: number, shares: number): number {
  let lots = Math.max(0, Math.floor(m.shares / m.multiplier));
  const before = lots;
  for (const s of m.shorts) {
    if (!s.call) {
      need(d, s.qty * s.strike * m.multiplier * fx, s.qty * s.strike * m.multiplier * fx);
      continue;
    }
    if (s.qty > lots) unknown(d, `${s.id}: a cash account can't be short a call without the stock`);
    lots -= Math.min(lots, s.qty);
  }
  return shares - (before - lots) * m.multiplier;
}

/** P&L of the name from marks to expiry at spot `s`, base currency. */
function atExpiry(group: readonly RatedPosition[], s: number): number | null {
  let sum = 0;
  for (const p of group) {
    const i = p.instrument;
    const { rate } = p;
    if (p.mark === null || rate === null) return null;
    const end = i.kind === "option" ? Math.max(i.type === "C" ? s - i.strike : i.strike - s, 0) : s;
    sum += p.qty * (end - p.mark) * i.multiplier * rate;
  }
  return sum;
}

function worstLoss(group: readonly RatedPosition[]): MarginGroup["worstLoss"] {
  let slope = 0;
  const corners = [0];
  for (const p of group) {
    const i = p.instrument;
    if (i.kind === "option") corners.push(i.strike);
    if (i.kind !== "option" || i.type === "C") slope += p.qty * i.multiplier;
  }
  if (slope < -1e-9) return "unbounded";
  let worst = 0;
  for (const s of corners) {
    const pnl = atExpiry(group, s);
    if (pnl === null) return null;
    worst = Math.max(worst, -pnl);
  }
  return worst;
}

function stressOf(
  input: MarginInput,
  underlying: InstrumentId,
  group: readonly RatedPosition[],
): MarginGroup["stress"] {
  if (input.stress !== undefined) {
    return { down: input.stress(underlying, -0.2), up: input.stress(underlying, 0.2), basis: "repriced" };
  }
  const own = group.find((p) => p.instrument.kind !== "option")?.mark ?? null;
  const spot = group.find((p) => p.spot !== null)?.spot ?? own;
  const at = (move: number) => (spot === null ? null : atExpiry(group, spot * (1 + move)));
  return { down: at(-0.2), up: at(0.2), basis: "atExpiry" };
}

function marginGroup(input: MarginInput, underlying: InstrumentId, held: readonly MarginPosition[]) {
  const group = held.map((p) => rated(p, input.fx));
  const d: Draft = { initial: 0, maintenance: 0, funds: 0, longStock: 0, options: [], missing: [] };
  let shares = 0;
  const families = new Map<string, OptionPosition[]>();
  for (const p of group) {
    const i = p.instrument;
    const fx = p.rate;
    if (fx === null) {
      d.funds = null;
      unknown(d, `${i.id}: no FX rate for ${i.ccy}`);
    } else if (i.kind === "option") {
      const key = `${i.ccy}|${i.multiplier}|${i.deliverable}|${i.premiumStyle}`;
      const family = families.get(key) ?? [];
      family.push({ ...p, instrument: i });
      families.set(key, family);
    } else if (i.kind === "future") addFuture(d, p, fx, input.profile);
    else {
      if (i.kind === "equity" || i.kind === "etf") shares += p.qty;
      addSpot(d, p, fx, input.profile);
    }
  }
  for (const family of families.values()) {
    const fx = (family[0] as OptionPosition).rate as number;
    shares = addOptions(d, family, shares, fx, input.profile);
  }
  const result: MarginGroup = {
    underlying,
    initial: d.initial,
    maintenance: d.maintenance,
    longStock: d.longStock,
    options: d.options,
    worstLoss: worstLoss(group),
    stress: stressOf(input, underlying, group),
    missing: d.missing,
  };
  return { result, funds: d.funds };
}

/** Positions of one contract joined, in the order of first sight. */
function joined(positions: readonly MarginPosition[]): MarginPosition[] {
  const byId = new Map<InstrumentId, MarginPosition>();
  for (const p of positions) {
    const held = byId.get(p.instrument.id);
    if (held === undefined) byId.set(p.instrument.id, p);
    else {
      const variation = (held.variation ?? 0) + (p.variation ?? 0);
      const [mark, spot] = [held.mark ?? p.mark, held.spot ?? p.spot];
      byId.set(p.instrument.id, { instrument: p.instrument, qty: held.qty + p.qty, mark, spot, variation });
    }
  }
  return [...byId.values()].filter((p) => p.qty !== 0 || (p.variation ?? 0) !== 0);
}

interface Requirement {
  readonly groups: MarginGroup[];
  readonly funds: number | null;
  readonly initial: number | null;
  readonly maintenance: number | null;
}

function requirement(
  input: MarginInput,
  positions: readonly MarginPosition[],
  cash: number | null,
): Requirement {
  const names = new Map<InstrumentId, MarginPosition[]>();
  for (const p of joined(positions)) {
    const key = underlyingOf(p.instrument);
    const group = names.get(key) ?? [];
    group.push(p);
    names.set(key, group);
  }
  let [funds, initial, maintenance]: (number | null)[] = [cash, 0, 0];
  const groups: MarginGroup[] = [];
  for (const [underlying, group] of names) {
    const { result, funds: more } = marginGroup(input, underlying, group);
    groups.push(result);
    funds = plus(funds as number | null, more);
    initial = plus(initial as number | null, result.initial);
    maintenance = plus(maintenance as number | null, result.maintenance);
  }
  return {
    groups,
    funds: funds as number | null,
    initial: initial as number | null,
    maintenance: maintenance as number | null,
  };
}

const minus = (a: number | null, b: number | null) => (a === null || b === null ? null : a - b);

/** What one order ties up: how much less is available if it fills. An order that frees margin reserves nothing. */
function reserveOf(input: MarginInput, o: MarginOrder, before: number | null): number | null {
  const after = requirement(input, [...input.positions, ...o.legs], plus(input.cash, o.cash));
  const left = minus(minus(after.funds, after.initial), before);
  return left === null ? null : Math.max(0, -left);
}

/** Requirement, funds and buying power of one account; unknown is null with the reason in `missing`. See the top of this file. */
export function marginOf(input: MarginInput): MarginResult {
  const now = requirement(input, input.positions, input.cash);
  const excess = minus(now.funds, now.initial);
  let reserved: number | null = 0;
  const missing = now.groups.flatMap((g) => g.missing);
  if (input.cash === null) missing.push("cash: no FX rate");
  for (const o of input.orders) {
    const reserve = reserveOf(input, o, excess);
    if (reserve === null) missing.push(`order ${o.id}: its reserve is unknown`);
    reserved = plus(reserved, reserve);
  }
  const available = minus(excess, reserved);
  const lend = input.profile.kind === "cash" ? 1 : 0.5;
  return {
    kind: input.profile.kind,
    funds: now.funds,
    initial: now.initial,
    maintenance: now.maintenance,
    reserved,
    available,
    stockBuyingPower: available === null ? null : Math.max(0, available / lend),
    cushion: minus(now.funds, now.maintenance),
    groups: now.groups,
    missing,
  };
}
