import { calendarZone, isoDayAt, type Micros, zoneOffsetMin } from "../../../engines/market/index.ts";
import { toldUs, type VenueContext } from "../context.ts";
import type { Product } from "../market/types.ts";
import { json, type Reply, type Request } from "../net/http.ts";
import type { Booking } from "../orders/bookings.ts";
import type { Exchange } from "../orders/exchange.ts";
import { exact, type Position } from "../orders/portfolio.ts";
import type { Execution, Order } from "../orders/types.ts";
import { decimal, isoOf, orderView, statusWord } from "./order-view.ts";
import { problem } from "./paging.ts";
import { uuidOf } from "./uuid.ts";

const ZONE = calendarZone("NYSE");

/** Account, positions and activities: what the orders came to. */
export class AccountRest {
  constructor(
    private readonly context: VenueContext,
    private readonly exchange: Exchange,
  ) {}

  handle(request: Request): Reply | null {
    const { path, method, query } = request;
    if (method === "GET" && path === "/v2/account") return json(this.account());
    if (method === "GET" && path === "/v2/account/configurations") return json(CONFIGURATION);
    if (method === "GET" && path === "/v2/positions")
      return json([...this.exchange.portfolio.positions.values()].map((p) => this.position(p)));
    const activities = /^\/v2\/account\/activities(?:\/([A-Z]+))?$/.exec(path);
    if (method === "GET" && activities !== null) return this.activities(activities[1] ?? null, query);
    const one = /^\/v2\/positions\/([^/]+)$/.exec(path);
    if (one === null) return null;
    const found = this.held(decodeURIComponent(one[1] as string));
    if (found === null) return problem(404, 40410000, "position does not exist");
    if (method === "GET") return json(this.position(found));
    return method === "DELETE" ? json(orderView(this.close(found))) : null;
  }

  private held(symbol: string): Position | null {
    for (const p of this.exchange.portfolio.positions.values())
      if (p.product.symbol === symbol || uuidOf(p.product.symbol) === symbol) return p;
    return null;
  }

  private close(p: Position): Order {
    const side = p.qty > 0 ? "sell" : "buy";
    const leg = {
      product: p.product,
      side,
      ratio: 1,
      intent: p.qty > 0 ? "sell_to_close" : "buy_to_close",
    } as const;
    const terms = { side, qty: Math.abs(p.qty), type: "market", limit: null, tif: "day", extra: {} } as const;
    return this.exchange.submit({ clientId: null, legs: [leg], ...terms });
  }

  private price(p: Product): number {
    const q = this.context.market.quoteAt(p, toldUs(this.context));
    return q === null ? 0 : (q.bid + q.ask) / 2;
  }

  private account(): object {
    const { cash } = this.exchange.portfolio;
    const { long, short } = this.exchange.portfolio.value((p) => this.price(p));
    const equity = decimal(exact(cash + long + short));
    const zero = "0";
    return {
      id: uuidOf("venue account"),
      account_number: "PA3VENUE0001",
      status: "ACTIVE",
      crypto_status: "ACTIVE",
      currency: "USD",
      cash: decimal(cash),
      portfolio_value: equity,
      equity,
      last_equity: "100000",
      buying_power: decimal(2 * cash),
      regt_buying_power: decimal(2 * cash),
      options_buying_power: decimal(cash),
      multiplier: "2",
      initial_margin: decimal(exact((long - short) / 2)),
      maintenance_margin: decimal(exact((long - short) * 0.3)),
      last_maintenance_margin: zero,
      long_market_value: decimal(long),
      short_market_value: decimal(short),
      position_market_value: decimal(exact(long - short)),
      sma: zero,
      shorting_enabled: true,
      trading_blocked: false,
      transfers_blocked: false,
      account_blocked: false,
      trade_suspended_by_user: false,
      options_approved_level: 3,
      options_trading_level: 3,
      created_at: "2026-01-05T14:30:00Z",
    };
  }

  private position(p: Position): object {
    const { product } = p;
    const i = product.instrument;
    const units = "multiplier" in i ? i.multiplier : 1;
    const price = this.price(product);
    const value = exact(p.qty * price * units);
    const cost = exact(p.qty * p.average * units);
    const gain = exact(value - cost);
    const share = cost === 0 ? "0" : decimal(gain / Math.abs(cost));
    const days = this.context.market.dailyBars(
      product,
      toldUs(this.context) - 8 * 86_400e6,
      toldUs(this.context),
    );
    const prior = days.at(-2)?.close ?? price;
    return {
      asset_id: uuidOf(product.symbol),
      symbol: product.symbol,
      exchange: i.kind === "etf" ? "ARCA" : "NASDAQ",
      asset_class: i.kind === "option" ? "us_option" : i.kind === "crypto" ? "crypto" : "us_equity",
      asset_marginable: i.kind !== "crypto" && i.kind !== "option",
      qty: decimal(p.qty),
      qty_available: decimal(p.qty),
      avg_entry_price: decimal(p.average),
      side: p.qty > 0 ? "long" : "short",
      market_value: decimal(value),
      cost_basis: decimal(cost),
      unrealized_pl: decimal(gain),
      unrealized_plpc: share,
      unrealized_intraday_pl: decimal(gain),
      unrealized_intraday_plpc: share,
      current_price: decimal(price),
      lastday_price: decimal(prior),
      change_today: prior === 0 ? "0" : decimal(Math.round((price / prior - 1) * 1e6) / 1e6),
    };
  }

