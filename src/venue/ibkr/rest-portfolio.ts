import { toldUs, type VenueContext } from "../context.ts";
import type { Product } from "../market/types.ts";
import { json, type Reply } from "../net/http.ts";
import { exact, type Position } from "../orders/portfolio.ts";
import { ACCOUNT } from "./account.ts";
import { type Contracts, compactDay, secTypeOf, tickerOf } from "./contracts.ts";
import type { IbkrOrders } from "./orders.ts";

const PAGE = 100;

/** Positions, ledger and summary. */
export class PortfolioRest {
  constructor(
    private readonly context: VenueContext,
    private readonly contracts: Contracts,
    private readonly orders: IbkrOrders,
  ) {}

  handle(path: string): Reply | null {
    const positions = /^\/portfolio2?\/[A-Z]+\d+\/positions(?:\/(\d+))?$/.exec(path);
    if (positions !== null) return json(this.page(Number(positions[1] ?? 0)));
    if (/^\/portfolio\/[A-Z]+\d+\/positions\/invalidate$/.test(path)) return json({ message: "success" });
    if (/^\/portfolio\/[A-Z]+\d+\/ledger$/.test(path)) return json(this.ledger());
    if (/^\/portfolio\/[A-Z]+\d+\/summary$/.test(path)) return json(this.summary());
    if (path === "/iserver/account/pnl/partitioned") return json(this.pnl());
    return null;
  }

  private page(n: number): object[] {
    const all = [...this.orders.exchange.portfolio.positions.values()];
    return all.slice(n * PAGE, (n + 1) * PAGE).map((p) => this.row(p));
  }

  private price(p: Product): number {
    const q = this.context.market.quoteAt(p, toldUs(this.context));
    return q === null ? 0 : (q.bid + q.ask) / 2;
  }

  private row(p: Position): object {
    const i = p.product.instrument;
    const units = "multiplier" in i ? i.multiplier : 1;
    const price = this.price(p.product);
    return {
      acctId: ACCOUNT,
      conid: this.contracts.conidOf(p.product),
      contractDesc: p.product.symbol,
      position: p.qty,
      mktPrice: price,
      mktValue: exact(p.qty * price * units),
      currency: i.ccy,
      avgCost: exact(p.average * units),
      avgPrice: p.average,
      realizedPnl: p.realised,
      unrealizedPnl: exact(p.qty * (price - p.average) * units),
      exchs: null,
      expiry: i.kind === "option" || i.kind === "future" ? compactDay(i.expiry) : null,
      putOrCall: i.kind === "option" ? i.type : null,
      multiplier: units === 1 ? null : units,
      strike: i.kind === "option" ? i.strike : 0,
      exerciseStyle: null,
      conExchMap: [],
      assetClass: secTypeOf(p.product),
      undConid: p.product.base === null ? 0 : this.contracts.conidOf(p.product.base),
      ticker: tickerOf(p.product),
    };
  }

  private totals(): { cash: number; value: number; net: number } {
    const { portfolio } = this.orders.exchange;
    const { long, short } = portfolio.value((p) => this.price(p));
    const value = exact(long + short);
    return { cash: portfolio.cash, value, net: exact(portfolio.cash + value) };
  }

  private ledger(): object {
    const { cash, value, net } = this.totals();
    const row = (currency: string): object => ({
      commoditymarketvalue: 0,
      futuremarketvalue: 0,
      settledcash: cash,
      exchangerate: 1,
      sessionid: 1,
      cashbalance: cash,
      corporatebondsmarketvalue: 0,
      warrantsmarketvalue: 0,
      netliquidationvalue: net,
      interest: 0,
      unrealizedpnl: 0,
      stockmarketvalue: value,
      moneyfunds: 0,
      currency,
      realizedpnl: 0,
      funds: 0,
      acctcode: ACCOUNT,
      issueroptionsmarketvalue: 0,
      key: "LedgerList",
      timestamp: Math.floor(this.context.clock.wallUs() / 1e6),
      severity: 0,
      stockoptionmarketvalue: 0,
      futuresonlypnl: 0,
    });
    return { USD: row("USD"), BASE: row("BASE") };
  }

  private summary(): object {
    const { cash, net } = this.totals();
    const timestamp = Math.floor(this.context.clock.wallUs() / 1000);
    const figure = (amount: number): object => ({
      amount,
      currency: "USD",
      isNull: false,
      timestamp,
      value: null,
      severity: 0,
    });
    return {
      accountcode: { ...figure(0), value: ACCOUNT },
      availablefunds: figure(cash),
      buyingpower: figure(exact(cash * 4)),
      netliquidation: figure(net),
      totalcashvalue: figure(cash),
      initmarginreq: figure(0),
      maintmarginreq: figure(0),
    };
  }

  private pnl(): object {
    const { net } = this.totals();
    return { upnl: { [`${ACCOUNT}.Core`]: { rowType: 1, dpl: 0, nl: net, upl: 0, el: net, mv: 0 } } };
  }
}
