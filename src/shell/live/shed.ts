import {
  type EventColumns,
  eventColumns,
  Flag,
  Kind,
  MAX_FUTURE_STAMP_US,
  type Slot,
} from "../../../engines/market/index.ts";

const SIDES = Flag.bidSide | Flag.askSide;

/** Sides of an instrument that a row further on carries: by rows with a time of the vendor's, and by rows without. */
interface Covered {
  timed: number;
  plain: number;
}

/**
 * Merges quotes: of each instrument the newest of each side stays, everything that is no quote stays, the order stays. What stays brings the
 * book to where all of it would have: a quote older by its vendor's time than one before it, which the book refuses, takes the place of
 * nothing. An instrument with a row that is odd in itself keeps all of its rows. `count` rows were left out, of the instruments in `slots`.
 */
export function shedQuotes(rows: EventColumns): { rows: EventColumns; slots: Slot[]; count: number } {
  const { overtaken, odd } = lookedThrough(rows);
  const seen = new Map<number, Covered>();
  const keep = new Uint8Array(rows.n);
  const gone = new Set<Slot>();
  let kept = 0;
  for (let i = rows.n - 1; i >= 0; i--) {
    const slot = rows.slot[i] as Slot;
    if (rows.kind[i] === Kind.quote && !odd.has(slot)) {
      let covered = seen.get(slot);
      if (covered === undefined) seen.set(slot, (covered = { timed: 0, plain: 0 }));
      if (overtaken[i] === 1 || isCovered(rows, i, covered)) {
        gone.add(slot);
        continue;
      }
      cover(rows, i, covered);
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

/** The vendor's time as the book believes it; NaN where there is none. */
function timeOf(rows: EventColumns, i: number): number {
  const eventUs = rows.eventUs[i] as number;
  return eventUs > (rows.recvUs[i] as number) + MAX_FUTURE_STAMP_US ? Number.NaN : eventUs;
}

/** Quotes older than one of their instrument before them, which the book will not take, and instruments with a row that it may refuse. */
function lookedThrough(rows: EventColumns): { overtaken: Uint8Array; odd: ReadonlySet<number> } {
  const newest = new Map<number, number>();
  const overtaken = new Uint8Array(rows.n);
  const odd = new Set<number>();
  for (let i = 0; i < rows.n; i++) {
    if (rows.kind[i] !== Kind.quote) continue;
    const slot = rows.slot[i] as number;
    if (isOdd(rows, i)) odd.add(slot);
    const us = timeOf(rows, i);
    if (us < (newest.get(slot) ?? Number.NEGATIVE_INFINITY)) overtaken[i] = 1;
    else if (us === us) newest.set(slot, us);
  }
  return { overtaken, odd };
}

/** Marked suspicious, or with a price that is none on a side that it says it carries. */
function isOdd(rows: EventColumns, i: number): boolean {
  const flags = rows.flags[i] as number;
  const bad = (price: number, side: number): boolean =>
    (flags & side) !== 0 && !(price >= 0 && price < Infinity);
  return (
    (flags & Flag.suspicious) !== 0 ||
    bad(rows.a[i] as number, Flag.bidSide) ||
    bad(rows.c[i] as number, Flag.askSide)
  );
}

/** A row without a time is always taken, so only its like can take its place: one with a time may be too old for the book. */
function isCovered(rows: EventColumns, i: number, { timed, plain }: Covered): boolean {
  const us = timeOf(rows, i);
  const by = us === us ? timed | plain : plain;
  return by !== 0 && ((rows.flags[i] as number) & SIDES & ~by) === 0;
}

function cover(rows: EventColumns, i: number, covered: Covered): void {
  const sides = (rows.flags[i] as number) & SIDES;
  const us = timeOf(rows, i);
  if (us === us) covered.timed |= sides;
  else covered.plain |= sides;
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
