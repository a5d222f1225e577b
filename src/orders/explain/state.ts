import { isTerminal } from "../../../engines/orders/index.ts";
import { ageText, clock, exact, gain, leaf } from "../../desk/explain/words.ts";
import type { OrderRow } from "../../desk/protocol.ts";
import { quotesOf, type Said, type Subject } from "./subject.ts";

export const TIF: Readonly<Record<OrderRow["tif"], string>> = {
  day: "works until the close of the session",
  gtc: "works until it is filled or cancelled",
  ioc: "fills at once as far as it can; the rest is cancelled",
  opg: "for the opening auction only",
  cls: "for the closing auction only",
};

export function ageSaid({ row, order, ticket, context }: Subject): Said {
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

export function whatSaid(s: Subject, column: "side" | "what"): Said {
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

export function stateSaid({ row, order, desk, context }: Subject, column: string): Said {
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
