import { isIsoDay, isoToDay, parseIsoMicros, US_PER_DAY } from "../../../engines/market/index.ts";
import { told, toldUs, type VenueContext } from "../context.ts";
import { barsOf } from "../market/timeframe.ts";
import type { Bar, Product } from "../market/types.ts";
import type { Reply, Request } from "../net/http.ts";
import { barKeys, quoteKeys, tradeKeys } from "./messages.ts";
import { limitOf, pageOf, problem, wireReply } from "./paging.ts";
import type { WireObject } from "./values.ts";

type Kind = "stocks" | "options" | "crypto";

const DAY_US = US_PER_DAY;

/** Market data by REST: bars, trades, quotes, snapshots, chains of the three kinds. */
export class DataRest {
  constructor(private readonly context: VenueContext) {}

  handle(request: Request): Reply | null {
    const { path } = request;
    const at =
      /^\/v2\/(stocks)\/(.+)$/.exec(path) ??
      /^\/v1beta1\/(options)\/(.+)$/.exec(path) ??
      /^\/v1beta3\/(crypto)\/us\/(.+)$/.exec(path);
    if (at === null || request.method !== "GET") return null;
    const kind = at[1] as Kind;
    const refused = this.feedRefusal(kind, request.query.get("feed"));
    if (refused !== null) return refused;
    return this.route(kind, at[2] as string, request.query);
  }

  private feedRefusal(kind: Kind, feed: string | null): Reply | null {
    if (this.context.plan.fullFeeds || (feed !== "sip" && feed !== "opra")) return null;
    const name = kind === "options" ? "OPRA" : "recent SIP";
    return problem(403, 42210000, `subscription does not permit querying ${name} data`);
  }

  private route(kind: Kind, what: string, query: URLSearchParams): Reply | null {
    const latest = /^(?:latest\/(quotes|trades|bars)|(quotes|trades|bars)\/latest)$/.exec(what);
    if (latest !== null) return this.latest(kind, (latest[1] ?? latest[2]) as string, query);
    if (what === "bars") return this.history("bars", kind, query, (p, a, b) => this.bars(p, a, b, query));
    if (what === "trades")
      return this.history("trades", kind, query, (p, a, b) =>
        this.context.market.trades(p, a, b).map((t) => tradeKeys(p, t, this.view(query))),
      );
    if (what === "quotes" && kind !== "options")
      return this.history("quotes", kind, query, (p, a, b) => this.quotes(p, a, b, query));
    if (what === "snapshots") return this.snapshots(kind, this.products(query, kind), query);
    const one = /^snapshots\/([A-Z]+)$/.exec(what);
    if (one !== null && kind === "options") return this.chain(one[1] as string, query);
    const single = /^([A-Z.]+)\/(snapshot|(?:quotes|trades|bars)(?:\/latest)?)$/.exec(what);
    if (single !== null && kind === "stocks")
      return this.single(single[1] as string, single[2] as string, query);
    return kind === "options" ? meta(what) : null;
  }

  /** The older form: one symbol in the path. */
  private single(symbol: string, what: string, query: URLSearchParams): Reply | null {
    const asked = new URLSearchParams(query);
    asked.set("symbols", symbol);
    const reply = this.route("stocks", what === "snapshot" ? "snapshots" : what, asked);
    if (reply === null || reply.status !== 200) return reply;
    const body = JSON.parse(reply.body as string) as Record<string, unknown>;
    if (what === "snapshot") return { status: 200, body: { symbol, ...(body[symbol] as object) } };
    const key = what.split("/")[0] as string;
    const inner = (body[key] as Record<string, unknown>)[symbol] ?? null;
    const shape = what.endsWith("latest")
      ? { [key.slice(0, -1)]: inner }
      : { [key]: inner, next_page_token: body["next_page_token"] };
    return { status: 200, body: { symbol, ...shape } };
  }

  private view(query: URLSearchParams): { singleVenue: boolean } {
    return { singleVenue: query.get("feed") === "iex" };
  }

  private products(query: URLSearchParams, kind: Kind): Product[] | Reply {
    const symbols = (query.get("symbols") ?? "").split(",").filter((s) => s !== "");
    if (symbols.length === 0) return problem(400, 40010001, "symbols is required");
    if (kind === "options" && symbols.length > 100)
      return problem(400, 40010001, "too many symbols: at most 100");
    return symbols.map((s) => this.context.market.bySymbol(s)).filter((p) => p !== null);
  }

