import { type Ccy, moneyDecimals } from "../../engines/market/index.ts";
import { navCheck } from "../../engines/orders/index.ts";
import { MONEY_DECIMALS, money, qty } from "../../engines/portfolio/index.ts";
import type { BrokerAccount, BrokerPosition } from "../brokers/broker.ts";
import type { Difference } from "./difference.ts";
import type { OrderDesk } from "./order-desk.ts";

const QTY = 1e8;
const MONEY = 1e6;

/** Compares net quantities and cash exactly; a currency that only one side has counts as nothing at the other. */
export function differencesOf(
  desk: OrderDesk,
  positions: readonly BrokerPosition[],
  account: BrokerAccount,
): Difference[] {
  return [...positionDifferences(desk, positions), ...cashDifferences(desk, account)];
}

function positionDifferences(desk: OrderDesk, theirs: readonly BrokerPosition[]): Difference[] {
  const ours = new Map<string, number>();
  for (const p of desk.world.context().desk.held.books.positions.values())
    if (p.account === desk.rules.account) ours.set(p.instrument, (ours.get(p.instrument) ?? 0) + p.qty);
  const broker = new Map<string, number>(theirs.map((p) => [p.instrument, qty(p.qty)]));
  return [...new Set([...ours.keys(), ...broker.keys()])].flatMap((id): Difference[] => {
    const [a, b] = [ours.get(id) ?? 0, broker.get(id) ?? 0];
    if (a === b) return [];
    const instrument = id as BrokerPosition["instrument"];
    return [
      {
        text: `${id} ${a / QTY} here, ${b / QTY} at ${desk.broker.traits.name}`,
        worth: worthOf(desk, instrument, (b - a) / QTY),
        fix: { kind: "position", instrument, qty: String((b - a) / QTY) },
      },
    ];
  });
}

function cashDifferences(desk: OrderDesk, theirs: BrokerAccount): Difference[] {
  const broker = new Map<string, number>(theirs.cash.map((c) => [c.ccy, money(c.amount)]));
  // A broker that does not tell its cash is not contradicted.
  if (broker.size === 0) return [];
  const context = desk.world.context();
  const ours = new Map<string, number>();
  for (const c of context.desk.held.books.cash.values())
    if (c.account === desk.rules.account) ours.set(c.ccy, (ours.get(c.ccy) ?? 0) + c.cash);
  return [...new Set([...ours.keys(), ...broker.keys()])].flatMap((ccy): Difference[] => {
    const [a, b] = [ours.get(ccy) ?? 0, broker.get(ccy) ?? 0];
    // Books of coins go on below the millionth that is the least kept here: each booking may be off by one.
    const slack = moneyDecimals(ccy as Ccy) > MONEY_DECIMALS ? desk.book.booked.length : 0;
    if (Math.abs(a - b) <= slack) return [];
    const fx = ccy === context.facts.baseCcy ? 1 : context.source().fx(ccy);
    return [
      {
        text: `cash ${a / MONEY} ${ccy} here, ${b / MONEY} at ${desk.broker.traits.name}`,
        worth: fx === null ? null : ((b - a) / MONEY) * fx,
        fix: { kind: "cash", ccy, amount: String((b - a) / MONEY) },
      },
    ];
  });
}

/** Price of one contract now, per unit of underlying: the mid, else what the book is marked at; null where neither is known. */
export function priceNow(desk: OrderDesk, id: BrokerPosition["instrument"]): number | null {
  const context = desk.world.context();
  const slot = context.desk.slot(id);
  const instrument = slot === null ? undefined : context.desk.instruments[slot];
  if (slot === null || instrument === undefined) return null;
  const { bid, ask } = context.desk.book;
  const mid = ((bid[slot] as number) + (ask[slot] as number)) / 2;
  if (mid === mid) return mid;
  const source = context.source();
  return instrument.kind === "option"
    ? (source.value(instrument)?.price ?? null)
    : (source.spot(id)?.price ?? null);
}

function worthOf(desk: OrderDesk, id: BrokerPosition["instrument"], n: number): number | null {
  const context = desk.world.context();
  const instrument = context.desk.instruments[context.desk.slot(id) ?? -1];
  const price = priceNow(desk, id);
  if (instrument === undefined || price === null) return null;
  const fx = instrument.ccy === context.facts.baseCcy ? 1 : context.source().fx(instrument.ccy);
  return fx === null ? null : n * price * instrument.multiplier * fx;
}

/**
 * How bad differences are (spec execution, the circuit breaker over NAV). Quantities and cash compare exactly, so any difference is at least a
 * HALT; what they are worth against the broker's own value of the account decides on EMERGENCY. Where that is not known it is a HALT.
 */
export function severityOf(differences: readonly Difference[], account: BrokerAccount): "HALT" | "EMERGENCY" {
  const { netLiquidation } = account;
  if (netLiquidation === null) return "HALT";
  let off = 0;
  for (const { worth } of differences) {
    if (worth === null) return "HALT";
    off += Math.abs(worth);
  }
  return navCheck(netLiquidation + off, netLiquidation).status === "EMERGENCY" ? "EMERGENCY" : "HALT";
}
