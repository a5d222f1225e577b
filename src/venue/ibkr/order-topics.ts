import type { VenueContext } from "../context.ts";
import type { OrderEvent } from "../orders/types.ts";
import type { IbkrOrders, Row } from "./orders.ts";
import type { IbkrOrderRest } from "./rest-orders.ts";

/** `sor` and `str` on one websocket: rows first in full, then what changed; trades as they come. */
export class OrderTopics {
  private rows: Map<number, Row> | null = null;
  private trades = false;
  private readonly off: () => void;

  constructor(
    private readonly context: VenueContext,
    private readonly path: string,
    private readonly orders: IbkrOrders,
    private readonly rest: IbkrOrderRest,
    private readonly out: (message: object) => void,
  ) {
    this.off = orders.exchange.onEvent((event) => this.event(event));
  }

  /** False when the topic is not one of orders. */
  handle(topic: string, args: string): boolean {
    if (topic === "sor") this.subscribe();
    else if (topic === "uor") this.rows = null;
    else if (topic === "str") this.follow(args);
    else if (topic === "utr") this.trades = false;
    else return false;
    return true;
  }

  private subscribe(): void {
    if (this.context.faults.take("sorRefused", this.path) !== null)
      return this.out({ error: "unable to subscribe", code: 500, topic: "sor" });
    this.rows = new Map();
    const all = this.orders.exchange.orders.filter((o) => this.rest.passes(o)).map((o) => this.orders.row(o));
    for (const row of all) this.rows.set(row.orderId, row);
    this.out({ topic: "sor", args: all });
  }

  private follow(args: string): void {
    this.trades = true;
    if (args.includes('"realtimeUpdatesOnly":true')) return;
    const past = this.orders.exchange.executions.flatMap((e) => this.orders.trades(e));
    if (past.length > 0) this.out({ topic: "str", args: past });
  }

  private event(event: OrderEvent): void {
    if (this.rows !== null && this.rest.passes(event.order)) this.tell(this.rows, event);
    if (this.trades && event.kind === "fill" && event.execution !== null)
      this.out({ topic: "str", args: this.orders.trades(event.execution) });
  }

  private tell(rows: Map<number, Row>, event: OrderEvent): void {
    const row = this.orders.row(event.order);
    const before = rows.get(row.orderId);
    rows.set(row.orderId, row);
    const { acct, orderId } = row;
    const changed =
      before === undefined
        ? row
        : Object.fromEntries(Object.entries(row).filter(([k, v]) => before[k] !== v));
    this.out({ topic: "sor", args: [{ ...changed, acct, orderId }] });
  }

  close(): void {
    this.off();
  }
}
