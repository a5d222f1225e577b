import type { InstrumentId } from "../../../engines/market/index.ts";
import type { Execution } from "../../../engines/orders/index.ts";
import type { Clock } from "../../shell/clock.ts";
import type { BrokerAccount, BrokerOrder, BrokerPosition } from "../broker.ts";
import type { BrokerInstruments } from "../setup.ts";
import { decimalOf, type Row, rowOf, rowsOf, smaller, sumOf, textOf } from "../wire-values.ts";
import type { OrderContracts } from "./contracts.ts";
import { type OrderRow, orderRow, type RowLeg, type TradeRow, tradeRow } from "./rows.ts";
import type { IbkrSession } from "./session.ts";
import { SharedLook } from "./shared-look.ts";

/** The first lists of a session are empty; how often and how long apart they are asked for again. */
const WARM_UPS = 4;
const WARM_UP_MS = 500;
/** Days of executions that the gateway still tells. */
const DAYS = 7;
const PAGE = 100;
const MOST_PAGES = 50;
/** The ledger keeps money in millionths. */
const MONEY_DECIMALS = 6;

export interface OrderList {
  readonly rows: readonly OrderRow[];
  /** The gateway says that this is all. */
  readonly complete: boolean;
}

/** An execution with the order that it belongs to. */
export interface Booked {
  readonly ref: string | null;
  readonly fill: Execution;
}

/** What the account has: orders, executions, positions, money. Only looks; each throws where the gateway does not answer. */
export class IbkrLook {
  /** Legs of orders by client id: own sends, and what lists told. */
  private readonly legs = new Map<string, readonly RowLeg[]>();
  private readonly orderList: SharedLook<OrderList>;
  private readonly tradeList: SharedLook<readonly TradeRow[]>;

  constructor(
    private readonly session: IbkrSession,
    private readonly contracts: OrderContracts,
    private readonly instruments: BrokerInstruments,
    private readonly clock: Clock,
    private readonly everyMs: number,
  ) {
    this.orderList = new SharedLook(clock, everyMs, () => this.fetchOrders());
    this.tradeList = new SharedLook(clock, everyMs, () => this.fetchTrades());
  }

  orders(): Promise<OrderList> {
    return this.orderList.ask();
  }

  sends(ref: string, legs: readonly RowLeg[]): void {
    this.legs.set(ref, legs);
  }

  /** A row of a list or of the stream. */
  read(row: Row): OrderRow | null {
    const order = orderRow(row);
    if (order?.ref != null) this.legs.set(order.ref, order.legs);
    return order;
  }

