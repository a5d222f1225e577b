import { toldUs, type VenueContext } from "../context.ts";
import type { Product } from "../market/types.ts";
import { json, objectBody, type Reply, type Request } from "../net/http.ts";
import { type Contracts, compactDay, exchangeOf, monthOf, secTypeOf, tickerOf } from "./contracts.ts";

const OPTION_EXCHANGES = "SMART,AMEX,BATS,BOX,CBOE,CBOE2,EDGX,EMERALD,GEMINI,ISE,MIAX,NASDAQOM,PHLX,PSE";

const problem = (status: number, error: string): Reply => json({ error, statusCode: status }, status);

/** Contract search, chains, futures, rules. */
export class ContractRest {
  /** Underlyings that were searched for: strikes and info know only those. */
  private readonly searched = new Set<Product>();

  constructor(
    private readonly context: VenueContext,
    private readonly contracts: Contracts,
  ) {}

  handle(path: string, request: Request): Reply | null {
    const query = request.query;
    if (path === "/iserver/secdef/search") return this.search(request);
    if (path === "/iserver/secdef/strikes") return this.strikes(query);
    if (path === "/iserver/secdef/info") return this.info(query);
    if (path === "/trsrv/futures") return this.futures(query);
    if (path === "/trsrv/stocks") return this.stocks(query);
    if (path === "/trsrv/secdef") return this.secdef(query);
    if (path === "/iserver/currency/pairs") return this.pairs(query);
    if (path === "/iserver/exchangerate") return this.rate(query);
    if (path === "/iserver/contract/rules") return this.rules(Number(objectBody(request)?.["conid"]));
    const one = /^\/iserver\/contract\/(\d+)\/(info|info-and-rules|algos)$/.exec(path);
    return one === null ? null : this.contract(Number(one[1]), one[2] as string);
  }

  private search(request: Request): Reply {
    const body = request.method === "POST" ? (objectBody(request) ?? {}) : {};
    const ask = (key: string): string | null =>
      request.query.get(key) ?? (body[key] === undefined ? null : String(body[key]));
    const symbol = ask("symbol");
    if (symbol === null || symbol === "") return problem(400, "Bad Request: symbol required");
    const found = this.contracts.search(symbol, ask("secType"));
    if (found.length === 0) return json({ error: "No symbol found" });
    for (const p of found) this.searched.add(p);
    return json(found.map((p) => this.searchRow(p)));
  }

  private searchRow(p: Product): object {
    const options = this.contracts.chain(p);
    const futures = this.contracts.futuresOn(p);
    const months = (list: readonly Product[]): string =>
      [...new Set(list.map((o) => expiryOf(o)).sort())]
        .map(monthOf)
        .filter((m, i, all) => all.indexOf(m) === i)
        .join(";");
    return {
      conid: String(this.contracts.conidOf(p)),
      companyHeader: `${p.symbol} - ${exchangeOf(p)}`,
      companyName: p.symbol,
      symbol: tickerOf(p),
      description: exchangeOf(p),
      restricted: null,
      fop: null,
      opt: null,
      war: null,
      sections: [
        { secType: secTypeOf(p) },
        ...(options.length === 0
          ? []
          : [{ secType: "OPT", months: months(options), exchange: OPTION_EXCHANGES.replaceAll(",", ";") }]),
        ...(futures.length === 0
          ? []
          : [{ secType: "FUT", months: months(futures), exchange: exchangeOf(futures[0] as Product) }]),
      ],
    };
  }

  private derivatives(query: URLSearchParams): readonly Product[] {
    const base = this.contracts.find(Number(query.get("conid")));
    if (base === null || !this.searched.has(base)) return [];
    const type = (query.get("sectype") ?? query.get("secType") ?? "OPT").toUpperCase();
    const all = type === "FUT" ? this.contracts.futuresOn(base) : this.contracts.chain(base);
    return all.filter((p) => monthOf(expiryOf(p)) === query.get("month"));
  }

  private strikes(query: URLSearchParams): Reply {
    const side = (type: string): number[] => {
      const list = this.derivatives(query).flatMap((p) =>
        p.instrument.kind === "option" && p.instrument.type === type ? [p.instrument.strike] : [],
      );
      return [...new Set(list)].sort((a, b) => a - b);
    };
    return json({ call: side("C"), put: side("P") });
  }

  private info(query: URLSearchParams): Reply {
    const strike = query.get("strike");
    const right = query.get("right");
    const found = this.derivatives(query).filter((p) => {
      const i = p.instrument;
      if (i.kind !== "option") return true;
      return (strike === null || i.strike === Number(strike)) && (right === null || i.type === right);
    });
    if (found.length === 0) return problem(400, "Bad Request: no contracts retrieved");
    return json(found.map((p) => this.infoRow(p)));
  }

  private infoRow(p: Product): object {
    const i = p.instrument;
    const option = i.kind === "option" ? i : null;
    return {
      conid: this.contracts.conidOf(p),
      symbol: tickerOf(p),
      ticker: tickerOf(p),
      secType: secTypeOf(p),
      listingExchange: null,
      exchange: exchangeOf(p),
      companyName: p.base?.symbol ?? p.symbol,
      currency: i.ccy,
      validExchanges: option === null ? exchangeOf(p) : OPTION_EXCHANGES,
      priceRendering: null,
      maturityDate: compactDay(expiryOf(p)),
      right: option?.type ?? "?",
      strike: option?.strike ?? 0,
      tradingClass: i.symbol,
      multiplier: String(i.multiplier),
    };
  }

