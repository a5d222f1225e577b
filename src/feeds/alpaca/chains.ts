import { addDays, type Instrument, isoDayAt, type Micros, parseOcc } from "../../../engines/market/index.ts";
import type { FeedOut } from "../feed.ts";
import { pages } from "./pages.ts";
import { type AlpacaRest, type Query, wordsOf } from "./rest.ts";
import type { AlpacaSetup } from "./setup.ts";

/** Contracts of one page, and pages of one chain at most. */
const PAGE = 1000;
const MOST_PAGES = 40;
/** The same of the list of contracts, which tells open interest. */
const LIST_PAGE = 10_000;
const MOST_LISTS = 4;
/** Where the liveliest contract is looked for: the next expiries, this far around the spot. */
const LIVELY_DAYS = 5;
const LIVELY_WIDTH = 0.01;

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
    this.line = this.line.then(() => this.fetch(underlying));
  }

  stop(): void {
    this.stopped = true;
  }

  /**
   * The contract nearest to the money of the nearest expiry: where a market of options is quoted at all, it is. Null where that cannot be
   * told. Only its name is read, so that it does not fill the desk with a chain that nobody asked for.
   */
  async liveliest(symbol: string): Promise<string | null> {
    const spot = await this.spot(symbol);
    if (spot === null) return null;
    const today = isoDayAt("America/New_York", this.out.nowUs() as Micros);
    const body = await this.rest.data(`/v1beta1/options/snapshots/${symbol}`, {
      feed: this.setup.optionFeed,
      limit: PAGE,
      expiration_date_gte: today,
      expiration_date_lte: addDays(today, LIVELY_DAYS),
      strike_price_gte: (spot * (1 - LIVELY_WIDTH)).toFixed(2),
      strike_price_lte: (spot * (1 + LIVELY_WIDTH)).toFixed(2),
    });
    const { snapshots } = JSON.parse(body.toString("utf8")) as {
      snapshots?: Readonly<Record<string, unknown>>;
    };
    const far = (text: string): number => Math.abs((parseOcc(text)?.strike ?? Number.NaN) - spot);
    const found = Object.keys(snapshots ?? {}).filter((text) => far(text) >= 0);
    const expiry = (text: string): string => parseOcc(text)?.expiry ?? "";
    const [best = null] = found.toSorted((a, b) =>
      expiry(a) === expiry(b) ? far(a) - far(b) || (a < b ? -1 : 1) : expiry(a) < expiry(b) ? -1 : 1,
    );
    return best;
  }

  private async fetch({ id, symbol }: Instrument): Promise<void> {
    try {
      const spot = await this.spot(symbol);
      const today = isoDayAt("America/New_York", this.out.nowUs() as Micros);
      const { chainDays, chainWidth, optionFeed } = this.setup;
      const part = {
        expiration_date_gte: today,
        expiration_date_lte: addDays(today, chainDays),
        strike_price_gte: spot === null ? undefined : (spot * (1 - chainWidth)).toFixed(2),
        strike_price_lte: spot === null ? undefined : (spot * (1 + chainWidth)).toFixed(2),
      };
      const snapshots = `/v1beta1/options/snapshots/${symbol}`;
      const query = { feed: optionFeed, limit: PAGE, ...part };
      for await (const body of pages(this.rest, snapshots, query, MOST_PAGES)) {
        if (this.stopped) return;
        this.out.frame(`alpaca.rest:options ${optionFeed}`, body, this.out.nowUs(), "snapshot");
      }
      await this.openInterest(symbol, part);
    } catch (error) {
      if (this.stopped) return;
      this.asked.delete(id);
      const text = `chain of ${symbol}: ${wordsOf(error)}`;
      this.out.event({ kind: "note", level: "warn", source: "feed", text });
    }
  }

  /** Told by the list of contracts alone, once a day. */
  private async openInterest(symbol: string, part: Query): Promise<void> {
    const query = { underlying_symbols: symbol, limit: LIST_PAGE, ...part };
    for await (const body of pages(this.rest, "/v2/options/contracts", query, MOST_LISTS, "trading")) {
      if (this.stopped) return;
      const channel = `alpaca.contracts:contracts ${this.setup.optionFeed}`;
      this.out.frame(channel, body, this.out.nowUs(), "snapshot");
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
