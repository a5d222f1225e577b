import type { Clock } from "../../shell/clock.ts";
import type { FeedOut } from "../feed.ts";
import { pages } from "./pages.ts";
import { type AlpacaRest, wordsOf } from "./rest.ts";
import type { AlpacaSetup } from "./setup.ts";
import { type Class, feedName } from "./symbols.ts";

/** Symbols and prints of one page, and pages of one gap at most. */
const SYMBOLS = 100;
const PAGE = 10_000;
const MOST_PAGES = 50;
/** Asked this long after the stream is back: what it had under way has come by then. */
const SETTLE_MS = 2_000;
/** The gap may have begun before the last print that came. */
const BEFORE_US = 5_000_000;

const PATHS: Record<Class, string> = {
  stocks: "/v2/stocks/trades",
  options: "/v1beta1/options/trades",
  crypto: "/v1beta3/crypto/us/trades",
};
/** What these tell happened before it was told: the span of a gap says nothing of it. */
const DELAYED: ReadonlySet<string> = new Set(["delayed_sip", "test"]);

export interface Gap {
  readonly fromUs: number;
  readonly toUs: number;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** Trades that a break of a stream swallowed, by REST; which of them are news is found where they are decoded. */
export class BackFill {
  private line: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly rest: AlpacaRest,
    private readonly setup: AlpacaSetup,
    private readonly clock: Clock,
    private readonly out: FeedOut,
  ) {}

  stop(): void {
    this.stopped = true;
  }

  /** One gap after the other; `done` hears how many prints came back, or null where they could not be had. */
  ask(kind: Class, symbols: readonly string[], gap: Gap, done: (prints: number | null) => void): void {
    if (DELAYED.has(feedName(this.setup, kind))) return;
    this.line = this.line.then(async () => {
      await new Promise<void>((resolve) => {
        this.clock.after(SETTLE_MS, resolve);
      });
      if (!this.stopped) done(await this.fetch(kind, symbols, gap));
    });
  }

  private async fetch(kind: Class, symbols: readonly string[], gap: Gap): Promise<number | null> {
    const feed = feedName(this.setup, kind);
    const channel = `alpaca.trades:${kind} ${feed}`;
    let prints = 0;
    try {
      for (let from = 0; from < symbols.length && !this.stopped; from += SYMBOLS)
        prints += await this.part(kind, channel, symbols.slice(from, from + SYMBOLS), gap);
      return prints;
    } catch (error) {
      // The decoder counts the pages of one filling together: this one ends here.
      this.out.frame(
        channel,
        Buffer.from('{"trades":{},"next_page_token":null}'),
        this.out.nowUs(),
        "snapshot",
      );
      const text = `trades of a gap on ${feed} could not be had: ${wordsOf(error)}`;
      if (!this.stopped) this.out.event({ kind: "note", level: "warn", source: "feed", text });
      return null;
    }
  }

  private async part(kind: Class, channel: string, symbols: readonly string[], gap: Gap): Promise<number> {
    let prints = 0;
    const query = {
      symbols: symbols.join(","),
      start: iso(Math.floor((gap.fromUs - BEFORE_US) / 1000)),
      end: iso(Math.ceil(gap.toUs / 1000)),
      limit: PAGE,
      feed: kind === "stocks" ? this.setup.stockFeed : undefined,
    };
    for await (const body of pages(this.rest, PATHS[kind], query, MOST_PAGES)) {
      if (this.stopped) break;
      prints += this.out.frame(channel, body, this.out.nowUs(), "snapshot").rows;
    }
    return prints;
  }
}