  private futures(query: URLSearchParams): Reply {
    const rows: Record<string, object[]> = {};
    for (const symbol of listOf(query, "symbols"))
      rows[symbol] = this.contracts.futures(symbol).map((p) => ({
        symbol,
        conid: this.contracts.conidOf(p),
        underlyingConid: p.base === null ? 0 : this.contracts.conidOf(p.base),
        expirationDate: Number(compactDay(expiryOf(p))),
        ltd: Number(compactDay(expiryOf(p))),
        shortFuturesCutOff: Number(compactDay(expiryOf(p))),
        longFuturesCutOff: Number(compactDay(expiryOf(p))),
      }));
    return json(rows);
  }

  private stocks(query: URLSearchParams): Reply {
    const rows: Record<string, object[]> = {};
    for (const symbol of listOf(query, "symbols"))
      rows[symbol] = this.contracts.search(symbol, "STK").map((p) => ({
        name: p.symbol,
        chineseName: null,
        assetClass: "STK",
        contracts: [{ conid: this.contracts.conidOf(p), exchange: exchangeOf(p), isUS: true }],
      }));
    return json(rows);
  }

  private secdef(query: URLSearchParams): Reply {
    const found = listOf(query, "conids").map((c) => this.contracts.find(Number(c)));
    return json({
      secdef: found.flatMap((p) =>
        p === null ? [] : [{ ...this.infoRow(p), assetClass: secTypeOf(p), name: p.symbol }],
      ),
    });
  }

  private contract(conid: number, what: string): Reply {
    const p = this.contracts.find(conid);
    if (p === null) return problem(404, "Contract not found");
    const i = p.instrument;
    const info = {
      con_id: conid,
      symbol: tickerOf(p),
      instrument_type: secTypeOf(p),
      currency: i.ccy,
      exchange: exchangeOf(p),
      valid_exchanges: exchangeOf(p),
      company_name: p.base?.symbol ?? p.symbol,
      local_symbol: p.symbol,
      trading_class: i.symbol,
      multiplier: i.kind === "option" || i.kind === "future" ? String(i.multiplier) : null,
      maturity_date: i.kind === "option" || i.kind === "future" ? compactDay(i.expiry) : null,
      underlying_con_id: p.base === null ? 0 : this.contracts.conidOf(p.base),
      strike: i.kind === "option" ? String(i.strike) : null,
      right: i.kind === "option" ? i.type : null,
      r_t_h: true,
    };
    return json(what === "info" ? info : { ...info, rules: ruleOf(p) });
  }

  private rules(conid: number): Reply {
    const p = this.contracts.find(conid);
    return p === null ? problem(404, "Contract not found") : json(ruleOf(p));
  }

  private pairs(query: URLSearchParams): Reply {
    const ccy = query.get("currency") ?? "USD";
    const pairs = this.contracts
      .listed()
      .filter((p) => p.instrument.kind === "fx" && p.symbol.includes(ccy))
      .map((p) => ({
        symbol: tickerOf(p),
        conid: this.contracts.conidOf(p),
        ccyPair: p.symbol.replace(ccy, ""),
      }));
    return json({ [ccy]: pairs });
  }

  private rate(query: URLSearchParams): Reply {
    const [source, target] = [query.get("source") ?? "", query.get("target") ?? ""];
    if (source === target) return json({ rate: 1 });
    for (const [pair, way] of [
      [source + target, 1],
      [target + source, -1],
    ] as const) {
      const p = this.context.market.bySymbol(pair);
      const q = p === null ? null : this.context.market.quoteAt(p, toldUs(this.context));
      if (q !== null) return json({ rate: Math.round(((q.bid + q.ask) / 2) ** way * 1e6) / 1e6 });
    }
    return problem(400, `Bad Request: no rate from ${source} to ${target}`);
  }
}

function expiryOf(p: Product): string {
  const i = p.instrument;
  return i.kind === "option" || i.kind === "future" ? i.expiry : "";
}

const listOf = (query: URLSearchParams, key: string): string[] =>
  (query.get(key) ?? "").split(",").filter((s) => s !== "");

function ruleOf(p: Product): object {
  const ticks = p.instrument.ticks;
  return {
    algoEligible: true,
    overnightEligible: false,
    costReport: false,
    canTradeAcctIds: ["DU1234567"],
    error: null,
    orderTypes: ["limit", "market", "stop", "stop_limit", "midprice"],
    orderTypesOutside: ["limit", "stop_limit"],
    defaultSize: p.instrument.kind === "option" || p.instrument.kind === "future" ? 1 : 100,
    cashSize: 0,
    sizeIncrement: 1,
    tifTypes: ["IOC/MARKET,LIMIT", "GTC/o,a", "OPG/LIMIT,MARKET", "DAY/o,a"],
    limitPrice: null,
    stopprice: null,
    preview: true,
    incrementRules: ticks.map((t) => ({ lowerEdge: t.from, increment: t.tick })),
    increment: ticks[0]?.tick ?? 0.01,
    incrementDigits: 2,
  };
}
