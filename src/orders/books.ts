import { type Ccy, moneyDecimals } from "../../engines/market/index.ts";
import { navCheck } from "../../engines/orders/index.ts";
import { type Ledger, MONEY_DECIMALS, money, qty } from "../../engines/portfolio/index.ts";
import type { BrokerAccount, BrokerPosition } from "../brokers/broker.ts";
import type { Difference } from "./difference.ts";
import type { Holder } from "./holder.ts";

const QTY = 1e8;
const MONEY = 1e6;

/** Net quantities and cash of an account, scaled as the portfolio keeps them. */
export interface NetBooks {
  readonly qty: ReadonlyMap<string, number>;
  readonly cash: ReadonlyMap<string, number>;
}

/** What books hold of an account, over all sleeves. */
export function netBooks(books: Ledger["books"], account: string): NetBooks {
  const held = new Map<string, number>();
  for (const p of books.positions.values())
    if (p.account === account) held.set(p.instrument, (held.get(p.instrument) ?? 0) + p.qty);
  const cash = new Map<string, number>();
  for (const c of books.cash.values())
    if (c.account === account) cash.set(c.ccy, (cash.get(c.ccy) ?? 0) + c.cash);
  return { qty: held, cash };
}

/** What differences are told with: the broker's name, what a difference is worth, and how many bookings may be off by a millionth each. */
export interface Telling {
  readonly broker: string;
  readonly bookings: number;
  readonly worth: (instrument: BrokerPosition["instrument"], n: number) => number | null;
  readonly cashWorth: (ccy: string, amount: number) => number | null;
}

/** Compares net quantities and cash exactly; a currency that only one side has counts as nothing at the other. */
export function differencesBetween(
  ours: NetBooks,
  positions: readonly BrokerPosition[],
  account: BrokerAccount,
  telling: Telling,
): Difference[] {
  return [
    ...positionDifferences(ours.qty, positions, telling),
    ...cashDifferences(ours.cash, account, telling),
  ];
}

/** The same for the books of an account. */
export function differencesAt(
  books: Holder,
  positions: readonly BrokerPosition[],
  account: BrokerAccount,
): Difference[] {
  return differencesBetween(netBooks(books.held(), books.account), positions, account, {
    broker: books.broker.traits.name,
    bookings: books.book.booked.length,
    worth: (instrument, n) => worthOf(books, instrument, n),
    cashWorth: (ccy, amount) => {
      const fx = books.fx(ccy);
      return fx === null ? null : amount * fx;
    },
  });
}

function positionDifferences(
  ours: ReadonlyMap<string, number>,
  theirs: readonly BrokerPosition[],
  { broker: name, worth }: Telling,
): Difference[] {
  const broker = new Map<string, number>(theirs.map((p) => [p.instrument, qty(p.qty)]));
  return [...new Set([...ours.keys(), ...broker.keys()])].flatMap((id): Difference[] => {
    const [a, b] = [ours.get(id) ?? 0, broker.get(id) ?? 0];
    if (a === b) return [];
    const instrument = id as BrokerPosition["instrument"];
    return [
      {
        text: `${id} ${a / QTY} here, ${b / QTY} at ${name}`,
        worth: worth(instrument, (b - a) / QTY),
        fix: { kind: "position", instrument, qty: String((b - a) / QTY) },
      },
    ];
  });
}

function cashDifferences(
  ours: ReadonlyMap<string, number>,
  theirs: BrokerAccount,
  { broker: name, bookings, cashWorth }: Telling,
): Difference[] {
  const broker = new Map<string, number>(theirs.cash.map((c) => [c.ccy, money(c.amount)]));
  // A broker that does not tell its cash is not contradicted.
  if (broker.size === 0) return [];
  return [...new Set([...ours.keys(), ...broker.keys()])].flatMap((ccy): Difference[] => {
    const [a, b] = [ours.get(ccy) ?? 0, broker.get(ccy) ?? 0];
    // Books of coins go on below the millionth that is the least kept here: each booking may be off by one.
    const slack = moneyDecimals(ccy as Ccy) > MONEY_DECIMALS ? bookings : 0;
    if (Math.abs(a - b) <= slack) return [];
    return [
      {
        text: `cash ${a / MONEY} ${ccy} here, ${b / MONEY} at ${name}`,
        worth: cashWorth(ccy, (b - a) / MONEY),
        fix: { kind: "cash", ccy, amount: String((b - a) / MONEY) },
      },
    ];
  });
}

function worthOf(books: Holder, id: BrokerPosition["instrument"], n: number): number | null {
  const instrument = books.instrument(id);
  const price = books.price(id);
  if (instrument === null || price === null) return null;
  const fx = books.fx(instrument.ccy);
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
