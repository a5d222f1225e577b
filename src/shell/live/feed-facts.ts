import type { Instrument, Slot } from "../../../engines/market/index.ts";
import type { LiveFacts, LiveFollow } from "../../desk/live-facts.ts";
import type { FeedRow, FeedState } from "../../desk/protocol.ts";
import type { ChannelView, Feed } from "../../feeds/feed.ts";
import type { RateMeter } from "../rate.ts";
import type { StreamProof } from "./followed.ts";
import type { Journal } from "./journal.ts";
import type { OrderLink } from "./live-orders.ts";
import type { Recorder } from "./recorder.ts";

export interface FeedFactsOptions {
  readonly feed: Feed;
  readonly proof: StreamProof;
  readonly journal: Journal;
  readonly recorder: Recorder | null;
  /** Rows applied, and quotes merged, as they go. */
  readonly rate: RateMeter;
  readonly shedRate: RateMeter;
  readonly inboxRows: number;
  readonly nowUs: () => number;
  /** Refused messages by reason. */
  readonly refusals: ReadonlyMap<string, number>;
  /** The way to a broker over the wire, null for none. */
  readonly orderLink: () => OrderLink | null;
}

/** Channels as seen this long ago serve a look at all instruments, µs. */
const CHANNELS_US = 100_000;

/** How the feeds of a live desk are: what it knows beside its state. */
export class FeedFacts implements LiveFacts {
  private channelsUs = Number.NEGATIVE_INFINITY;
  private channels: ReadonlyMap<string, ChannelView> = new Map();

  constructor(private readonly o: FeedFactsOptions) {}

  follow(slot: Slot, instrument: Instrument): LiveFollow {
    const now = this.o.nowUs();
    if (now - this.channelsUs > CHANNELS_US) {
      this.channels = new Map(this.o.feed.channels().map((c) => [c.name, c]));
      this.channelsUs = now;
    }
    return this.o.proof.follow(slot, instrument, this.channels);
  }

  /** The worst of the channels that somebody needs: one that is refused for good is worse than one that comes back. */
  state(): FeedState {
    return this.worst()?.state ?? "unknown";
  }

  why(): string | null {
    const worst = this.worst();
    if (worst === null || worst.state === "live" || worst.note === null) return null;
    return this.o.feed.channels().length > 1 ? `${worst.name}: ${worst.note}` : worst.note;
  }

  private worst(): ChannelView | null {
    const needed = this.o.feed.channels().filter((c) => (c.desired ?? 0) > 0);
    const refused = needed.find((c) => c.final === true);
    if (refused !== undefined) return refused;
    for (const state of ["stale", "gap", "unknown"] as const) {
      const found = needed.find((c) => c.state === state);
      if (found !== undefined) return found;
    }
    // Of a closed market answers and headlines still come.
    const streams = needed.filter((c) => c.beside !== true);
    return streams.find((c) => c.state === "live") ?? streams[0] ?? needed[0] ?? null;
  }

  ordersWhy(): string | null {
    const link = this.o.orderLink();
    if (link === null || link.why === null) return null;
    return link.opened ? `orders: ${link.why}` : link.why;
  }

  lagMs(): number | null {
    let newest = Number.NEGATIVE_INFINITY;
    for (const c of this.o.feed.channels()) if (c.dataUs !== null && c.dataUs > newest) newest = c.dataUs;
    return newest === Number.NEGATIVE_INFINITY ? null : Math.max(0, (this.o.nowUs() - newest) / 1000);
  }

  shedPerSecond(): number {
    return Math.round(this.o.shedRate.perSecond());
  }

  rows(): FeedRow[] {
    const now = this.o.nowUs();
    const link = this.o.orderLink();
    return [
      ...this.o.feed.channels().map((c) => channelRow(c, now)),
      ...(link === null ? [] : [orderRow(link)]),
      this.captureRow(),
    ];
  }

  counters(): { name: string; value: number }[] {
    const { refusals, journal } = this.o;
    const out = [...refusals].map(([name, value]) => ({ name, value }));
    if (journal.shed > 0) out.unshift({ name: "quotes merged in bursts", value: journal.shed });
    return out;
  }

  private captureRow(): FeedRow {
    const { recorder, journal, inboxRows, rate } = this.o;
    const view = recorder?.view() ?? null;
    const queue = `inbox ${journal.inbox} of ${inboxRows}`;
    const note =
      view === null
        ? `off; ${queue}`
        : (view.note ??
          `${mb(view.bytes / 1e6)} MB in ${view.name}, disk ${mb((view.freeMb ?? 0) / 1000)} GB, ${queue}`);
    const state = view?.recording === true ? "live" : "closed";
    return { ...BESIDE, name: "capture", state, eventsPerSecond: Math.round(rate.perSecond()), note };
  }
}

/** A row that is no channel of quotes. */
const BESIDE = {
  dataAgeMs: null,
  pingAgeMs: null,
  lagMs: null,
  eventsPerSecond: 0,
  subscribed: null,
  desired: null,
  limit: null,
};

const orderRow = ({ opened, why }: OrderLink): FeedRow => ({
  ...BESIDE,
  name: "orders",
  state: why === null ? "live" : opened ? "gap" : "unknown",
  note: why,
});

const mb = (x: number): string => (x < 10 ? x.toFixed(1) : Math.round(x).toString());

function channelRow(c: ChannelView, now: number): FeedRow {
  const age = (us: number | null): number | null => (us === null ? null : Math.max(0, (now - us) / 1000));
  return {
    name: c.name,
    state: c.state,
    dataAgeMs: age(c.dataUs),
    pingAgeMs: age(c.pongUs),
    lagMs: c.lagMs,
    eventsPerSecond: Math.round(c.perSecond),
    subscribed: c.subscribed,
    desired: c.desired,
    limit: c.limit,
    note: c.note,
    troubles: c.troubles,
    counters: c.counters,
  };
}