  private latest(kind: Kind, what: string, query: URLSearchParams): Reply {
    const products = this.products(query, kind);
    if (!Array.isArray(products)) return products as Reply;
    const nowUs = this.context.session.nowUs();
    const found: Record<string, WireObject> = {};
    for (const p of products) {
      const item = this.latestOf(p, what, nowUs, query);
      if (item !== null) found[p.symbol] = item;
    }
    return wireReply({ [what]: found });
  }

  private latestOf(p: Product, what: string, nowUs: number, query: URLSearchParams): WireObject | null {
    const { market } = this.context;
    if (what === "quotes") {
      const quote = market.quoteAt(p, nowUs);
      return quote === null ? null : quoteKeys(p, told(this.context, quote), this.view(query));
    }
    if (what === "trades") {
      const trade = market.lastTrade(p, nowUs);
      return trade === null ? null : tradeKeys(p, told(this.context, trade), this.view(query));
    }
    const bar = this.lastMinute(p, nowUs);
    return bar === null ? null : barKeys(bar);
  }

  private lastMinute(p: Product, nowUs: number): Bar | null {
    const minute = Math.floor(nowUs / 60e6) * 60e6;
    for (let back = 1; back <= 5; back++) {
      const from = minute - back * 60e6;
      const [bar] = this.context.market.minuteBars(p, from, from + 60e6);
      if (bar !== undefined) return bar;
    }
    return null;
  }

  /** Pages count data points over all symbols together, so that one may end inside a symbol. */
  private history(
    key: string,
    kind: Kind,
    query: URLSearchParams,
    read: (p: Product, fromUs: number, toUs: number) => readonly WireObject[] | Reply,
  ): Reply {
    const products = this.products(query, kind);
    if (!Array.isArray(products)) return products as Reply;
    const limit = limitOf(query.get("limit"), 1000, 10_000);
    const span = this.span(query);
    if (limit === null) return problem(400, 40010001, "invalid limit");
    if (span === null) return problem(400, 40010001, "invalid start or end");
    const rows: { symbol: string; item: WireObject }[] = [];
    for (const p of products) {
      const items = read(p, span.fromUs, span.toUs);
      if (!Array.isArray(items)) return items as Reply;
      const order =
        query.get("sort") === "desc" ? [...(items as WireObject[])].reverse() : (items as WireObject[]);
      for (const item of order) rows.push({ symbol: p.symbol, item });
    }
    const page = pageOf(rows, limit, query.get("page_token"));
    if (page === null) return problem(400, 40010001, "invalid page_token");
    const found: Record<string, WireObject[]> = {};
    for (const { symbol, item } of page.items) (found[symbol] ??= []).push(item);
    return wireReply({ [key]: found, next_page_token: page.next });
  }

  private span(query: URLSearchParams): { fromUs: number; toUs: number } | null {
    const nowUs = toldUs(this.context);
    const start = query.get("start");
    const end = query.get("end");
    const today = Math.floor(nowUs / DAY_US) * DAY_US;
    const fromUs = start === null ? today : instant(start, false);
    const toUs = end === null ? nowUs : instant(end, true);
    if (fromUs === null || toUs === null) return null;
    return { fromUs, toUs: Math.min(toUs + 1, nowUs) };
  }

  private bars(
    p: Product,
    fromUs: number,
    toUs: number,
    query: URLSearchParams,
  ): readonly WireObject[] | Reply {
    const bars = barsOf(this.context.market, p, query.get("timeframe") ?? "1Min", fromUs, toUs);
    return bars === null ? problem(400, 40010001, "invalid timeframe") : bars.map(barKeys);
  }

  private quotes(p: Product, fromUs: number, toUs: number, query: URLSearchParams): readonly WireObject[] {
    const events = this.context.market.advance({ quotes: [p], trades: [] }, fromUs, toUs);
    return events.flatMap((e) => (e.kind === "quote" ? [quoteKeys(p, e.quote, this.view(query))] : []));
  }

  private snapshots(kind: Kind, products: Product[] | Reply, query: URLSearchParams): Reply {
    if (!Array.isArray(products)) return products;
    const found: Record<string, WireObject> = {};
    for (const p of products) found[p.symbol] = this.snapshot(p, query);
    // Stocks come without a frame round them.
    return wireReply(kind === "stocks" ? found : { snapshots: found, next_page_token: null });
  }