  private activities(type: string | null, query: URLSearchParams): Reply {
    const wanted = (type ?? query.get("activity_types"))?.split(",") ?? null;
    const category = query.get("category");
    const trades = category !== "non_trade_activity" && (wanted?.includes("FILL") ?? true);
    const others = category !== "trade_activity";
    const size = Math.min(100, Number(query.get("page_size") ?? 100));
    const after = query.get("after");
    const since = (us: number): boolean => after === null || (isoOf(us) as string) > after;
    const fills = trades ? this.exchange.executions.filter((e) => !e.busted && since(e.us)) : [];
    const booked = others ? this.exchange.bookings.all.filter((b) => since(b.us)).map(bookingRow) : [];
    const rows = [
      ...fills.flatMap((e) => this.fills(e)),
      ...booked.filter((b) => wanted?.includes(b.activity_type) ?? true),
    ].sort((a, b) => (a.id.slice(0, 17) < b.id.slice(0, 17) ? -1 : 1));
    const sorted = query.get("direction") === "asc" ? rows : [...rows].reverse();
    const token = query.get("page_token");
    const from = token === null ? 0 : sorted.findIndex((r) => r.id === token) + 1;
    return json(sorted.slice(from, from + size));
  }

  /** A row for each leg. */
  private fills(e: Execution): { id: string; activity_type: string }[] {
    const order = this.exchange.find(e.orderId) as Order;
    return order.draft.legs.map((leg, i) => ({
      id: `${localDigits(e.us)}::${uuidOf(`${e.id} ${i}`)}`,
      activity_type: "FILL",
      transaction_time: isoOf(e.us),
      type: e.cumulative >= order.draft.qty ? "fill" : "partial_fill",
      price: decimal(e.legPrices[i] as number),
      qty: decimal(e.qty * leg.ratio),
      side: leg.side,
      symbol: leg.product.symbol,
      leaves_qty: decimal(exact((order.draft.qty - e.cumulative) * leg.ratio)),
      cum_qty: decimal(exact(e.cumulative * leg.ratio)),
      order_id: order.id,
      order_status: statusWord(order),
    }));
  }
}

const ACTIVITY: Readonly<Record<Booking["kind"], readonly [type: string, words: string]>> = {
  dividend: ["DIV", "Cash Dividend"],
  fee: ["FEE", "TAF fee for proceed of shares"],
  interest: ["INT", "Interest"],
  transfer: ["CSD", "Cash Deposit"],
  expire: ["OPEXP", "Option Expiry"],
  exercise: ["OPEXC", "Option Exercise"],
  assign: ["OPASN", "Option Assignment"],
  delivery: ["OPTRD", "Option Trade"],
  settle: ["OPCSH", "Option Cash Settlement"],
  split: ["SPLIT", "Stock Split"],
};

/** An activity that is no trade: a day, a sum, perhaps a symbol with the change of its position. */
function bookingRow(b: Booking): { id: string; activity_type: string } & Record<string, unknown> {
  const [type, description] = ACTIVITY[b.kind];
  const moves = b.kind === "dividend" || b.qty !== 0;
  return {
    id: `${localDigits(b.us)}::${b.id}`,
    activity_type: type === "CSD" && b.amount < 0 ? "CSW" : type,
    date: isoDayAt(ZONE, b.us as Micros),
    net_amount: decimal(b.amount),
    description,
    ...(b.product === null ? {} : { symbol: b.product.symbol }),
    ...(moves ? { qty: decimal(b.kind === "dividend" ? sharesOf(b) : b.qty) } : {}),
    ...(b.price === null || b.kind !== "delivery" ? {} : { price: decimal(b.price) }),
    ...(b.perShare === null ? {} : { per_share_amount: decimal(b.perShare) }),
    status: "executed",
    created_at: isoOf(b.us),
  };
}

const sharesOf = (b: Booking): number =>
  b.perShare === null || b.perShare === 0 ? 0 : exact(b.amount / b.perShare);

/** New York's wall as digits to the millisecond: the front of an activity's id. */
function localDigits(us: number): string {
  const local = us / 1000 + zoneOffsetMin(ZONE, us as Micros) * 60_000;
  return new Date(Math.floor(local)).toISOString().replace(/\D/g, "");
}

const CONFIGURATION = {
  dtbp_check: "entry",
  fractional_trading: true,
  max_margin_multiplier: "2",
  max_options_trading_level: null,
  no_shorting: false,
  pdt_check: "entry",
  ptp_no_exception_entry: false,
  suspend_trade: false,
  trade_confirm_email: "none",
};
