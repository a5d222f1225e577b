import type { Execution } from "../../../engines/orders/index.ts";
import type { AccountActivity, BrokerAccount, BrokerOrder, BrokerPosition } from "../broker.ts";
import { decimalOf, type Row, rowOf, rowsOf, smaller, sumOf, textOf } from "../wire-values.ts";
import { readActivity } from "./activities.ts";
import type { DeribitLink } from "./link.ts";
import { idOfName } from "./names.ts";
import { brokerOrder, type OrderRow, orderRow, type TradeRow, tradeRow, tradeRows } from "./rows.ts";

/** Trades of one answer. */
const PAGE = 1000;
const MOST_PAGES = 50;
const LOG_PAGE = 250;
/** Trades younger than this are listed as recent ones, older ones as history. */
const RECENT_MS = 24 * 3_600_000;
/** What options are settled in that this desk sends. */
const COINS = ["BTC", "ETH"] as const;
/** The ledger keeps money in millionths. */
const MONEY_DECIMALS = 6;

/** What the account has: orders, executions, positions, money. Only looks. Each throws RpcError where Deribit does not answer. */
export class DeribitLook {
  private readonly sent = new Map<string, string>();

  constructor(
    private readonly link: DeribitLink,
    /** Currencies that the account may hold and trade. */
    private readonly currencies: readonly string[],
  ) {}

  /** An order of this run of the desk: where it is to be looked for. */
  sends(label: string, currency: string): void {
    this.sent.set(label, currency);
  }

  /** By label, in open and recent orders, in the history and in the executions; null where it is in none of them. */
  async byLabel(label: string): Promise<BrokerOrder | null> {
    const own = this.sent.get(label);
    const currencies = own === undefined ? COINS : [own];
    for (const currency of currencies) {
      const rows = rowsOf(await this.link.call("private/get_order_state_by_label", { currency, label }));
      const found = rows.flatMap((r) => orderRow(r) ?? []).filter((o) => o.label === label);
      if (found.length > 0) return await this.whole(found);
    }
    for (const currency of currencies) {
      const old = (await this.history(currency)).filter((o) => o.label === label);
      if (old.length > 0) return await this.whole(old);
    }
    const days = own === undefined ? 7 : 0.5;
    const since = (this.link.serverMs() - days * RECENT_MS) * 1000;
    const trades = (await this.executions(since, currencies)).filter((t) => t.label === label);
    return trades.length === 0 ? null : byTrades(label, trades);
  }

  private async history(currency: string): Promise<OrderRow[]> {
    const params = { currency, count: PAGE, include_old: true, include_unfilled: true };
    const rows = await this.link.call("private/get_order_history_by_currency", params);
    return rowsOf(rows).flatMap((r) => orderRow(r) ?? []);
  }

  /** One label is one order here; should it be several at Deribit, the one that did or may do something counts, with all executions. */
  private async whole(rows: readonly OrderRow[]): Promise<BrokerOrder> {
    const fills: Execution[] = [];
    for (const row of rows) fills.push(...(await this.fillsOf(row)));
    const main =
      rows.find((r) => r.state === "working") ?? rows.find((r) => r.filled !== "0") ?? (rows[0] as OrderRow);
    return brokerOrder(main, fills);
  }

  /** @throws Error as long as the list of executions lacks what the order counts. */
  private async fillsOf(row: Pick<OrderRow, "orderId" | "filled">): Promise<Execution[]> {
    if (row.filled === "0") return [];
    const fills = await this.tradesOf(row.orderId);
    if (smaller(sumOf(fills.map((f) => f.qty)), row.filled))
      throw new Error("its executions are not listed yet");
    return fills;
  }

  async tradesOf(order_id: string): Promise<Execution[]> {
    return tradeRows(await this.link.call("private/get_user_trades_by_order", { order_id })).map(
      (t) => t.fill,
    );
  }

  async state(order_id: string): Promise<OrderRow | null> {
    return orderRow(await this.link.call("private/get_order_state", { order_id }));
  }

  async openRows(): Promise<OrderRow[]> {
    return rowsOf(await this.link.call("private/get_open_orders")).map((row) => {
      const order = orderRow(row);
      if (order === null) throw new Error("an open order can't be read");
      return order;
    });
  }

  async open(): Promise<BrokerOrder[]> {
    const orders: BrokerOrder[] = [];
    for (const row of await this.openRows()) orders.push(brokerOrder(row, await this.fillsOf(row)));
    return orders;
  }

