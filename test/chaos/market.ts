import type { Instrument } from "../../engines/market/index.ts";
import { seeded } from "../../engines/stats/index.ts";
import { symbolOf } from "../../src/feeds/alpaca/symbols.ts";
import type { VenueContext } from "../../src/venue/context.ts";
import { Faults } from "../../src/venue/faults/faults.ts";
import { House } from "../../src/venue/house.ts";
import { Hub } from "../../src/venue/hub.ts";
import { openMarket } from "../../src/venue/market/open.ts";
import type { MarketEvent } from "../../src/venue/market/types.ts";
import { PLANS } from "../../src/venue/plan.ts";
import { SessionClock, startOf } from "../../src/venue/session-clock.ts";
import { Stats } from "../../src/venue/stats.ts";
import type { Quote, Truth } from "./judge.ts";
import type { SimClock } from "./sim-clock.ts";
import { SimNet } from "./sim-net.ts";

/** A check looks at what stands between two rounds, so they may be far apart. */
const ROUND_MS = 100;

export interface Door {
  readonly net: SimNet;
  readonly faults: Faults;
}

/** One market with two front doors: the same events go out by both, faults by one. */
export interface TwoDoors {
  readonly clean: Door;
  readonly faulty: Door;
  /** What goes wrong with the market itself, at both doors. */
  readonly market: Faults;
  readonly startUs: number;
  nowUs(): number;
  /** The quote of an instrument that stands, as REST answers, which knows of it before the next round; null where there is none. */
  standing(instrument: Instrument): Quote | null;
  /** That quote, and every one from then on as it happens. */
  readonly truth: Truth;
  stop(): void;
}

export function openTwoDoors(
  clock: SimClock,
  choice: { readonly seed: number; readonly day: string; readonly at: string },
): TwoDoors {
  const opened = openMarket(choice, (c) => startOf(c, clock.wallUs()));
  const session = new SessionClock(clock, opened.startUs, 1);
  const faults = new Faults(clock);
  const hub = new Hub(opened.market, session, clock, faults, ROUND_MS);
  const door = (salt: number): Door => {
    const own = new Faults(clock);
    const context: VenueContext = {
      clock,
      session,
      market: opened.market,
      hub,
      faults: own,
      stats: new Stats(clock),
      plan: PLANS.unlimited,
      gatewayRate: 10,
      credentials: null,
      chance: seeded(choice.seed * 2 + salt).uniform,
    };
    return { net: new SimNet(new House(context), clock), faults: own };
  };
  const standing = (instrument: Instrument): Quote | null => {
    const product = opened.market.bySymbol(symbolOf(instrument) ?? "");
    const quote = product === null ? null : opened.market.quoteAt(product, session.nowUs());
    return quote === null ? null : [quote.bid, quote.bidSize, quote.ask, quote.askSize];
  };
  return {
    clean: door(0),
    faulty: door(1),
    market: faults,
    startUs: opened.startUs,
    nowUs: () => session.nowUs(),
    standing,
    truth: (instrument, heard) => {
      const product = opened.market.bySymbol(symbolOf(instrument) ?? "");
      if (product === null) return;
      const quote = standing(instrument);
      if (quote !== null) heard(quote);
      const event = (e: MarketEvent): void => {
        if (e.kind === "quote") heard([e.quote.bid, e.quote.bidSize, e.quote.ask, e.quote.askSize]);
      };
      hub.quotes.change(product, { event, flush: () => {} }, true);
    },
    stop: () => {
      hub.stop();
      opened.close();
    },
  };
}
