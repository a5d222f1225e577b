import { type EventColumns, Flag, Kind, type ObjectEvent } from "./events.ts";
import { type Micros, NO_SLOT, type Slot } from "./ids.ts";

/**
 * Writers of one row of {@link EventColumns}. They allocate nothing and return the row's index, or -1 when the columns are full (the
 * caller hands the batch on and starts the next one). NaN is "not carried" for a value and "unknown" for an event time.
 */

/** Rows that the columns can hold. */
export function rowCapacity(cols: EventColumns): number {
  return cols.kind.length;
}

/** Empties the columns for reuse; `seq0` is the sequence number of the next row 0. Objects stay: `ref` of kept rows points at them. */
export function resetColumns(cols: EventColumns, seq0: number): void {
  cols.n = 0;
  cols.seq0 = seq0;
}

function push(
  cols: EventColumns,
  kind: number,
  flags: number,
  slot: Slot,
  recvUs: number,
  eventUs: number,
  ref: number,
): number {
  const i = cols.n;
  if (i >= cols.kind.length) return -1;
  cols.n = i + 1;
  cols.kind[i] = kind;
  cols.flags[i] = flags;
  cols.slot[i] = slot;
  cols.recvUs[i] = recvUs;
  cols.eventUs[i] = eventUs;
  cols.ref[i] = ref;
  return i;
}

const SIDES = Flag.bidSide | Flag.askSide;

/**
 * A quote of one or both sides. A side whose price is NaN is not carried (unchanged); price 0 is an explicit "no bid" / "no offer".
 * `flags` holds quality, suspicious and snapshot; the side bits are set here.
 */
export function pushQuote(
  cols: EventColumns,
  slot: Slot,
  recvUs: number,
  eventUs: number,
  bid: number,
  bidSize: number,
  ask: number,
  askSize: number,
  flags: number,
): number {
  const sides = (bid === bid ? Flag.bidSide : 0) | (ask === ask ? Flag.askSide : 0);
  const i = push(cols, Kind.quote, (flags & ~SIDES) | sides, slot, recvUs, eventUs, -1);
  if (i >= 0) {
    cols.a[i] = bid;
    cols.b[i] = bidSize;
    cols.c[i] = ask;
    cols.d[i] = askSize;
    cols.e[i] = NaN;
  }
  return i;
}

/** A print. `condition` is an index into the session's dictionary of condition codes, -1 none. */
export function pushTrade(
  cols: EventColumns,
  slot: Slot,
  recvUs: number,
  eventUs: number,
  price: number,
  size: number,
  condition: number,
  flags: number,
): number {
  const i = push(cols, Kind.trade, flags, slot, recvUs, eventUs, condition);
  if (i >= 0) {
    cols.a[i] = price;
    cols.b[i] = size;
    cols.c[i] = NaN;
    cols.d[i] = NaN;
    cols.e[i] = NaN;
  }
  return i;
}

/** A finished bar of prints, received at its end. `startUs` travels as the event time. */
export function pushBar(
  cols: EventColumns,
  slot: Slot,
  endUs: number,
  startUs: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
  flags: number,
): number {
  const i = push(cols, Kind.bar, flags, slot, endUs, startUs, -1);
  if (i >= 0) {
    cols.a[i] = open;
    cols.b[i] = high;
    cols.c[i] = low;
    cols.d[i] = close;
    cols.e[i] = volume;
  }
  return i;
}

function pushSingle(
  cols: EventColumns,
  kind: number,
  slot: Slot,
  recvUs: number,
  eventUs: number,
  value: number,
  flags: number,
): number {
  const i = push(cols, kind, flags, slot, recvUs, eventUs, -1);
  if (i >= 0) {
    cols.a[i] = value;
    cols.b[i] = NaN;
    cols.c[i] = NaN;
    cols.d[i] = NaN;
    cols.e[i] = NaN;
  }
  return i;
}

export function pushOpenInterest(
  cols: EventColumns,
  slot: Slot,
  recvUs: number,
  eventUs: number,
  contracts: number,
  flags: number,
): number {
  return pushSingle(cols, Kind.openInterest, slot, recvUs, eventUs, contracts, flags);
}

/** Index level, FX rate or settlement, by the instrument of the slot. */
export function pushIndex(
  cols: EventColumns,
  slot: Slot,
  recvUs: number,
  eventUs: number,
  price: number,
  flags: number,
): number {
  return pushSingle(cols, Kind.index, slot, recvUs, eventUs, price, flags);
}

/** A rare event: the object joins `cols.objects`, the row points at it. The slot is the event's own, where it has one. */
export function pushObject(cols: EventColumns, recvUs: Micros, eventUs: number, object: ObjectEvent): number {
  const ref = cols.objects.length;
  const slot = "slot" in object ? object.slot : NO_SLOT;
  const i = push(cols, Kind.object, 0, slot, recvUs, eventUs, ref);
  if (i < 0) return i;
  // The columns own this list; it is read-only to everyone but this writer.
  (cols.objects as ObjectEvent[]).push(object);
  cols.a[i] = NaN;
  cols.b[i] = NaN;
  cols.c[i] = NaN;
  cols.d[i] = NaN;
  cols.e[i] = NaN;
  return i;
}

/** Copies row `i` of `from` to the end of `to`, as it is. Objects are not copied: share the list or push them anew. */
export function copyRow(from: EventColumns, i: number, to: EventColumns): number {
  const k = push(
    to,
    from.kind[i] as number,
    from.flags[i] as number,
    from.slot[i] as Slot,
    from.recvUs[i] as number,
    from.eventUs[i] as number,
    from.ref[i] as number,
  );
  if (k >= 0) {
    to.a[k] = from.a[i] as number;
    to.b[k] = from.b[i] as number;
    to.c[k] = from.c[i] as number;
    to.d[k] = from.d[i] as number;
    to.e[k] = from.e[i] as number;
  }
  return k;
}
