import type { Side } from "./terms.ts";

export type Urgency = "normal" | "high" | "crisis";
const URGENCY_RANK: Readonly<Record<Urgency, number>> = { normal: 0, high: 1, crisis: 2 };
export type NettingClass = "FUT" | "FX_FUT" | "ETF" | "STK" | "OTHER";
const CLASS_RANK: Readonly<Record<NettingClass, number>> = { FUT: 0, FX_FUT: 1, ETF: 2, STK: 3, OTHER: 4 };

export interface SleeveIntent {
  readonly id: string;
  readonly side: Side;
  readonly qty: number;
  readonly sleeve: string;
  readonly urgency: Urgency;
}
/** Facts of an instrument; price in its currency, `fx` base per unit, null where unknown. */
export interface NettingFacts {
  readonly price: number | null;
  readonly multiplier: number;
  readonly fx: number | null;
  readonly class: NettingClass;
  /** Liquidity, 1 the best. */
  readonly tier: number;
  /** Held now, signed: what closes is never too small to send. */
  readonly held: number;
}
export interface NetOrder {
  readonly id: string;
  readonly side: Side;
  readonly qty: number;
  /** Base currency. */
  readonly notional: number;
  readonly sleeves: readonly string[];
  /** Of the order, for each sleeve that is left with something: what is filled belongs to it. They sum to `qty`. */
  readonly left: readonly { readonly sleeve: string; readonly qty: number }[];
  readonly urgency: Urgency;
}
/** What one sleeve sold to another inside, at mid. */
export interface InternalCross {
  readonly id: string;
  readonly sleeve: string;
  /** Signed, + bought; over all sleeves of an instrument they sum to 0. */
  readonly qty: number;
  readonly price: number;
}
export interface NettingPlan {
  readonly orders: readonly NetOrder[];
  readonly crosses: readonly InternalCross[];
  /** Too small to send. */
  readonly filtered: readonly string[];
  /** Bought and sold alike: nothing to send. */
  readonly netted: readonly string[];
  readonly rejected: readonly { readonly id: string; readonly reason: string }[];
}

/**
 * Buys and sells of all sleeves by instrument. What cancels inside is crossed at mid, sleeve by sleeve in proportion; the rest is one order
 * with the highest urgency by rank. A missing price or FX rate is a rejection, never a notional of 0. Below `minNotional` nothing is sent
 * unless it closes. Order of sending: urgency, class, sells first, tier, larger first.
 */
export function netSleeves(
  intents: readonly SleeveIntent[],
  factsOf: (id: string) => NettingFacts | undefined,
  minNotional: number,
): NettingPlan {
  const plan = {
    orders: [] as NetOrder[],
    crosses: [] as InternalCross[],
    filtered: [] as string[],
    netted: [] as string[],
    rejected: [] as { id: string; reason: string }[],
  };
  const ids = [...new Set(intents.map((i) => i.id))];
  for (const id of ids) {
    const facts = factsOf(id);
    if (facts === undefined || facts.price === null || facts.fx === null) {
      plan.rejected.push({
        id,
        reason: facts === undefined || facts.price === null ? "no price" : "no FX rate",
      });
      continue;
    }
    const own = intents.filter((i) => i.id === id);
    const net = own.reduce((sum, i) => sum + (i.side === "buy" ? i.qty : -i.qty), 0);
    const crosses = crossesOf(id, own, net, facts.price);
    if (net === 0) {
      plan.crosses.push(...crosses);
      plan.netted.push(id);
      continue;
    }
    const qty = Math.abs(net);
    const notional = qty * facts.price * facts.multiplier * facts.fx;
    const closes = facts.held * net < 0 && qty >= Math.abs(facts.held);
    if (notional < minNotional && !closes) {
      plan.filtered.push(id);
      continue;
    }
    plan.crosses.push(...crosses);
    plan.orders.push({
      id,
      side: net > 0 ? "buy" : "sell",
      qty,
      notional,
      sleeves: [...new Set(own.map((i) => i.sleeve))].sort((a, b) => (a < b ? -1 : 1)),
      left: leftOf(own, net, crosses),
      urgency: own.reduce<Urgency>(
        (u, i) => (URGENCY_RANK[i.urgency] > URGENCY_RANK[u] ? i.urgency : u),
        "normal",
      ),
    });
  }
  const rank = (o: NetOrder) => factsOf(o.id) as NettingFacts;
  plan.orders.sort(
    (a, b) =>
      URGENCY_RANK[b.urgency] - URGENCY_RANK[a.urgency] ||
      CLASS_RANK[rank(a).class] - CLASS_RANK[rank(b).class] ||
      (a.side === b.side ? 0 : a.side === "sell" ? -1 : 1) ||
      rank(a).tier - rank(b).tier ||
      b.notional - a.notional,
  );
  return plan;
}

/** Signed quantity by sleeve, in the order of first mention. */
function bySleeve(intents: readonly SleeveIntent[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const i of intents)
    sums.set(i.sleeve, (sums.get(i.sleeve) ?? 0) + (i.side === "buy" ? i.qty : -i.qty));
  return sums;
}

/**
 * Sleeves that want the side that is larger give what the others take, each its share of it in whole units: the largest remainders get the
 * units that are over. A sleeve that wants both sides has netted that by itself.
 */
function crossesOf(id: string, own: readonly SleeveIntent[], net: number, price: number): InternalCross[] {
  const sums = bySleeve(own);
  const side = net < 0 ? -1 : 1;
  const larger = [...sums].filter(([, qty]) => qty * side > 0);
  const smaller = [...sums].filter(([, qty]) => qty * side < 0);
  const inside = smaller.reduce((sum, [, qty]) => sum + Math.abs(qty), 0);
  if (inside === 0) return [];
  const parts = shares(
    larger.map(([, qty]) => Math.abs(qty)),
    inside,
  );
  return [
    ...larger.map(([sleeve], i) => ({ id, sleeve, qty: side * (parts[i] as number), price })),
    ...smaller.map(([sleeve, qty]) => ({ id, sleeve, qty, price })),
  ].filter((c) => c.qty !== 0);
}

/** `total` in proportion to the weights, in whole units where all are whole. */
function shares(weights: readonly number[], total: number): number[] {
  const all = weights.reduce((sum, w) => sum + w, 0);
  const exact = weights.map((w) => (w * total) / all);
  if (![...weights, total].every(Number.isInteger)) return exact;
  const parts = exact.map(Math.floor);
  const over = total - parts.reduce((sum, n) => sum + n, 0);
  const byRest = exact
    .map((x, i) => ({ i, rest: x - Math.floor(x) }))
    .toSorted((a, b) => b.rest - a.rest || a.i - b.i);
  for (const { i } of byRest.slice(0, over)) parts[i] = (parts[i] as number) + 1;
  return parts;
}

/** What each sleeve still wants from the market once it has crossed. */
function leftOf(
  own: readonly SleeveIntent[],
  net: number,
  crosses: readonly InternalCross[],
): NetOrder["left"] {
  const side = net < 0 ? -1 : 1;
  return [...bySleeve(own)].flatMap(([sleeve, qty]) => {
    const crossed = crosses.find((c) => c.sleeve === sleeve)?.qty ?? 0;
    const rest = (qty - crossed) * side;
    return rest > 0 ? [{ sleeve, qty: rest }] : [];
  });
}
