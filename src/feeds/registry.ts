import { isoDayAt, type Micros } from "../../engines/market/index.ts";
import type { Clock } from "../shell/clock.ts";
import type { FeedSetup } from "../shell/live/live-boot.ts";
import { AlpacaFeed } from "./alpaca/feed.ts";
import { DeribitFeed } from "./deribit/feed.ts";
import type { Feed, FeedOut } from "./feed.ts";
import type { ChainDefiner } from "./ibkr/chain.ts";
import { ConidFile } from "./ibkr/conid-file.ts";
import { IbkrFeed } from "./ibkr/feed.ts";
import type { FutureDefiner } from "./ibkr/futures.ts";
import type { Net } from "./net.ts";

export interface FeedHost {
  readonly clock: Clock;
  readonly chance: () => number;
  readonly out: FeedOut;
  /** In place of the machine's own network. */
  readonly net?: Net;
  /** Whether a calendar's market trades now. */
  readonly open: (calendar: string) => boolean;
  /** A listed option by its root and terms; null where the product is not known. */
  readonly define: ChainDefiner;
  readonly futures: FutureDefiner;
}

type Makers = {
  readonly [K in FeedSetup["kind"]]: (setup: Extract<FeedSetup, { kind: K }>, host: FeedHost) => Feed;
};

/** Every kind of feed there is. */
const MAKERS: Makers = {
  alpaca: ({ alpaca }, host) => new AlpacaFeed({ setup: alpaca, ...host }),
  deribit: ({ deribit }, host) => new DeribitFeed({ ...deribit, ...host }),
  ibkr: ({ ibkr }, host) => {
    const day = isoDayAt("America/New_York", host.out.nowUs() as Micros);
    return new IbkrFeed({ ...ibkr, ...host, cache: new ConidFile(ibkr.cacheDir, day, host.clock) });
  },
};

export const makeFeed = (setup: FeedSetup, host: FeedHost): Feed => MAKERS[setup.kind](setup as never, host);
