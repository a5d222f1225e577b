import type { InstrumentId } from "../../engines/market/index.ts";
import {
  averagePrice,
  isTerminal,
  type OrderState as Kept,
  remainingUnits,
  signOf,
} from "../../engines/orders/index.ts";
import { quoteExplained } from "../desk/explain/marks.ts";
import { ageText, clock, exact, gain, leaf } from "../desk/explain/words.ts";
import type { Explanation, OrderRow } from "../desk/protocol.ts";
import type { ViewContext } from "../desk/views/context.ts";
import { orderAt } from "./amend.ts";
import { knownLegs } from "./market.ts";
import type { KeptTicket } from "./order-book.ts";
import type { OrderDesk } from "./order-desk.ts";
import { otherId } from "./others.ts";
import { priceWords, type Resolved, resolve } from "./ticket.ts";
import { ordersView } from "./views.ts";

/** One row of the pane with what it was made from: a ticket or an order, against the market of now. */
interface Subject {
  readonly desk: OrderDesk;
  readonly context: ViewContext;
  readonly row: OrderRow;
  readonly ticket: KeptTicket | null;
  readonly order: Kept | null;
  readonly at: Resolved | null;
}
type Said = Pick<Explanation, "value" | "unit" | "lines"> & Partial<Pick<Explanation, "inputs" | "usedBy">>;

/** A cell of the orders pane; below it what held options are about to do. An empty `row` is the head of the pane alone. */
export function orderExplained(
  desk: OrderDesk,
  context: ViewContext,
  id: string,
  column: string,
): Explanation | null {
  const view = ordersView(desk, context);
  const warnings = view.warnings.map(warningExplained);
  const row = view.rows.find((r) => r.id === id);
  if (row === undefined) return id === "" ? headExplained(warnings, view.account) : null;
  const ticket = desk.tickets.get(id) ?? null;
  const order = ticket === null ? (desk.shown.find(id) ?? null) : null;
  const at =
    ticket !== null
      ? resolve(context, desk.book, ticket.body, desk.rules.defaults)
      : order === null
        ? null
        : orderAt(desk, order);
  const {
    value,
    unit,
    lines,
    inputs = [],
    usedBy = [],
  } = said({ desk, context, row, ticket, order, at }, column);
  return leaf(`${column} of ${row.id}, ${row.what}`, value, unit, lines, {
    inputs: [...inputs, ...warnings],
    usedBy,
  });
}

function headExplained(warnings: readonly Explanation[], account: string): Explanation | null {
  if (warnings.length === 0) return null;
  return leaf(
    "held options",
    `${warnings.length} ${warnings.length === 1 ? "warning" : "warnings"}`,
    null,
    [`what the options held in ${account} are about to do by themselves, worked out anew at each look`],
    { inputs: warnings },
  );
}

/** `GOOG 24dec 740 C -1: expires today …`: the contract, and what it is about to do. */
function warningExplained(text: string): Explanation {
  const at = text.indexOf(": ");
  return leaf(text.slice(0, at), text.slice(at + 2), null, [
    "from what is held, its expiry and settlement, the spot, the option's time value and known dividends",
  ]);
}

function said(s: Subject, column: string): Said {
  if (s.row.external) return otherSaid(s, column);
  switch (column) {
    case "limit":
      return limitSaid(s);
    case "filled":
      return filledSaid(s);
    case "avg":
      return averageSaid(s);
    case "mid":
      return midSaid(s);
    case "away":
      return awaySaid(s);
    case "age":
      return ageSaid(s);
    case "side":
    case "what":
      return whatSaid(s, column);
    case "tif":
      return { value: s.row.tif.toUpperCase(), unit: null, lines: [TIF[s.row.tif]] };
    default:
      return stateSaid(s, column);
  }
}

/** Of an order that was made elsewhere there is what the broker tells, and no records here. */
function otherSaid({ row, context, desk }: Subject, column: string): Said {
  const told = desk.others.find((o) => otherId(o) === row.id);
  const legs = told?.terms == null ? null : knownLegs(context.desk, told.terms.legs);
  const values: Readonly<Record<string, string>> = {
    side: `${row.side.toUpperCase()} ${exact(row.qty)}`,
    what: row.what,
    limit: exact(row.limit),
    mid: exact(row.mid),
    tif: row.tif.toUpperCase(),
    state: row.state,
    id: row.id,
  };
  return {
    value: values[column] ?? "–",
    unit: null,
    lines: [
      `external: made elsewhere, ${desk.broker.traits.name}'s number ${told?.brokerId ?? "unknown"}, as it was told at the last look; reconcile asks again`,
      ...(column === "mid" ? [NET] : []),
      ...(column in values ? [] : ["unknown: this desk keeps no records of it"]),
    ],
    inputs: (legs ?? []).flatMap((leg) => quotesOf(context, leg.instrument.id)),
  };
}

