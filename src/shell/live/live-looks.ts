import type { InstrumentId } from "../../../engines/market/index.ts";
import type { Desk } from "../../desk/desk.ts";
import type { ToDesk } from "../../desk/protocol.ts";
import type { Feed } from "../../feeds/feed.ts";
import type { WatchLists } from "../watch-lists.ts";
import { interest } from "./interest.ts";

export interface LiveLooksOptions {
  readonly desk: Desk;
  readonly feed: Feed;
  readonly watch: WatchLists;
  readonly canaries: readonly InstrumentId[];
  /** Contracts that orders and tickets are about. */
  readonly orders: () => readonly InstrumentId[];
}

/** Panes on the screen steer what streams: the chain that is looked at comes first. */
export class LiveLooks {
  private readonly chains = new Map<number, { underlying: InstrumentId; expiry: string | null }>();

  constructor(private readonly o: LiveLooksOptions) {}

  subscribed(message: Extract<ToDesk, { t: "subscribe" }>): void {
    if (message.view !== "chain" || message.params.underlying === null) return;
    const { underlying, expiry } = message.params;
    this.chains.set(message.sub, { underlying, expiry });
    const { desk, feed } = this.o;
    const instrument = desk.instruments[desk.slot(underlying) ?? -1];
    if (instrument !== undefined) feed.chains([instrument]);
  }

  unsubscribed(sub: number): void {
    this.chains.delete(sub);
  }

  /** Tells the feed the whole set that is wanted now. */
  renew(): void {
    const { desk, feed, watch, canaries, orders } = this.o;
    const watched = watch.names().flatMap((n) => watch.list(n)) as InstrumentId[];
    const chains = [...this.chains.values()].reverse();
    feed.desire(interest(desk, { canaries, orders: orders(), watched, chains }));
  }
}
