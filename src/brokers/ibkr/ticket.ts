import type { Instrument } from "../../../engines/market/index.ts";
import type { OrderLeg, Terms } from "../../../engines/orders/index.ts";
import { type Row, rowOf, textOf } from "../wire-values.ts";
import type { RowLeg } from "./rows.ts";

export interface Ticket {
  /** Everything but account and id. */
  readonly body: Row;
  readonly legs: readonly RowLeg[];
}
interface KnownConid {
  readonly leg: OrderLeg;
  readonly instrument: Instrument;
  readonly conid: number;
}

/** Legs of one package. */
export const MOST_LEGS = 4;
const TIFS: Readonly<Record<string, string>> = { day: "DAY", gtc: "GTC", ioc: "IOC", opg: "OPG" };

/** What the gateway is told of an order. @throws Error in words for what it is not told from here. */
export function ticketBody(
  terms: Terms,
  known: readonly KnownConid[],
  conidex: (legs: readonly RowLeg[], ccy: string) => string,
): Ticket {
  const tif = TIFS[terms.tif];
  if (tif === undefined)
    throw new Error(`orders "${terms.tif}" are not sent to Interactive Brokers from here`);
  const common = { orderType: "LMT", quantity: Number(terms.qty), tif, outsideRTH: false, ...manual(known) };
  const [first, ...more] = known;
  if (first === undefined) throw new Error("an order without legs");
  if (more.length === 0) {
    if (Math.abs(first.leg.ratio) !== 1) throw new Error("one leg of more than one contract a unit");
    const buys = (terms.side === "buy") === first.leg.ratio > 0;
    // The limit is per unit as bought: of a sold unit turned round it has the other sign.
    const price = Math.abs(Number(terms.limit));
    const body = { conid: first.conid, side: buys ? "BUY" : "SELL", price, ...common };
    return { body, legs: [{ conid: first.conid, ratio: 1 }] };
  }
  const legs = known.map(({ conid, leg }) => ({ conid, ratio: leg.ratio }));
  const ccys = new Set(known.map((k) => k.instrument.ccy));
  if (ccys.size > 1) throw new Error(`a package in ${[...ccys].join(" and ")}`);
  if (known.length > MOST_LEGS)
    throw new Error(`a package of ${known.length} legs; Interactive Brokers takes ${MOST_LEGS} from here`);
  if (known.some((k) => k.instrument.kind === "equity" || k.instrument.kind === "etf"))
    throw new Error("a package with stock in it; send the stock by itself");
  const body = {
    conidex: conidex(legs, first.instrument.ccy),
    side: terms.side.toUpperCase(),
    price: Number(terms.limit),
    ...common,
  };
  return { body, legs };
}

/** Exchanges of the CME group want to know that a person sends it, and who. */
function manual(known: readonly KnownConid[]): Row {
  const cme = known.some((k) => k.instrument.kind === "future" && k.instrument.calendar === "CME");
  return cme ? { manualIndicator: true, extOperator: "voldesk" } : {};
}

/** `commission 1 USD · initial margin +300.00 to 300.00 · equity -1.00 to 999,999.00`; null where it says nothing. */
export function dryRunText(value: Row): string | null {
  const error = textOf(value["error"]);
  if (error !== null) return `the broker would refuse it: ${error}`;
  const amount = rowOf(value["amount"]);
  const commission = textOf(amount?.["commission"]);
  const change = (name: string, words: string): string[] => {
    const row = rowOf(value[name]);
    const [by, after] = [textOf(row?.["change"]), textOf(row?.["after"])];
    return by === null || after === null ? [] : [`${words} ${/^[-+]/.test(by) ? by : `+${by}`} to ${after}`];
  };
  const parts = [
    ...(commission === null ? [] : [`commission ${commission}`]),
    ...change("initial", "initial margin"),
    ...change("maintenance", "maintenance"),
    ...change("equity", "equity"),
    ...(textOf(value["warn"]) === null ? [] : [`warning: ${textOf(value["warn"])}`]),
  ];
  return parts.length === 0 ? null : parts.join(" · ");
}
