import type { EventColumns } from "../../engines/market/index.ts";
import type { Desk } from "../desk/desk.ts";

/** Who must see some rows one by one, at the moment they are applied: a broker that matches orders against the feed. */
export interface RowWatch {
  /** Sequence number from which rows count, null while nothing is watched. What was seen once is not seen again. */
  fromSeq(): number | null;
  watches(slot: number): boolean;
  /** Time of the next thing that it does by itself, null for none. */
  dueUs(): number | null;
  /** Time has come to that of the next row. */
  advance(us: number): void;
  applied(columns: EventColumns, row: number): void;
}

/** Applies rows `from..to` to a desk; who must see some of them one by one sees each as it is applied. */
export function applyWatched(
  desk: Desk,
  watch: RowWatch | null,
  block: EventColumns,
  from: number,
  to: number,
): void {
  let at = from;
  while (at < to) {
    const row = watch === null ? to : nextWatched(watch, block, at, to);
    if (row > at) desk.apply(block, at, row);
    at = row;
    if (row === to) return;
    watch?.advance(block.recvUs[row] as number);
    desk.apply(block, row, row + 1);
    watch?.applied(block, row);
    at = row + 1;
  }
}

/** The first row from `from` on that somebody must see by itself, `to` when there is none. */
function nextWatched(watch: RowWatch, block: EventColumns, from: number, to: number): number {
  const since = watch.fromSeq();
  if (since === null) return to;
  const due = watch.dueUs() ?? Number.POSITIVE_INFINITY;
  for (let i = Math.max(from, since - block.seq0); i < to; i++)
    if ((block.recvUs[i] as number) >= due || watch.watches(block.slot[i] as number)) return i;
  return to;
}
