import type { FeedRow, FeedState } from "./protocol.ts";

/** What a live desk knows of its feeds and a replayed one does not: beside the state, for the screen. */
export interface LiveFacts {
  state(): FeedState;
  lagMs(): number | null;
  /** Quotes merged in the last seconds, per second; 0 while the desk keeps up. */
  shedPerSecond(): number;
  rows(): readonly FeedRow[];
  /** Counters of the wire, nonzero ones: refused messages by reason, decoder faults. */
  counters(): readonly { readonly name: string; readonly value: number }[];
}
