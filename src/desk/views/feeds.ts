import type { FeedsView } from "../protocol.ts";
import type { ViewContext } from "./context.ts";
import { feedLagMs, feedState } from "./status.ts";

/** Live the channels of the feed and the capture; in replay there is one feed: the capture. */
export function feedsView(context: ViewContext): FeedsView {
  const { desk, session, pace } = context;
  const { live } = context.facts;
  if (live !== undefined)
    return { feeds: live.rows(), counters: [...live.counters(), ...desk.book.counts()] };
  return {
    feeds: [
      {
        name: `capture ${session.name}`,
        state: feedState(context),
        dataAgeMs: feedLagMs(context),
        pingAgeMs: null,
        lagMs: null,
        eventsPerSecond: pace.eventsPerSecond,
        subscribed: desk.instruments.length,
        desired: desk.instruments.length,
        limit: null,
        note: `${session.title}; ${session.sampling}`,
      },
    ],
    counters: desk.book.counts(),
  };
}
