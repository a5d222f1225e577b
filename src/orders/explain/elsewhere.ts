import { exact } from "../../desk/explain/words.ts";
import { knownLegs } from "../market.ts";
import { otherId } from "../others.ts";
import { NET, quotesOf, type Said, type Subject } from "./subject.ts";

/** Of an order that was made elsewhere there is what the broker tells, and no records here. */
export function otherSaid({ row, context, desk }: Subject, column: string): Said {
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