  private snapshot(p: Product, query: URLSearchParams): WireObject {
    const { market, session } = this.context;
    const nowUs = session.nowUs();
    const quote = market.quoteAt(p, nowUs);
    const trade = market.lastTrade(p, nowUs);
    const bars = {
      latestQuote: quote === null ? undefined : quoteKeys(p, told(this.context, quote), this.view(query)),
      latestTrade: trade === null ? undefined : tradeKeys(p, told(this.context, trade), this.view(query)),
    };
    if (p.instrument.kind !== "option") return { ...bars, ...this.dayBars(p, nowUs) };
    const view = market.optionView(p, nowUs);
    if (view === null || quote === null || quote.bid === 0) return bars;
    const { delta, gamma } = view;
    const greeks = {
      delta: round(delta, 4),
      gamma: round(gamma, 4),
      rho: round(view.rho / 100, 4),
      theta: round(view.theta / 365, 4),
      vega: round(view.vega / 100, 4),
    };
    return { ...bars, impliedVolatility: round(view.iv, 4), greeks };
  }

  private dayBars(p: Product, nowUs: number): WireObject {
    const days = this.context.market.dailyBars(p, nowUs - 8 * DAY_US, nowUs).slice(-2);
    const minute = this.lastMinute(p, nowUs);
    const keys = (bar: Bar | undefined | null): WireObject | undefined => (bar ? barKeys(bar) : undefined);
    return { minuteBar: keys(minute), dailyBar: keys(days.at(-1)), prevDailyBar: keys(days.at(-2)) };
  }

  private chain(root: string, query: URLSearchParams): Reply {
    const base = this.context.market.bySymbol(root);
    if (base === null) return problem(404, 40410000, `underlying not found: ${root}`);
    const limit = limitOf(query.get("limit"), 100, 1000);
    if (limit === null) return problem(400, 40010001, "invalid limit");
    const wanted = this.context.market.chain(base).filter((p) => chainFilter(p, query));
    const sorted = [...wanted].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
    const page = pageOf(sorted, limit, query.get("page_token"));
    if (page === null) return problem(400, 40010001, "invalid page_token");
    const found: Record<string, WireObject> = {};
    for (const p of page.items) found[p.symbol] = this.snapshot(p, query);
    return wireReply({ snapshots: found, next_page_token: page.next });
  }
}

/** The filters of chains and contracts. */
export function chainFilter(p: Product, query: URLSearchParams): boolean {
  const option = p.instrument;
  if (option.kind !== "option") return false;
  const type = query.get("type");
  if (type !== null && type !== (option.type === "C" ? "call" : "put")) return false;
  const at = (key: string): number | null => (query.get(key) === null ? null : Number(query.get(key)));
  const low = at("strike_price_gte");
  const high = at("strike_price_lte");
  if ((low !== null && option.strike < low) || (high !== null && option.strike > high)) return false;
  const day = query.get("expiration_date");
  if (day !== null && option.expiry !== day) return false;
  const from = query.get("expiration_date_gte");
  const until = query.get("expiration_date_lte");
  if ((from !== null && option.expiry < from) || (until !== null && option.expiry > until)) return false;
  const root = query.get("root_symbol");
  return root === null || option.symbol === root;
}

function instant(text: string, end: boolean): number | null {
  if (isIsoDay(text)) return (isoToDay(text) + (end ? 1 : 0)) * DAY_US - (end ? 1 : 0);
  return parseIsoMicros(text);
}

const round = (x: number, digits: number): number => Math.round(x * 10 ** digits) / 10 ** digits;

const CONDITIONS = { I: "Auto-execution", a: "Single-leg auction", f: "Multi-leg auto-electronic trade" };
const EXCHANGES = {
  A: "NYSE American",
  C: "Cboe",
  M: "MIAX",
  N: "NYSE Arca",
  W: "Cboe C2",
  X: "Nasdaq PHLX",
};

function meta(what: string): Reply | null {
  if (what === "meta/conditions/trade") return { status: 200, body: CONDITIONS };
  if (what === "meta/conditions/quote") return { status: 200, body: { A: "Regular quote" } };
  return what === "meta/exchanges" ? { status: 200, body: EXCHANGES } : null;
}
