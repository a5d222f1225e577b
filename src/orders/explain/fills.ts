import { averagePrice, remainingUnits } from "../../../engines/orders/index.ts";
import { clock, exact, gain, leaf } from "../../desk/explain/words.ts";
import type { Explanation } from "../../desk/protocol.ts";
import { NO_MARKET, perUnit, type Said, type Subject } from "./subject.ts";

export function filledSaid(s: Subject): Said {
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

export function averageSaid(s: Subject): Said {
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
