import { type EventColumns, eventColumns, Flag, Kind, type Slot } from "../../../engines/market/index.ts";

const SIDES = Flag.bidSide | Flag.askSide;

/**
 * Merges quotes: of each instrument the newest of each side stays, everything that is no quote stays, the order stays. `count` rows were
 * left out, of the instruments in `slots`.
 */
export function shedQuotes(rows: EventColumns): { rows: EventColumns; slots: Slot[]; count: number } {
  const seen = new Map<number, number>();
  const keep = new Uint8Array(rows.n);
  const gone = new Set<Slot>();
  let kept = 0;
  for (let i = rows.n - 1; i >= 0; i--) {
    if (rows.kind[i] === Kind.quote) {
      const slot = rows.slot[i] as Slot;
      const sides = (rows.flags[i] as number) & SIDES;
      const had = seen.get(slot) ?? 0;
      // A quote that carries a side nobody newer carries is still needed.
      if ((sides & ~had) === 0 && had !== 0) {
        gone.add(slot);
        continue;
      }
      seen.set(slot, had | sides);
    }
    keep[i] = 1;
    kept++;
  }
  const count = rows.n - kept;
  if (count === 0) return { rows, slots: [], count };
  const out = { ...eventColumns(kept), objects: rows.objects };
  for (let i = 0; i < rows.n; i++) if (keep[i] === 1) copyRow(rows, i, out, out.n++);
  return { rows: out, slots: [...gone].sort((a, b) => a - b), count };
}

function copyRow(from: EventColumns, i: number, to: EventColumns, k: number): void {
  to.kind[k] = from.kind[i] as number;
  to.flags[k] = from.flags[i] as number;
  to.slot[k] = from.slot[i] as number;
  to.ref[k] = from.ref[i] as number;
  to.recvUs[k] = from.recvUs[i] as number;
  to.eventUs[k] = from.eventUs[i] as number;
  to.a[k] = from.a[i] as number;
  to.b[k] = from.b[i] as number;
  to.c[k] = from.c[i] as number;
  to.d[k] = from.d[i] as number;
  to.e[k] = from.e[i] as number;
}
