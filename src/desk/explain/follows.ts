import type { Slot } from "../../../engines/market/index.ts";
import type { Explanation, FollowState } from "../protocol.ts";
import type { ViewContext } from "../views/context.ts";
import { type Followed, followed } from "../views/follows.ts";
import { label } from "../views/names.ts";
import { ageText, clock, exact, leaf } from "./words.ts";

const STATE: Readonly<Record<FollowState, string>> = {
  unknown: "no quote and no print has come yet",
  snapshot: "its quote is what REST told; the stream itself has not told of it on this connection",
  live: "the stream has told of it on this connection, and it was proven to stand since",
  gap: "its quote is from before the connection broke: nothing has proven it since",
  stale: "nothing has proven its quote for longer than this feed lets one stand",
  closed: "its market is closed: the quote is the last of its session",
};
const HOW = {
  streamed: "it has a place among the subscriptions",
  snapshot: "it has no place among the subscriptions and is asked for by REST in turn",
  none: "it is not followed",
} as const;
const FOR: Readonly<Record<string, string>> = {
  canary: "the canary: it always trades, so that silence is the stream's and not the market's",
  order: "a leg of a working order",
  position: "a position",
  underlying: "an underlying",
  watch: "a watch list",
  chain: "the chain on the screen",
  rest: "the rest of the chains",
};

/** How one instrument is followed, why not better, and where its budget stands. `row` is its slot. */
export function followExplained(context: ViewContext, row: string, column: string): Explanation | null {
  const slot = Number(row) as Slot;
  const instrument = context.desk.instruments[slot];
  if (!instrument) return null;
  const f = followed(context, slot);
  const name = label(instrument, context.session.day);
  const values: Readonly<Record<string, string>> = {
    label: name,
    state: f.state,
    how: f.how,
    age: ageText(f.ageMs === null ? null : f.ageMs * 1000),
    lag: f.lagMs === null ? "–" : `${exact(f.lagMs)} ms`,
    trading: context.desk.book.status(slot),
    why: f.why ?? "–",
    channel: f.channel ?? "–",
    reason: f.reason ?? "–",
  };
  return leaf(`${column} of ${name}`, values[column] ?? f.state, null, followLines(context, slot, f));
}

/** Sentences on the feed of an instrument, for whoever explains its quote too. */
export function followLines(
  context: ViewContext,
  slot: Slot,
  f: Followed = followed(context, slot),
): string[] {
  const book = context.desk.book;
  const lines = [
    `feed ${f.state}: ${STATE[f.state]}`,
    `${f.how === "streamed" ? "streamed" : f.how === "snapshot" ? "by snapshots" : "not followed"} on ${f.channel ?? "no channel"}: ${HOW[f.how]}`,
  ];
  if (f.reason !== null) lines.push(f.reason);
  if (f.why !== null)
    lines.push(
      `wanted as ${FOR[f.why] ?? f.why}; orders, positions, underlyings and what is watched come first`,
    );
  if (f.lagMs !== null) lines.push(`lag ${exact(f.lagMs)} ms: receive time less the event's own`);
  const confirmed = book.confirmUs[slot] as number;
  if (confirmed === confirmed) lines.push(`last proven at ${clock(context, confirmed)}`);
  return lines;
}
