/**
 * Structures: our grouping of positions. A structure holds allocations of positions; allocations + ungrouped = the broker's net,
 * always, since ungrouped is that difference and nothing else.
 */
import type { Instrument, InstrumentId, Leg } from "../market/index.ts";
import { PortfolioCodes, PortfolioError } from "./errors.ts";
import type { StructureAllocated, StructureNamed } from "./events.ts";
import {
  add,
  addKnown,
  addQty,
  convert,
  type Money,
  mulDiv,
  notional,
  QTY_SCALE,
  type Qty,
  qty,
  sub,
  ZERO,
} from "./exact.ts";
import {
  type Allocation,
  type Books,
  emptyAllocation,
  type Position,
  positionKey,
  type StructureState,
} from "./state.ts";

function gcd(a: number, b: number): number {
  let x = Math.abs(a);
  let y = Math.abs(b);
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

/** Ratios divided by their greatest common divisor; refuses an empty list, a ratio of 0 or one that is no integer. */
export function reduceLegs(legs: readonly Leg[]): Leg[] {
  if (legs.length === 0 || legs.some((l) => !Number.isSafeInteger(l.ratio) || l.ratio === 0)) {
    throw new PortfolioError(
      PortfolioCodes.badStructure,
      "a structure needs legs with integer ratios other than 0",
    );
  }
  const divisor = legs.reduce((g, l) => gcd(g, l.ratio), 0);
  return legs.map((l) => ({ instrument: l.instrument, ratio: l.ratio / divisor }));
}

export function nameStructure(b: Books, e: StructureNamed): void {
  if (b.structures.has(e.structure)) {
    throw new PortfolioError(PortfolioCodes.badStructure, `structure ${e.structure} exists already`);
  }
  const legs = reduceLegs(e.legs);
  b.structures.set(e.structure, {
    id: e.structure,
    account: e.account,
    strategy: e.strategy,
    name: e.name,
    legs,
    allocations: legs.map((l) => emptyAllocation(l.instrument)),
    tickets: [...e.tickets],
  });
}

/** The structure, or an error that names it. */
export function structureOf(b: Books, id: string): StructureState {
  const s = b.structures.get(id);
  if (s === undefined) throw new PortfolioError(PortfolioCodes.unknownStructure, `unknown structure ${id}`);
  return s;
}

/** A fill (signed quantity and notional) on an allocation: opens, or closes at the allocation's average cost. */
export function tradeAllocation(a: Allocation, q: Qty, signedNotional: Money, rate: number | null): void {
  let left = q;
  let leftNotional = signedNotional;
  a.flow = sub(a.flow, signedNotional);
  if (a.qty !== 0 && Math.sign(a.qty) !== Math.sign(left)) {
    const take = (Math.abs(left) <= Math.abs(a.qty) ? -left : a.qty) as Qty;
    const cost = take === a.qty ? a.cost : mulDiv(a.cost, take, a.qty);
    const part = take === -left ? leftNotional : mulDiv(leftNotional, -take as number as Money, left);
    const gain = -add(part, cost) as Money;
    a.realised = add(a.realised, gain);
    a.realisedBase = addKnown(a.realisedBase, gain === 0 ? ZERO : convert(gain, rate));
    a.qty = addQty(a.qty, -take as Qty);
    a.cost = sub(a.cost, cost);
    left = addQty(left, take);
    leftNotional = sub(leftNotional, part);
  }
  a.qty = addQty(a.qty, left);
  a.cost = add(a.cost, leftNotional);
}

/** Books a ticket's fill into the structure leg that the ticket belongs to, if there is one. */
export function allocateFill(
  b: Books,
  p: Position,
  ticketId: string | null,
  legIndex: number | null,
  q: Qty,
  signedNotional: Money,
  rate: number | null,
): void {
  if (ticketId === null || legIndex === null) return;
  for (const s of b.structures.values()) {
    if (s.account !== p.account || s.strategy !== p.strategy || !s.tickets.includes(ticketId)) continue;
    const a = s.allocations[legIndex];
    if (a !== undefined && a.instrument === p.instrument) tradeAllocation(a, q, signedNotional, rate);
    return;
  }
}

/** Sum of what all structures hold of a position. */
export function allocated(b: Books, p: Position): Allocation {
  const sum = emptyAllocation(p.instrument);
  for (const s of b.structures.values()) {
    if (s.account !== p.account || s.strategy !== p.strategy) continue;
    for (const a of s.allocations) {
      if (a.instrument !== p.instrument) continue;
      sum.qty = addQty(sum.qty, a.qty);
      sum.cost = add(sum.cost, a.cost);
      sum.realised = add(sum.realised, a.realised);
      sum.realisedBase = addKnown(sum.realisedBase, a.realisedBase);
      sum.openQty = addQty(sum.openQty, a.openQty);
      sum.flow = add(sum.flow, a.flow);
    }
  }
  return sum;
}

/** What of a position is in no structure: broker net minus all allocations. Its sign may differ from the position's. */
export function ungrouped(b: Books, p: Position): Allocation {
  const s = allocated(b, p);
  return {
    instrument: p.instrument,
    qty: addQty(p.qty, -s.qty as Qty),
    cost: sub(p.cost, s.cost),
    realised: sub(p.realised, s.realised),
    realisedBase: addKnown(p.realisedBase, s.realisedBase === null ? null : (-s.realisedBase as Money)),
    openQty: addQty(p.day.openQty, -s.openQty as Qty),
    flow: sub(p.day.flow, s.flow),
  };
}

/** Carries out an `allocate` event: quantity at the given price, else at the average cost of what is ungrouped. */
export function allocate(b: Books, e: StructureAllocated, lookup: (id: InstrumentId) => Instrument): void {
  const s = structureOf(b, e.structure);
  const a = s.allocations[e.leg];
  if (a === undefined) {
    throw new PortfolioError(PortfolioCodes.badStructure, `structure ${e.structure} has no leg ${e.leg}`);
  }
  const q = qty(e.qty);
  const p = b.positions.get(positionKey(s.account, a.instrument, s.strategy));
  if (p === undefined) {
    throw new PortfolioError(
      PortfolioCodes.notHeld,
      `nothing held of ${a.instrument} under ${s.strategy || "no tag"}`,
    );
  }
  if (a.qty !== 0 && Math.sign(q) !== Math.sign(a.qty)) return release(a, q, e);
  const free = ungrouped(b, p);
  const cost =
    e.price !== null
      ? notional(q, e.price, lookup(a.instrument).multiplier)
      : free.qty === 0
        ? ZERO
        : mulDiv(free.cost, q, free.qty);
  // What was held when the session opened comes first; the rest was bought in the session and counts at its cost.
  const sameSide = Math.sign(free.openQty) === Math.sign(q);
  const fromOpen = (sameSide ? Math.sign(q) * Math.min(Math.abs(q), Math.abs(free.openQty)) : 0) as Qty;
  a.openQty = addQty(a.openQty, fromOpen);
  if (fromOpen !== q) a.flow = sub(a.flow, mulDiv(cost, addQty(q, -fromOpen as Qty), q));
  a.qty = addQty(a.qty, q);
  a.cost = add(a.cost, cost);
}

/** What leaves a structure leaves at cost, with its part of the day: moving a position between groups realises nothing. */
function release(a: Allocation, q: Qty, e: StructureAllocated): void {
  if (Math.abs(q) > Math.abs(a.qty)) {
    throw new PortfolioError(PortfolioCodes.notHeld, `leg ${e.leg} of ${e.structure} holds less than that`);
  }
  const whole = a.qty;
  a.cost = add(a.cost, mulDiv(a.cost, q, whole));
  a.openQty = addQty(a.openQty, mulDiv(a.openQty, q, whole));
  a.flow = add(a.flow, mulDiv(a.flow, q, whole));
  a.qty = addQty(a.qty, q);
}

/**
 * Whole units that the allocations make up, and what is left over of each leg. A structure whose legs all hold their ratio times one
 * number has nothing left over. 0 units if any leg is missing or has the wrong sign.
 */
export function unitsOf(s: StructureState): { units: number; loose: number[] } {
  let units = Number.POSITIVE_INFINITY;
  for (let i = 0; i < s.legs.length; i++) {
    const ratio = (s.legs[i] as Leg).ratio;
    const have = (s.allocations[i] as Allocation).qty / QTY_SCALE / ratio;
    units = Math.min(units, Math.max(0, Math.floor(have)));
  }
  const whole = Number.isFinite(units) ? units : 0;
  const loose = s.legs.map(
    (l, i) => ((s.allocations[i] as Allocation).qty - whole * l.ratio * QTY_SCALE) / QTY_SCALE,
  );
  return { units: whole, loose };
}

/**
 * Net price per unit per share of what the allocations cost: + debit paid, − credit received; null unless they make up whole units
 * of legs with one multiplier.
 */
export function netEntry(s: StructureState, lookup: (id: InstrumentId) => Instrument): number | null {
  const { units, loose } = unitsOf(s);
  if (units === 0 || loose.some((x) => x !== 0)) return null;
  const multiplier = commonMultiplier(s.legs, lookup);
  if (multiplier === null) return null;
  let cost: Money = ZERO;
  for (const a of s.allocations) cost = add(cost, a.cost);
  return cost / 1e6 / (units * multiplier);
}

/**
 * Units of underlying that one structure unit's net price is quoted for: the options' multiplier when all option legs share it
 * (stock beside options counts by the share), the legs' own when all are alike, else null.
 */
export function commonMultiplier(
  legs: readonly Leg[],
  lookup: (id: InstrumentId) => Instrument,
): number | null {
  let common: number | null = null;
  for (const l of legs) {
    const i = lookup(l.instrument);
    if (i.kind !== "option" && legs.some((x) => lookup(x.instrument).kind === "option")) continue;
    if (common !== null && common !== i.multiplier) return null;
    common = i.multiplier;
  }
  return common;
}
