import type { Clock } from "../shell/clock.ts";
import type { FeedSetup } from "../shell/live/live-boot.ts";
import { AlpacaFeed } from "./alpaca/feed.ts";
import type { Feed, FeedOut } from "./feed.ts";

export interface FeedHost {
  readonly clock: Clock;
  readonly chance: () => number;
  readonly out: FeedOut;
  /** Whether a calendar's market trades now. */
  readonly open: (calendar: string) => boolean;
}

type Makers = {
  readonly [K in FeedSetup["kind"]]: (setup: Extract<FeedSetup, { kind: K }>, host: FeedHost) => Feed;
};

/** Every kind of feed there is. */
const MAKERS: Makers = {
  alpaca: ({ alpaca }, host) => new AlpacaFeed({ setup: alpaca, ...host }),
};

export const makeFeed = (setup: FeedSetup, host: FeedHost): Feed => MAKERS[setup.kind](setup as never, host);
