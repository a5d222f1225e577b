import { Quality, type TradingStatus } from "./events.ts";

/**
 * Whether a quote still stands. Validity is not time since the last change: an unchanged quote of a quiet option is good while its channel
 * is proven live and the contract was confirmed on it. One function for mark, ticket and guard.
 */

/** How often the feed or capture promises to speak. */
export type Cadence = "tick" | "minute";

/** Age limits by cadence: how old the last proof may be. */
export const QUOTE_AGE_LIMIT_US: Readonly<Record<Cadence, number>> = { tick: 5_000_000, minute: 90_000_000 };

/** What the book knows of one instrument. NaN is unknown; a price of 0 is an explicit "no bid" / "no offer". */
export interface QuoteFacts {
  readonly bid: number;
  readonly ask: number;
  /** Receive time of the last confirm: a quote row, a snapshot, a re-ask. */
  readonly confirmUs: number;
  readonly quality: Quality;
  readonly status: TradingStatus;
}

/** What the feed knows of the channel that the instrument is on. */
export interface ChannelFacts {
  readonly cadence: Cadence;
  /** Last proof that the channel is alive (any message on it, a pong with data flowing); NaN where a channel proves nothing. */
  readonly provenUs: number;
  /** Since when it has run without a break: a confirm from before does not count. NaN unknown. */
  readonly sinceUs: number;
}

export type QuoteKind =
  /** Both sides stand, bid not above ask. */
  | "valid"
  /** A market with one side: the other was said to be empty, or was never seen. */
  | "noBid"
  | "noAsk"
  | "crossed"
  | "stale"
  | "frozen"
  | "halted"
  | "closed"
  | "none";

export interface QuoteVerdict {
  readonly kind: QuoteKind;
  /** A buy finds an offer, a sell finds a bid, that stands now. */
  readonly buyable: boolean;
  readonly sellable: boolean;
  /** Age of the proof that counts, null where there is none. */
  readonly ageUs: number | null;
  readonly limitUs: number;
  /** What the age rests on. */
  readonly proof: "contract" | "channel" | "none";
  /** Not realtime: delayed, indicative or single-venue quotes need a confirm that names it. */
  readonly quality: Quality;
  /** One clause for people: `quote 94 s old, over 90`. */
  readonly reason: string;
}

/** The last moment at which the quote was known to stand, and what says so. */
export function proofOf(
  quote: QuoteFacts,
  channel: ChannelFacts,
): { us: number; proof: "contract" | "channel" | "none" } {
  const { confirmUs } = quote;
  if (!(confirmUs > 0)) return { us: NaN, proof: "none" };
  const sameChannel = channel.sinceUs <= confirmUs;
  // Bars are samples: that others moved in a minute says nothing of this one.
  if (sameChannel && quote.quality !== Quality.bar && channel.provenUs > confirmUs) {
    return { us: channel.provenUs, proof: "channel" };
  }
  return { us: confirmUs, proof: "contract" };
}

/**
 * Verdict on a quote at `nowUs`. In order: never quoted → none; session over → closed; halted, paused or in an auction → halted; frozen
 * quality → frozen; proof older than the limit → stale; bid above ask → crossed; one side → noBid or noAsk; else valid.
 * Delayed feeds are judged by the same limits on receipt: how late they are is in the quality.
 */
export function quoteValidity(quote: QuoteFacts, channel: ChannelFacts, nowUs: number): QuoteVerdict {
  const bid = quote.bid > 0;
  const ask = quote.ask > 0;
  const { us, proof } = proofOf(quote, channel);
  const ageUs = us === us ? Math.max(0, nowUs - us) : null;
  const limitUs = QUOTE_AGE_LIMIT_US[channel.cadence];
  const kind = kindOf(quote, bid, ask, ageUs, limitUs);
  const live = kind === "valid" || kind === "noBid" || kind === "noAsk";
  return {
    kind,
    buyable: live && ask,
    sellable: live && bid,
    ageUs,
    limitUs,
    proof,
    quality: quote.quality,
    reason: reasonOf(kind, quote, ageUs, limitUs),
  };
}

function kindOf(q: QuoteFacts, bid: boolean, ask: boolean, ageUs: number | null, limitUs: number): QuoteKind {
  if (ageUs === null || (!bid && !ask)) return "none";
  if (q.status === "closed") return "closed";
  if (q.status !== "open") return "halted";
  if (q.quality === Quality.frozen) return "frozen";
  if (ageUs > limitUs) return "stale";
  if (bid && ask) return q.bid > q.ask ? "crossed" : "valid";
  return ask ? "noBid" : "noAsk";
}

const HALTS: Readonly<Record<TradingStatus, string>> = {
  open: "",
  halted: "trading is halted",
  luldPause: "trading is paused at a price limit",
  auction: "an auction is on",
  closed: "the market is closed",
};

function reasonOf(kind: QuoteKind, q: QuoteFacts, ageUs: number | null, limitUs: number): string {
  switch (kind) {
    case "none":
      return "no quote";
    case "closed":
    case "halted":
      return HALTS[q.status];
    case "frozen":
      return "the quote is frozen";
    case "stale":
      return `quote ${Math.floor((ageUs ?? 0) / 1e6)} s old, over ${limitUs / 1e6}`;
    case "crossed":
      return "bid above ask";
    case "noBid":
      return q.bid === 0 ? "no bid" : "bid never seen";
    case "noAsk":
      return q.ask === 0 ? "no offer" : "offer never seen";
    case "valid":
      return "both sides stand";
  }
}