const TIF: Readonly<Record<OrderRow["tif"], string>> = {
  day: "works until the close of the session",
  gtc: "works until it is filled or cancelled",
  ioc: "fills at once as far as it can; the rest is cancelled",
  opg: "for the opening auction only",
  cls: "for the closing auction only",
};

const ccyOf = (s: Subject): string | null => s.at?.legs[0]?.instrument.ccy ?? null;
const NO_MARKET = "a leg of it is not in this session: there is no market to hold it against";

function limitSaid(s: Subject): Said {
  const { row, order, ticket, at, context } = s;
  const lines: string[] = [];
  if (order !== null) {
    lines.push(
      order.attempt === 0
        ? `as it was confirmed at ${clock(context, order.plannedUs)}, preview ${order.order.previewHash.slice(0, 4)}`
        : `replacement ${order.attempt}, the last one that the broker took`,
    );
    if (order.replacing !== null) lines.push(`a new limit ${order.replacing.limit} is on its way`);
    const { arrivalMid } = order.order;
    lines.push(`net mid when it was confirmed: ${exact(arrivalMid)}; slippage is measured from it`);
  } else if (ticket !== null && at !== null) {
    const { anchor, distance } = priceWords(at);
    const follows = ticket.body.price.by === "anchor" && ticket.body.price.follows;
    lines.push(
      anchor === null ? "a price that was typed" : `${anchor}: ${distance ?? "its distance is unknown"}`,
    );
    lines.push(follows ? "follows the quote until it is previewed" : "fixed: it does not follow the quote");
  }
  if (row.pending !== null)
    lines.push(
      `collected on the row and not sent: ${exact(row.pending.price)}${row.pending.text === null ? "" : ` (${row.pending.text})`}`,
    );
  if (at !== null)
    lines.push(
      `${row.side === "buy" ? "bought no higher" : "sold no lower"} than the collar, now at ${exact(at.collarEdge)}`,
    );
  return { value: exact(row.limit), unit: perUnit(s), lines, inputs: market(s), usedBy: ["away", "guards"] };
}

const perUnit = (s: Subject): string => `${ccyOf(s) ?? ""} per unit as bought`.trim();

function quotesOf(context: ViewContext, instrument: InstrumentId): Explanation[] {
  const slot = context.desk.slot(instrument);
  return slot === null ? [] : [quoteExplained(context, slot)];
}

/** The net market and the quotes of the legs that it is made of. */
function market({ at, context }: Subject): Explanation[] {
  if (at === null) return [];
  const quotes = at.legs.flatMap((leg) => quotesOf(context, leg.instrument.id));
  if (at.legs.length === 1) return quotes;
  const { bid, mid, ask } = at.net;
  const net = `${exact(bid)} | ${exact(mid)} | ${exact(ask)}`;
  return [leaf("net market", net, null, [NET], { inputs: quotes })];
}
const NET =
  "bid: bought legs at their bid, sold legs at their ask; ask the other way; mid half way, never assumed as a fill";

function midSaid(s: Subject): Said {
  const { at } = s;
  if (at === null) return { value: "–", unit: null, lines: [NO_MARKET] };
  const { bid, mid, ask } = at.net;
  return {
    value: exact(mid),
    unit: perUnit(s),
    lines: [`(${exact(bid)} + ${exact(ask)}) / 2 = ${exact(mid)}`, ...(at.legs.length > 1 ? [NET] : [])],
    inputs: market(s),
    usedBy: ["away"],
  };
}

function awaySaid(s: Subject): Said {
  const { row, at } = s;
  if (at === null) return { value: "–", unit: null, lines: [NO_MARKET] };
  const sign = signOf(row.side) < 0 ? "-" : "+";
  const formula = `${sign}(limit ${exact(row.limit)} - mid ${exact(row.mid)}) / tick = ${gain(row.awayTicks)}`;
  return {
    value: gain(row.awayTicks),
    unit: "ticks",
    lines: [
      row.awayTicks === null ? "unknown: there is no two-sided market" : formula,
      "negative is the patient side of the mid",
    ],
    inputs: market(s),
  };
}

