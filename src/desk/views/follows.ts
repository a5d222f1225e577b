import type { Instrument, Quality, Slot } from "../../../engines/market/index.ts";
import type { FollowHow, FollowRow, FollowState, FollowsView, Views } from "../protocol.ts";
import type { ViewContext } from "./context.ts";
import { label } from "./names.ts";

/** What decides the state of one instrument. Times in µs, NaN for never. */
export interface FollowFacts {
  readonly how: FollowHow;
  /** Its market trades now. */
  readonly open: boolean;
  /** Last proof of any kind that its quote stands, or its last print. */
  readonly seenUs: number;
  /** Last row that came by the stream. */
  readonly streamedUs: number;
  /** Its channel runs without a break since; NaN while it does not. */
  readonly sinceUs: number;
  readonly channelLive: boolean;
  readonly nowUs: number;
  /** A quote stands this long without proof. */
  readonly maxAgeUs: number;
  /** A snapshot is renewed this often. */
  readonly roundUs: number;
}

/** Rounds of snapshots that may fail before what they told is old. */
const ROUNDS = 3;

/**
 * unknown → snapshot → live → gap → stale. Live needs a row of this connection by the stream: what was known before a break, or what REST
 * alone says, is not taken for it (contracts sections 3 and 8).
 */
export function followState(f: FollowFacts): FollowState {
  if (!(f.seenUs > 0)) return "unknown";
  if (!f.open) return "closed";
  const age = f.nowUs - f.seenUs;
  if (f.how !== "streamed") return age > Math.max(f.maxAgeUs, ROUNDS * f.roundUs) ? "stale" : "snapshot";
  if (!f.channelLive || !(f.seenUs >= f.sinceUs)) return age > STALE_AFTER * f.maxAgeUs ? "stale" : "gap";
  if (age > f.maxAgeUs) return "stale";
  return f.streamedUs >= f.sinceUs ? "live" : "snapshot";
}

/** A gap that is this many times as old as a quote may be is no gap any more. */
const STALE_AFTER = 12;

export interface Followed {
  readonly state: FollowState;
  readonly how: FollowHow;
  readonly reason: string | null;
  readonly why: string | null;
  readonly channel: string | null;
  readonly ageMs: number | null;
  readonly lagMs: number | null;
}

/** How an instrument is followed at the instant of a look. A recording streams everything that it holds. */
export function followed(context: ViewContext, slot: Slot): Followed {
  const { desk, nowUs, session } = context;
  const { book } = desk;
  const { live, valuer } = context.facts;
  const instrument = desk.instruments[slot] as Instrument;
  const told = live?.follow(slot, instrument);
  const seenUs = Math.max(book.confirmUs[slot] || 0, book.quoteUs[slot] || 0, book.lastUs[slot] || 0);
  const open = book.status(slot) !== "closed" && context.trades(instrument.calendar);
  const state = followState({
    how: told?.how ?? "streamed",
    open,
    seenUs,
    streamedUs: told?.streamedUs ?? seenUs,
    sinceUs: told?.sinceUs ?? 0,
    channelLive: told === undefined || told.channelState === "live",
    nowUs,
    maxAgeUs: valuer.quoteMaxAgeUs,
    roundUs: told?.roundUs ?? 0,
  });
  return {
    state,
    how: told?.how ?? "streamed",
    reason: told?.reason ?? null,
    why: told?.why ?? null,
    channel: told === undefined ? `capture ${session.name}` : told.channel,
    ageMs: seenUs > 0 ? Math.max(0, (nowUs - seenUs) / 1000) : null,
    lagMs: told === undefined || told.lagUs !== told.lagUs ? null : told.lagUs / 1000,
  };
}

/** Every instrument of a channel, or of all, in the order in which they became known. */
export function followsView(context: ViewContext, params: Views["follows"]["params"]): FollowsView {
  const { desk, session } = context;
  const counts = { streamed: 0, snapshot: 0, none: 0 };
  const rows: FollowRow[] = [];
  desk.instruments.forEach((instrument, s) => {
    const slot = s as Slot;
    const row = followed(context, slot);
    counts[row.how]++;
    if (params.channel !== null && row.channel !== params.channel) return;
    const quality = desk.book.quoteQuality[slot] as Quality;
    const trading = desk.book.status(slot);
    rows.push({ slot, label: label(instrument, session.day), quality, trading, ...row });
  });
  return { rows, counts };
}
