import { addDays, type Instrument, isoDayAt, type Micros } from "../../../engines/market/index.ts";
import type { FeedOut } from "../feed.ts";
import { type AlpacaRest, RestError } from "./rest.ts";
import type { AlpacaSetup } from "./setup.ts";

/** Contracts of one page, and pages of one chain at most. */
const PAGE = 1000;
const MOST_PAGES = 40;

/** Whole chains by REST, a page at a time, each underlying once: they define the contracts and say how each stands. */
export class Chains {
  private readonly asked = new Set<string>();
  private line: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly rest: AlpacaRest,
    private readonly setup: AlpacaSetup,
    private readonly out: FeedOut,
  ) {}

  ask(underlying: Instrument): void {
    if (this.asked.has(underlying.id)) return;
    this.asked.add(underlying.id);
    this.line = this.line.then(() => this.fetch(underlying.symbol));
  }

  stop(): void {
    this.stopped = true;
  }

  private async fetch(symbol: string): Promise<void> {
    try {
      const spot = await this.spot(symbol);
      const today = isoDayAt("America/New_York", this.out.nowUs() as Micros);
      const { chainDays, chainWidth, optionFeed } = this.setup;
      let token: string | undefined;
      for (let page = 0; page < MOST_PAGES && !this.stopped; page++) {
        const body = await this.rest.data(`/v1beta1/options/snapshots/${symbol}`, {
          feed: optionFeed,
          limit: PAGE,
          expiration_date_gte: today,
          expiration_date_lte: addDays(today, chainDays),
          strike_price_gte: spot === null ? undefined : (spot * (1 - chainWidth)).toFixed(2),
          strike_price_lte: spot === null ? undefined : (spot * (1 + chainWidth)).toFixed(2),
          page_token: token,
        });
        if (this.stopped) return;
        this.out.frame(`alpaca.rest:options ${optionFeed}`, body, this.out.nowUs(), "snapshot");
        const next = (JSON.parse(body.toString("utf8")) as { next_page_token?: unknown }).next_page_token;
        if (typeof next !== "string" || next === "") return;
        token = next;
      }
    } catch (error) {
      if (this.stopped) return;
      const words = error instanceof RestError ? error.message : String(error);
      this.asked.delete(symbol);
      this.out.event({ kind: "note", level: "warn", source: "feed", text: `chain of ${symbol}: ${words}` });
    }
  }

  private async spot(symbol: string): Promise<number | null> {
    const body = await this.rest.data("/v2/stocks/snapshots", {
      symbols: symbol,
      feed: this.setup.stockFeed,
    });
    const all = JSON.parse(body.toString("utf8")) as Record<
      string,
      { latestTrade?: { p?: unknown } } | undefined
    >;
    const price = all[symbol]?.latestTrade?.p;
    return typeof price === "number" && price > 0 ? price : null;
  }
}
