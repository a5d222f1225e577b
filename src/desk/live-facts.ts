import type { Instrument, Slot } from "../../engines/market/index.ts";
import type { FeedRow, FeedState, FollowHow } from "./protocol.ts";

/** What the feed knows of one instrument. Times in µs, NaN for never. */
export interface LiveFollow {
  readonly channel: string | null;
  readonly channelState: FeedState | null;
  /** The channel runs without a break since. */
  readonly sinceUs: number;
  readonly how: FollowHow;
  readonly reason: string | null;
  readonly why: string | null;
  /** Last row that came by the stream, and how long after its event. */
  readonly streamedUs: number;
  readonly lagUs: number;
  /** A snapshot is renewed this often. */
  readonly roundUs: number;
}

/** What a live desk knows of its feeds and a replayed one does not: beside the state, for the screen. */
export interface LiveFacts {
  state(): FeedState;
  /** Why it is not better; null where all is well, or nobody knows. */
  why(): string | null;
  /** Why orders can't be sent to a broker over the wire; null while they can, or where they need none. */
  ordersWhy(): string | null;
  lagMs(): number | null;
  /** Quotes merged in the last seconds, per second; 0 while the desk keeps up. */
  shedPerSecond(): number;
  rows(): readonly FeedRow[];
  follow(slot: Slot, instrument: Instrument): LiveFollow;
  /** Counters of the wire, nonzero ones: refused messages by reason, decoder faults. */
  counters(): readonly { readonly name: string; readonly value: number }[];
}
