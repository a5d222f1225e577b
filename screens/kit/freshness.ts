import type { BookRow } from "../../engines/market/index.ts";
import type { FollowState, StatusView } from "../../src/desk/protocol.ts";
import type { Glyphs } from "../theme/glyphs.ts";

/** When a quote was last proven to stand (its change or a confirmation), 0 for never; with its prints where those count too. */
export const seenUs = (q: BookRow, prints = false): number =>
  Math.max(q.quoteUs || 0, q.confirmUs || 0, prints ? q.lastUs || 0 : 0);

/** Older than the session lets a quote stand. What is halted or closed is not stale: it says so by itself. */
export function isStale(q: BookRow, status: StatusView | null, prints = false): boolean {
  const seen = seenUs(q, prints);
  return status !== null && seen > 0 && q.status === "open" && status.nowUs - seen > status.quoteMaxAgeUs;
}

/** The desk's word on a row's feed before the clock's: what comes round by snapshots may be older than a stream's quote. */
export function feedOf(feed: FollowState | null | undefined, stale: boolean): FollowState {
  if (feed === null || feed === undefined || feed === "live") return stale ? "stale" : "live";
  return feed;
}

/** Rows whose quote is not of now are dim. */
export const isDim = (feed: FollowState): boolean => feed === "stale" || feed === "gap" || feed === "closed";

/** Glyph of a row's feed, null where there is nothing to say: live, or a snapshot that is not old. */
export function feedGlyph(feed: FollowState, g: Glyphs): string | null {
  switch (feed) {
    case "gap":
    case "stale":
    case "closed":
    case "unknown":
      return g[feed];
    default:
      return null;
  }
}
