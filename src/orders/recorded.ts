import type { LedgerRecord } from "../../engines/orders/index.ts";
import type { Desk } from "../desk/desk.ts";
import { OrderBook } from "./order-book.ts";

/** What the ids of recorded orders begin with: those of the replay's own paper account look alike otherwise. */
export const RECORDED = "R:";

/** Orders of a session that was recorded live, as they stood where the replay is: a fold of what its desk wrote down then. Nothing is sent by it. */
export class RecordedOrders {
  private book: OrderBook;
  private folded = 0;

  constructor(
    private readonly account: string,
    private readonly baseCcy: string,
  ) {
    this.book = new OrderBook(account, baseCcy);
  }

  /** Null where nothing of the kind was recorded up to here. */
  at(desk: Desk): OrderBook | null {
    const here = this.records(desk);
    if (here.length < this.folded) {
      this.book = new OrderBook(this.account, this.baseCcy);
      this.folded = 0;
    }
    for (const record of here.slice(this.folded)) this.book.apply(record);
    this.folded = here.length;
    return this.book.orders.size === 0 ? null : this.book;
  }

  records({ orderRecords, seq }: Desk): LedgerRecord[] {
    return orderRecords.flatMap((r) => (r.seq < seq ? [r.data as LedgerRecord] : []));
  }
}
