import { signOf } from "../../../engines/orders/index.ts";
import { clock, exact, gain } from "../../desk/explain/words.ts";
import { priceWords } from "../ticket.ts";
import { market, NET, NO_MARKET, perUnit, type Said, type Subject } from "./subject.ts";

export function limitSaid(s: Subject): Said {
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

/** The row shows no market where it has one: the order is over. */
const isOver = ({ row, at }: Subject): boolean => row.mid === null && at?.net.mid != null;
const OVER = "the order is over: where the market is now says nothing of it";

export function midSaid(s: Subject): Said {
  const { at } = s;
  if (at === null) return { value: "–", unit: null, lines: [NO_MARKET] };
  if (isOver(s)) return { value: "–", unit: null, lines: [OVER], inputs: market(s) };
  const { bid, mid, ask } = at.net;
  return {
    value: exact(mid),
    unit: perUnit(s),
    lines: [`(${exact(bid)} + ${exact(ask)}) / 2 = ${exact(mid)}`, ...(at.legs.length > 1 ? [NET] : [])],
    inputs: market(s),
    usedBy: ["away"],
  };
}

export function awaySaid(s: Subject): Said {
  const { row, at } = s;
  if (at === null) return { value: "–", unit: null, lines: [NO_MARKET] };
  if (isOver(s)) return { value: "–", unit: null, lines: [OVER] };
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
