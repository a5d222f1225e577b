import type { EventColumns } from "../../engines/market/index.ts";
import type { Desk } from "../desk/desk.ts";
import type { RowWatch } from "./player.ts";

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
