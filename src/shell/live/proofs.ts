import { Kind, type Slot } from "../../../engines/market/index.ts";
import type { EventSink } from "../../../store/capture/lanes.ts";
import type { Desk } from "../../desk/desk.ts";
import type { Feed } from "../../feeds/feed.ts";

/** A standing quote is confirmed again when its last proof is this old, µs. */
const AGAIN_US = 3_000_000;

/**
 * An unchanged quote of a quiet contract is good while its channel is proven live and it was seen on this connection (contracts section 3). Such
 * proofs are rows of the journal like any other: a quote row without a side. So a replay knows the same ages.
 */
export function confirmStanding(desk: Desk, feed: Feed, sink: EventSink, nowUs: number): number {
  const lane = sink.arrival();
  const none = Number.NaN;
  let count = 0;
  desk.instruments.forEach((instrument, s) => {
    const slot = s as Slot;
    const confirmUs = desk.book.confirmUs[slot] as number;
    if (!(nowUs - confirmUs > AGAIN_US)) return;
    const sinceUs = feed.streamedSince(instrument);
    if (sinceUs === null || confirmUs < sinceUs) return;
    const quality = desk.book.quoteQuality[slot] as number;
    lane.push(Kind.quote, quality, slot, nowUs, none, none, none, none, none, none, -1);
    count++;
  });
  return count;
}
