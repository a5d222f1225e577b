import { type Micros, sessionOf } from "../../../engines/market/index.ts";
import type { Feed } from "../../feeds/feed.ts";
import type { Net } from "../../feeds/net.ts";
import { makeFeed } from "../../feeds/registry.ts";
import type { Clock } from "../clock.ts";
import type { StreamProof } from "./followed.ts";
import type { Journal } from "./journal.ts";
import type { FeedSetup } from "./live-boot.ts";
import type { OpenedLive } from "./open-live.ts";

export interface OpenFeedOptions {
  readonly setup: FeedSetup;
  readonly opened: OpenedLive;
  readonly journal: Journal;
  readonly proof: StreamProof;
  readonly clock: Clock;
  readonly nowUs: () => Micros;
  readonly chance: () => number;
  readonly net: Net | undefined;
}

/** The feed of a desk: what it hears goes to the journal, and what a stream told of by itself is noted as proof of life. */
export function openFeed({ setup, opened, journal, proof, nowUs, net, ...rest }: OpenFeedOptions): Feed {
  return makeFeed(setup, {
    ...rest,
    ...(net && { net }),
    out: {
      frame: (channel, bytes, recvUs, how = "stream") => {
        const decoded = journal.frame(channel, bytes, recvUs);
        if (how === "stream") proof.note(opened.sink.arrival().cols, decoded.rows);
        return decoded;
      },
      event: (event) => journal.event(event),
      nowUs,
      quotedUs: (instrument) => {
        const slot = opened.desk.slotOf.get(instrument.id);
        return slot === undefined ? Number.NaN : (opened.desk.book.confirmUs[slot] as number);
      },
    },
    open: (calendar) => sessionOf(calendar, nowUs()) !== null,
    define: (root, expiry, right, strike) => opened.option(root, expiry, right, strike),
    futures: opened.futures,
  });
}
