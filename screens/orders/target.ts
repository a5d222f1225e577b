import type { Leg } from "../../engines/market/index.ts";
import type { PositionRow } from "../../src/desk/protocol.ts";
import type { DeskClient } from "../desk-client.ts";

/** What an order key means where the cursor is. */
export interface OrderTarget {
  /** Of one unit, as bought. */
  readonly legs: readonly Leg[];
  readonly label: string;
  /** Signed units held, null where the row is no position. */
  readonly held: number | null;
  /** Row key of the position or structure. */
  readonly from: string | null;
}

/** What a row of the book trades: its contract, or the legs of one unit of its structure. */
export function positionTarget(
  row: PositionRow,
  rows: readonly PositionRow[],
  desk: DeskClient,
): OrderTarget | null {
  const idOf = (r: PositionRow) => (r.slot === null ? undefined : desk.slot(r.slot)?.instrument.id);
  if (row.kind === "book") return null;
  if (row.kind !== "structure") {
    const id = idOf(row);
    if (id === undefined) return null;
    // The line of an underlying trades the underlying; what is held of it is a row of its own.
    const held = row.kind === "underlying" ? null : row.qty;
    return {
      legs: [{ instrument: id, ratio: 1 }],
      label: row.label,
      held,
      from: held === null ? null : row.key,
    };
  }
  const units = row.qty;
  if (units === null || units === 0) return null;
  const legs: Leg[] = [];
  for (const leg of rows) {
    if (leg.parent !== row.key) continue;
    const id = idOf(leg);
    if (id === undefined || leg.qty === null) return null;
    legs.push({ instrument: id, ratio: leg.qty / units });
  }
  if (legs.length === 0 || !legs.every((l) => Number.isInteger(l.ratio) && l.ratio !== 0)) return null;
  return { legs, label: row.label, held: units, from: row.key };
}
