import type { BookRow } from "../../engines/market/index.ts";
import type { StatusView } from "../../src/desk/protocol.ts";

/** When a quote was last proven to stand (its change or a confirmation), 0 for never; with its prints where those count too. */
export const seenUs = (q: BookRow, prints = false): number =>
  Math.max(q.quoteUs || 0, q.confirmUs || 0, prints ? q.lastUs || 0 : 0);

/** Older than the session lets a quote stand. What is halted or closed is not stale: it says so by itself. */
export function isStale(q: BookRow, status: StatusView | null, prints = false): boolean {
  const seen = seenUs(q, prints);
  return status !== null && seen > 0 && q.status === "open" && status.nowUs - seen > status.quoteMaxAgeUs;
}