function filledSaid(s: Subject): Said {
  const { row, order } = s;
  if (order === null) return { value: "–", unit: null, lines: ["a ticket: nothing of it was sent"] };
  const lines = [
    `${exact(row.filled)} of ${exact(row.qty)}, ${exact(remainingUnits(order))} to go`,
    "whole units of which every leg is executed, by the broker's executions and never by a status",
  ];
  if (row.state === "UNKNOWN")
    lines.push("the outcome is unknown: more may have been executed; reconcile asks the broker");
  if (order.lateFills > 0) lines.push(`${order.lateFills} came after the end and were booked all the same`);
  return {
    value: exact(row.filled),
    unit: "units",
    lines,
    inputs: executions(s),
    usedBy: ["positions", "average"],
  };
}

function executions({ order, at, context }: Subject): Explanation[] {
  return [...(order?.fills.values() ?? [])].map((f) =>
    leaf(
      `execution ${f.execId}`,
      `${gain(Number(f.qty))} at ${f.price}`,
      at?.legs[f.legIndex]?.instrument.ccy ?? null,
      [`${f.instrument}, ${clock(context, f.us)}, as the broker told it`, `fees ${f.fees} ${f.feeCcy}`],
    ),
  );
}

function averageSaid(s: Subject): Said {
  const { order, at } = s;
  if (order === null || order.fills.size === 0)
    return { value: "–", unit: null, lines: ["nothing of it was executed"] };
  if (at === null) return { value: "–", unit: null, lines: [NO_MARKET] };
  const value = averagePrice(
    order,
    at.legs.map((leg) => leg.instrument.multiplier),
  );
  const lines = [
    "Σ over legs of ratio x multiplier x (Σ quantity x price ÷ Σ quantity) ÷ the largest multiplier; fees are not in it",
    `limit ${exact(Number(order.limit))}, net mid when it was confirmed ${exact(order.order.arrivalMid)}`,
  ];
  if (value === null) lines.push("unknown while a leg of it has no execution");
  return { value: exact(value), unit: perUnit(s), lines, inputs: executions(s) };
}

function ageSaid({ row, order, ticket, context }: Subject): Said {
  const lines: string[] = [];
  if (ticket !== null) lines.push(`staged at ${clock(context, ticket.stagedUs)}`);
  if (order !== null) {
    const over = isTerminal(order.status);
    lines.push(over ? "since it came to its end" : "since it was planned, which is before it is sent");
    lines.push(`planned ${clock(context, order.plannedUs)}`);
    if (order.sentUs !== null) lines.push(`sent ${clock(context, order.sentUs)}`);
    lines.push(`last change ${clock(context, order.changedUs)}`);
  }
  lines.push("counted by the session's clock");
  return { value: ageText(row.ageMs === null ? null : row.ageMs * 1000), unit: null, lines };
}

function whatSaid(s: Subject, column: "side" | "what"): Said {
  const { row, context } = s;
  const legs = row.legs.map((l) =>
    leaf(
      l.label,
      gain(l.qty),
      l.intent === null ? null : `to ${l.intent}`,
      [
        `${l.instrument}, source ${l.source}`,
        `bid ${exact(l.bid)} ask ${exact(l.ask)}, ${l.fresh ? "fresh" : "older than orders allow"}`,
      ],
      {
        inputs: quotesOf(context, l.instrument),
      },
    ),
  );
  const side = `${row.side.toUpperCase()} ${exact(row.qty)}`;
  return {
    value: column === "side" ? side : row.what,
    unit: null,
    lines: [`${side} ${row.what}`, "one order of the legs below, signed as the whole order trades them"],
    inputs: legs,
  };
}

function stateSaid({ row, order, desk, context }: Subject, column: string): Said {
  const lines: string[] = [];
  if (order === null) lines.push("a ticket on the desk: nothing of it was sent; it is previewed first");
  else {
    const { order: planned } = order;
    lines.push(`${order.status} in the order ledger since ${clock(context, order.changedUs)}`);
    if (order.reason !== null) lines.push(order.reason);
    if (order.cancelAsked) lines.push("a cancel was asked for");
    lines.push(
      `${desk.broker.traits.name}'s number ${order.brokerId ?? "unknown"}, ours ${planned.clientId}`,
    );
    lines.push(`from ${planned.ticket ?? "no ticket"}; Enter shows its story`);
  }
  if (row.note !== null) lines.push(row.note);
  lines.push(`made by this desk in account ${desk.rules.account}`);
  return { value: column === "id" ? row.id : row.state, unit: null, lines };
}