  /** Of every currency, page by page, oldest first. */
  async executions(sinceUs: number, currencies = this.currencies): Promise<TradeRow[]> {
    const sinceMs = Math.floor(sinceUs / 1000);
    const old = sinceMs < this.link.serverMs() - RECENT_MS;
    const found = new Map<string, TradeRow>();
    for (const currency of currencies)
      for (const historical of old ? [true, false] : [false])
        for (const trade of await this.pages(currency, sinceMs, historical))
          found.set(trade.fill.execId, trade);
    return [...found.values()].sort((a, b) => a.fill.us - b.fill.us);
  }

  private async pages(currency: string, sinceMs: number, historical: boolean): Promise<TradeRow[]> {
    const found: TradeRow[] = [];
    const until = Math.ceil(this.link.serverMs()) + 60_000;
    let from = sinceMs;
    for (let page = 0; page < MOST_PAGES; page++) {
      const answer = rowOf(
        await this.link.call("private/get_user_trades_by_currency_and_time", {
          currency,
          start_timestamp: from,
          end_timestamp: until,
          count: PAGE,
          sorting: "asc",
          historical,
        }),
      );
      const rows = rowsOf(answer?.["trades"]);
      found.push(...rows.flatMap((r) => tradeRow(r) ?? []));
      const last = rows.at(-1)?.["timestamp"];
      if (answer?.["has_more"] !== true || typeof last !== "number") return found;
      // A full page of one millisecond would come again and again.
      from = Math.max(last, from + 1);
    }
    throw new Error(`more than ${MOST_PAGES * PAGE} executions of ${currency} since then`);
  }

  /** What the account booked besides executions, oldest first; the log comes newest first. */
  async activities(sinceUs: number): Promise<AccountActivity[]> {
    const found: AccountActivity[] = [];
    for (const currency of this.currencies)
      for (const row of await this.log(currency, Math.floor(sinceUs / 1000)))
        found.push(...[readActivity({ currency, ...row })].filter((a) => a !== null));
    return found.sort((a, b) => a.us - b.us || Number(a.id) - Number(b.id));
  }

  private async log(currency: string, start_timestamp: number): Promise<Row[]> {
    const found: Row[] = [];
    const end_timestamp = Math.ceil(this.link.serverMs()) + 60_000;
    let continuation: unknown = null;
    for (let page = 0; page < MOST_PAGES; page++) {
      const params = { currency, start_timestamp, end_timestamp, count: LOG_PAGE };
      const more = typeof continuation === "number" ? { continuation } : {};
      const answer = rowOf(await this.link.call("private/get_transaction_log", { ...params, ...more }));
      if (!Array.isArray(answer?.["logs"])) throw new Error("the transaction log can't be read");
      found.push(...rowsOf(answer["logs"]));
      continuation = answer["continuation"];
      if (typeof continuation !== "number" || answer["logs"].length === 0) return found;
    }
    throw new Error(`more than ${MOST_PAGES * LOG_PAGE} transactions in ${currency} since then`);
  }

  async positions(): Promise<BrokerPosition[]> {
    const rows = rowsOf(await this.link.call("private/get_positions", { currency: "any" }));
    return rows.flatMap((row) => {
      const name = textOf(row["instrument_name"]);
      const qty = decimalOf(row["size"]);
      if (name === null || qty === null) throw new Error("a position can't be read");
      const { mark_price: mark } = row;
      const average = decimalOf(row["average_price"]);
      const marked = typeof mark === "number" && Number.isFinite(mark) ? mark : null;
      return qty === "0" ? [] : [{ instrument: idOfName(name), qty, mark: marked, average }];
    });
  }

  /** Balances in their own coins. Options are paid when they are traded, so the balance is the cash; what they are worth is not in it. */
  async account(paper: boolean | null): Promise<BrokerAccount> {
    const cash: { ccy: string; amount: string }[] = [];
    let id: string | null = null;
    for (const ccy of this.currencies) {
      const row = rowOf(
        await this.link.call("private/get_account_summary", { currency: ccy, extended: true }),
      );
      const amount = decimalOf(row?.["balance"], MONEY_DECIMALS);
      if (row === null || amount === null) throw new Error(`the balance in ${ccy} can't be read`);
      id ??= textOf(row["id"]);
      cash.push({ ccy, amount });
    }
    return { id, paper, cash, netLiquidation: null };
  }
}

/** An order that only its executions tell of. */
function byTrades(label: string, trades: readonly TradeRow[]): BrokerOrder {
  const brokerId = trades.find((t) => t.orderId !== null)?.orderId ?? label;
  return {
    clientId: label,
    brokerId,
    status: "filled",
    terms: null,
    fills: trades.map((t) => t.fill),
    reason: null,
  };
}
