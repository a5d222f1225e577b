import type { Instrument, ObjectEvent } from "../../engines/market/index.ts";
import type { FeedState } from "../desk/protocol.ts";
import type { Trouble } from "./story.ts";

/** What a frame held: rows for the tape, messages that no decoder could take, and the event time of the last row (NaN where it has none). */
export interface Decoded {
  readonly rows: number;
  readonly refused: number;
  readonly eventUs: number;
}

/** What a feed hands over. Frames go to the capture and through the decoder that their channel names; nothing else reaches the desk. */
export interface FeedOut {
  /**
   * Keeps and decodes a frame. Never throws; the answer is good until the next frame. `how` it came: a stream's frame proves that its
   * instruments are live, an answer to a question only how they stood.
   */
  frame(channel: string, bytes: Buffer, recvUs: number, how?: "stream" | "snapshot"): Decoded;
  /** A rare event of the feed's own: a gap, a note. */
  event(event: ObjectEvent): void;
  /** Receive time: never goes back. */
  nowUs(): number;
  /** When a quote of it was last heard, of whatever channel, µs; NaN for never. Not there where nobody keeps a book. */
  quotedUs?(instrument: Instrument): number;
}

/** An instrument that somebody wants to see, and why. The list is in falling order of need. */
export interface Want {
  readonly instrument: Instrument;
  readonly why: "canary" | "order" | "position" | "underlying" | "watch" | "chain" | "rest";
}

/** How an instrument is followed, and why not better (contracts section 8). */
export interface Coverage {
  readonly how: "streamed" | "snapshot" | "none";
  /** Why not better, or what refuses it. */
  readonly reason: string | null;
  /** What it was asked for; null when nobody asked. */
  readonly why: Want["why"] | null;
  /** A snapshot comes round this often, ms; where it is one. */
  readonly roundMs?: number;
}

/** A channel as it stands: plain data for the screen. */
export interface ChannelView {
  readonly name: string;
  readonly state: FeedState;
  /** Quotes were to come and never will: it was refused for good. */
  readonly final?: boolean;
  /** Headlines, answers to questions: no stream of quotes. */
  readonly beside?: boolean;
  /** Since when it has run without a break; null while it does not. */
  readonly sinceUs: number | null;
  readonly dataUs: number | null;
  readonly pongUs: number | null;
  readonly lagMs: number | null;
  readonly perSecond: number;
  readonly subscribed: number | null;
  readonly desired: number | null;
  readonly limit: number | null;
  readonly note: string | null;
  /** What went wrong lately, oldest first, and what was counted since the desk opened. */
  readonly troubles: readonly Trouble[];
  readonly counters: readonly { readonly name: string; readonly value: number }[];
}

/** One vendor's market data. It keeps itself connected from `start` to `close` and never throws from its callbacks. */
export interface Feed {
  readonly name: string;
  start(): void;
  /** The whole set that is wanted, most needed first. What the server confirms is brought to it. */
  desire(wants: readonly Want[]): void;
  /** Chains of these underlyings are asked for, once a day each. */
  chains(underlyings: readonly Instrument[]): void;
  channels(): readonly ChannelView[];
  coverage(instrument: Instrument): Coverage;
  /**
   * Since when the server streams it without a break, µs: what was known before is no proof of how it stands. Null while it does not, and
   * where its channel is not proven live.
   */
  streamedSince(instrument: Instrument): number | null;
  /** Name of the channel that carries an instrument; null for none. */
  channelOf(instrument: Instrument): string | null;
  /** The machine slept or its clock jumped: nothing from before is believed, the connections begin again. */
  distrust(reason: string): void;
  /** By hand: drops the connection of a channel, or of all, and begins again at once. False for a channel that is none of its own. */
  reconnect(channel?: string): boolean;
  close(): Promise<void>;
}
