import {
  addDays,
  calendarZone,
  formatClock,
  type IsoDay,
  isIsoDay,
  isoDayAt,
  type Micros,
  nextOpen,
  nextSession,
  sessionOf,
  sessionOn,
  zoneOffsetMin,
} from "../../../engines/market/index.ts";
import { toldUs, type VenueContext } from "../context.ts";
import type { Product } from "../market/types.ts";
import type { Reply, Request } from "../net/http.ts";
import { json } from "../net/http.ts";
import { limitOf, pageOf, problem } from "./paging.ts";
import { chainFilter } from "./rest-data.ts";
import { uuidOf } from "./uuid.ts";
import { Nanos } from "./values.ts";

const ZONE = calendarZone("NYSE");
const CONTRACT_DAYS = 7;

/** Clock, calendar, assets and contracts: the trading host without orders. */
export class ReferenceRest {
  constructor(private readonly context: VenueContext) {}

  handle(request: Request): Reply | null {
    const { path, query, method } = request;
    if (method !== "GET") return null;
    if (path === "/v2/clock") return json(this.clock());
    if (path === "/v2/calendar") return this.calendar(query);
    if (path === "/v2/assets") return json(this.assets(query));
    if (path === "/v2/options/contracts") return this.contracts(query);
    const asset = /^\/v2\/assets\/(.+)$/.exec(path);
    if (asset !== null) return this.asset(decodeURIComponent(asset[1] as string));
    const contract = /^\/v2\/options\/contracts\/(.+)$/.exec(path);
    return contract === null ? null : this.contract(contract[1] as string);
  }

  private clock(): object {
    const nowUs = toldUs(this.context) as Micros;
    const running = sessionOf("NYSE", nowUs);
    const following = running === null ? nextOpen("NYSE", nowUs) : nextSession("NYSE", running.day);
    return {
      timestamp: withOffset(nowUs, true),
      is_open: running !== null,
      next_open: withOffset(following.openUs, false),
      next_close: withOffset((running ?? following).closeUs, false),
    };
  }

  private calendar(query: URLSearchParams): Reply {
    const today = isoDayAt(ZONE, toldUs(this.context) as Micros);
    const start = query.get("start") ?? today;
    const end = query.get("end") ?? addDays(today, 30);
    if (!isIsoDay(start) || !isIsoDay(end))
      return problem(422, 40010001, "start and end are dates YYYY-MM-DD");
    const rows: object[] = [];
    for (let day: IsoDay = start; day <= end && rows.length < 10_000; day = addDays(day, 1)) {
      const s = sessionOn("NYSE", day);
      if (s === null) continue;
      rows.push({
        date: day,
        open: wall(s.openUs),
        close: wall(s.closeUs),
        session_open: "0400",
        session_close: "2000",
        settlement_date: nextSession("NYSE", day).day,
      });
    }
    return json(rows);
  }

  private tradable(): readonly Product[] {
    return this.context.market.listed.filter(
      (p) => ["equity", "etf", "crypto"].includes(p.instrument.kind) && !p.symbol.includes("PERPETUAL"),
    );
  }

  private assets(query: URLSearchParams): readonly object[] {
    const wanted = query.get("asset_class");
    const status = query.get("status");
    if (status === "inactive") return [];
    return this.tradable()
      .map(assetOf)
      .filter((a) => wanted === null || a.class === wanted);
  }

  private asset(symbol: string): Reply {
    const found = this.tradable().find((p) => p.symbol === symbol || uuidOf(p.symbol) === symbol);
    return found === undefined
      ? problem(404, 40410000, `asset not found for ${symbol}`)
      : json(assetOf(found));
  }

  private contracts(query: URLSearchParams): Reply {
    const limit = limitOf(query.get("limit"), 100, 10_000);
    if (limit === null) return problem(422, 40010001, "invalid limit");
    const asked = new URLSearchParams(query);
    const today = isoDayAt(ZONE, toldUs(this.context) as Micros);
    const dated = ["expiration_date", "expiration_date_gte", "expiration_date_lte"].some((k) => query.has(k));
    if (!dated) asked.set("expiration_date_lte", addDays(today, CONTRACT_DAYS));
    const roots = (query.get("underlying_symbols") ?? "").split(",").filter((s) => s !== "");
    const bases = roots.length === 0 ? this.tradable() : roots.map((s) => this.context.market.bySymbol(s));
    const all = bases
      .filter((b): b is Product => b !== null && b.instrument.kind !== "crypto")
      .flatMap((b) => this.context.market.chain(b))
      .filter((p) => chainFilter(p, asked))
      .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
    const page = pageOf(all, limit, query.get("page_token"));
    if (page === null) return problem(422, 40010001, "invalid page_token");
    return json({
      option_contracts: page.items.map((p) => this.contractOf(p)),
      page_token: page.next,
      next_page_token: page.next,
    });
  }

  private contract(symbol: string): Reply {
    const product = this.context.market.bySymbol(symbol);
    if (product === null || product.instrument.kind !== "option")
      return problem(404, 40410000, `option contract not found for ${symbol}`);
    return json(this.contractOf(product));
  }

  private contractOf(p: Product): object {
    const o = p.instrument;
    if (o.kind !== "option" || p.base === null) return {};
    const today = isoDayAt(ZONE, toldUs(this.context) as Micros);
    const prior = addDays(today, -1);
    return {
      id: uuidOf(p.symbol),
      symbol: p.symbol,
      name: `${p.base.symbol} ${o.expiry} ${o.strike} ${o.type === "C" ? "Call" : "Put"}`,
      status: "active",
      tradable: true,
      expiration_date: o.expiry,
      root_symbol: o.symbol,
      underlying_symbol: p.base.symbol,
      underlying_asset_id: uuidOf(p.base.symbol),
      type: o.type === "C" ? "call" : "put",
      style: o.style,
      strike_price: String(o.strike),
      multiplier: String(o.multiplier),
      size: String(o.multiplier),
      open_interest: String(this.context.market.openInterest(p) ?? 0),
      open_interest_date: prior,
      close_price: null,
      close_price_date: null,
    };
  }
}

function assetOf(p: Product): { class: string; symbol: string } & Record<string, unknown> {
  const coin = p.instrument.kind === "crypto";
  return {
    id: uuidOf(p.symbol),
    class: coin ? "crypto" : "us_equity",
    exchange: coin ? "CRYPTO" : p.instrument.kind === "etf" ? "ARCA" : "NASDAQ",
    symbol: p.symbol,
    name: p.symbol,
    status: "active",
    tradable: true,
    marginable: !coin,
    shortable: !coin,
    easy_to_borrow: !coin,
    fractionable: true,
    maintenance_margin_requirement: coin ? 100 : 30,
    attributes: coin ? [] : ["has_options"],
  };
}

const wall = (us: number): string => formatClock(us, zoneOffsetMin(ZONE, us as Micros), false);

/** `2026-01-05T09:31:02.123456789-05:00` */
function withOffset(us: number, fraction: boolean): string {
  const offset = zoneOffsetMin(ZONE, us as Micros);
  const local = new Nanos(us + offset * 60e6).toString().slice(0, -1);
  const hours = String(Math.floor(Math.abs(offset) / 60)).padStart(2, "0");
  return `${fraction ? local : local.slice(0, 19)}${offset < 0 ? "-" : "+"}${hours}:00`;
}