  private async fetchOrders(): Promise<OrderList> {
    let rows: readonly OrderRow[] = [];
    for (let n = 0; n < WARM_UPS; n++) {
      if (n > 0) await this.pause(Math.min(WARM_UP_MS, this.everyMs));
      const answer = rowOf(await this.session.gateway.get("/iserver/account/orders"));
      if (!Array.isArray(answer?.["orders"])) throw new Error("the gateway's list of orders can't be read");
      const list = rowsOf(answer["orders"]).filter((r) => this.mine(r));
      rows = list.flatMap((r) => this.read(r) ?? []);
      if (answer["snapshot"] === true) return { rows, complete: rows.length === list.length };
    }
    return { rows, complete: false };
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.after(ms, resolve);
    });
  }

  private async fetchTrades(): Promise<readonly TradeRow[]> {
    const answer = await this.session.gateway.get("/iserver/account/trades", { days: DAYS });
    if (!Array.isArray(answer)) throw new Error("the gateway's list of executions can't be read");
    return rowsOf(answer).flatMap((r) => (this.mine(r) ? (tradeRow(r) ?? []) : []));
  }

  /** One user may have several accounts: lists and streams tell of them all. */
  mine(row: Row): boolean {
    const account = textOf(row["acct"]) ?? textOf(row["account"]);
    return account === null || account === this.session.account;
  }

  /** Executions as they are now, oldest first; those of packages whose legs nobody knows any more are left out. */
  async executions(): Promise<Booked[]> {
    return await this.booked(await this.tradeList.ask());
  }

  async booked(rows: readonly TradeRow[]): Promise<Booked[]> {
    const found: Booked[] = [];
    for (const row of [...rows].sort((a, b) => a.us - b.us)) {
      const instrument = await this.contracts.instrument(row.conid);
      const known = row.ref === null ? undefined : this.legs.get(row.ref);
      const legIndex = known === undefined ? 0 : known.findIndex((l) => l.conid === row.conid);
      const several = known === undefined && rows.some((r) => r.ref === row.ref && r.conid !== row.conid);
      if (legIndex < 0 || (row.ref !== null && several)) continue;
      found.push({ ref: row.ref, fill: this.execution(row, legIndex, instrument) });
    }
    return found;
  }

  private execution(row: TradeRow, legIndex: number, instrument: InstrumentId): Execution {
    const { execId, qty, price, fees, us } = row;
    const feeCcy = this.instruments.byId(instrument)?.ccy ?? "USD";
    return { execId, legIndex, instrument, qty, price, fees, feeCcy, us };
  }

  /** An order by the desk's id, in the day's orders and in the executions; null where it is in neither. */
  async byRef(ref: string): Promise<BrokerOrder | null> {
    const { rows, complete } = await this.orders();
    const row = rows.find((r) => r.ref === ref);
    if (row !== undefined) return await this.whole(row);
    const fills = (await this.executions()).filter((b) => b.ref === ref).map((b) => b.fill);
    if (fills.length > 0)
      return { clientId: ref, brokerId: ref, status: "filled", terms: null, fills, reason: null };
    if (!complete) throw new Error("the gateway has not got its list of orders together yet");
    return null;
  }

  async open(): Promise<BrokerOrder[]> {
    const { rows, complete } = await this.orders();
    if (!complete) throw new Error("the gateway has not got its list of orders together yet");
    const orders: BrokerOrder[] = [];
    for (const row of rows) if (row.state === "working") orders.push(await this.whole(row));
    return orders;
  }

  private async whole(row: OrderRow): Promise<BrokerOrder> {
    const { ref, side, total: qty, price: limit, tif, orderId } = row;
    const fills = ref === null ? [] : await this.fillsOf(ref, row);
    const legs = [];
    for (const { conid, ratio } of row.legs)
      legs.push({ instrument: await this.contracts.instrument(conid), ratio, intent: "open" as const });
    return {
      clientId: ref,
      brokerId: orderId,
      status: row.state,
      terms: limit === null ? null : { side, legs, qty, limit, tif },
      fills,
      reason: row.state === "rejected" ? "the broker made it inactive" : null,
    };
  }

  /** @throws Error as long as the list of executions lacks what the order counts. */
  private async fillsOf(ref: string, row: OrderRow): Promise<Execution[]> {
    if (row.filled === "0") return [];
    const fills = (await this.executions()).filter((b) => b.ref === ref).map((b) => b.fill);
    const lacks = row.legs.some(({ ratio }, i) => {
      const traded = sumOf(fills.filter((f) => f.legIndex === i).map((f) => f.qty));
      return smaller(traded, String(Number(row.filled) * ratio));
    });
    if (lacks) throw new Error("its executions are not listed yet");
    return fills;
  }

  async positions(): Promise<BrokerPosition[]> {
    const account = this.accountNow();
    const { gateway } = this.session;
    await gateway.post(`/portfolio/${account}/positions/invalidate`);
    const found: BrokerPosition[] = [];
    for (let page = 0; page < MOST_PAGES; page++) {
      const answer = await gateway.get(`/portfolio/${account}/positions/${page}`);
      if (!Array.isArray(answer)) throw new Error("the gateway's positions can't be read");
      for (const row of rowsOf(answer)) {
        const qty = decimalOf(row["position"]);
        if (qty === null) throw new Error("a position can't be read");
        const conid = Number(row["conid"]);
        const { mktPrice } = row;
        const mark = typeof mktPrice === "number" && Number.isFinite(mktPrice) ? mktPrice : null;
        const average = decimalOf(row["avgPrice"]);
        if (qty !== "0")
          found.push({ instrument: await this.contracts.instrument(conid), qty, mark, average });
      }
      if (answer.length < PAGE) return found;
    }
    throw new Error(`more than ${MOST_PAGES * PAGE} positions`);
  }

  async account(): Promise<BrokerAccount> {
    const account = this.accountNow();
    const ledger = rowOf(await this.session.gateway.get(`/portfolio/${account}/ledger`));
    if (ledger === null) throw new Error("the gateway's ledger can't be read");
    const cash: { ccy: string; amount: string }[] = [];
    for (const [ccy, value] of Object.entries(ledger)) {
      const amount = decimalOf(rowOf(value)?.["cashbalance"], MONEY_DECIMALS);
      if (ccy === "BASE") continue;
      if (amount === null) throw new Error(`the cash in ${ccy} can't be read`);
      cash.push({ ccy, amount });
    }
    const net = rowOf(ledger["BASE"])?.["netliquidationvalue"];
    // Rates are into the account's own currency; several at 1 leave it open.
    const own = cash.map((c) => c.ccy).filter((ccy) => rowOf(ledger[ccy])?.["exchangerate"] === 1);
    return {
      id: account,
      paper: this.session.paper,
      cash,
      netLiquidation: typeof net === "number" ? net : null,
      netCcy: own.length === 1 ? (own[0] ?? null) : null,
    };
  }

  private accountNow(): string {
    const { account, standing } = this.session;
    if (account === null) throw new Error(standing ?? "no account is known yet");
    return account;
  }

  close(): void {
    this.orderList.close();
    this.tradeList.close();
  }
}
