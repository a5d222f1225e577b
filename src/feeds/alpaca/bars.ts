import { type Instrument, isoDayAt, type Micros, sessionOn } from "../../../engines/market/index.ts";
import type { FeedOut } from "../feed.ts";
import { pages } from "./pages.ts";
import { type AlpacaRest, wordsOf } from "./rest.ts";
import type { AlpacaSetup } from "./setup.ts";
import { classOf, symbolOf } from "./symbols.ts";

/** Symbols and bars of one request: a day has 390 minutes of stocks. */
const SYMBOLS = 20;
const PAGE = 10_000;
const MOST_PAGES = 10;
/** Coins have no opening: their chart begins with that of stocks, on other days this long ago. */
const BEFORE_US = 8 * 3600e6;

/** The minutes since the open of what is charted, once each: what a desk that opens at noon did not see. */
export class Bars {
  private readonly asked = new Set<string>();
  private line: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly rest: AlpacaRest,
    private readonly setup: AlpacaSetup,
    private readonly out: FeedOut,
  ) {}

  stop(): void {
    this.stopped = true;
  }

  ask(instruments: readonly Instrument[]): void {
    for (const kind of ["stocks", "crypto"] as const) {
      const fresh = instruments.filter((i) => classOf(i) === kind && !this.asked.has(i.id));
      for (const i of fresh) this.asked.add(i.id);
      const symbols = fresh.flatMap((i) => symbolOf(i) ?? []);
      for (let from = 0; from < symbols.length; from += SYMBOLS) {
        const part = symbols.slice(from, from + SYMBOLS);
        this.line = this.line.then(() => this.fetch(kind, part));
      }
    }
  }

  private async fetch(kind: "stocks" | "crypto", symbols: readonly string[]): Promise<void> {
    const nowUs = this.out.nowUs();
    const open = sessionOn("NYSE", isoDayAt("America/New_York", nowUs as Micros))?.openUs;
    if (this.stopped || (kind === "stocks" && !(open !== undefined && open < nowUs))) return;
    const feed = kind === "stocks" ? this.setup.stockFeed : undefined;
    const query = {
      symbols: symbols.join(","),
      timeframe: "1Min",
      start: new Date((open !== undefined && open < nowUs ? open : nowUs - BEFORE_US) / 1000).toISOString(),
      end: new Date(nowUs / 1000).toISOString(),
      limit: PAGE,
      feed,
    };
    const path = kind === "stocks" ? "/v2/stocks/bars" : "/v1beta3/crypto/us/bars";
    try {
      for await (const body of pages(this.rest, path, query, MOST_PAGES)) {
        if (this.stopped) return;
        this.out.frame(`alpaca.bars:${kind} ${feed ?? "us"}`, body, this.out.nowUs(), "snapshot");
      }
    } catch (error) {
      const text = `the chart begins now: bars of ${symbols.join(", ")} could not be had: ${wordsOf(error)}`;
      if (!this.stopped) this.out.event({ kind: "note", level: "info", source: "feed", text });
    }
  }
}
