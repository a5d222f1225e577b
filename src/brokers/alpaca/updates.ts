import { addQty, formatQty, parseQty, type Qty } from "../../../engines/market/index.ts";
import { canonicalQty, type Execution } from "../../../engines/orders/index.ts";
import type { BrokerEvent } from "../broker.ts";
import { type Chain, type Chains, heardUnits } from "./chains.ts";
import { statusOf } from "./lookup.ts";
import type { WireOrder, WireUpdate } from "./wire.ts";

export interface UpdatesOut {
  tell(event: BrokerEvent): void;
  /** Something was missed, or can't be told exactly from the event: look at the books, then call. */
  audit(why: string, then?: () => void): void;
  log(level: "info" | "warn" | "error", text: string): void;
  /** What became of a replacement, by the order that was to take the other's place, or the one that was to be replaced. */
  replacement(orderId: string, done: boolean): void;
}

/** Orders that are not at work yet, or on their way to something: they exist, that is all. */
const UNSETTLED: ReadonlySet<string> = new Set(["pending_new", "pending_replace", "accepted_for_bidding"]);

/** Turns the stream's events into the desk's, in whatever order and however often they come. */
export class Updates {
  constructor(
    private readonly chains: Chains,
    private readonly out: UpdatesOut,
  ) {}

  handle(update: WireUpdate): void {
    const { event, order } = update;
    if (this.chains.isLeg(order.id)) return this.out.audit("a leg by itself");
    const chain = this.chains.note(order);
    if (event === "fill" || event === "partial_fill") this.filled(chain, update);
    else if (event === "trade_bust") return this.bust(chain, update);
    else if (event === "trade_correct") {
      this.out.log("error", `${chain.clientId}: the vendor corrected an execution; compare the books`);
      return this.out.audit("a correction");
    } else if (event === "order_replace_rejected") this.replaceRefused(chain, order);
    else if (event === "order_cancel_rejected")
      this.out.log("warn", `${chain.clientId}: the cancel was refused, the order lives on`);
    else if (event === "restated" || event === "done_for_day") this.out.audit(`the order was ${event}`);
    this.state(chain, order);
  }

  private state(chain: Chain, order: WireOrder): void {
    if (order.status === "replaced") {
      if (order.replacedBy !== null) this.replaced(chain, order.replacedBy);
      return;
    }
    const status = statusOf(order);
    if (status === "rejected" && order.replaces !== null) return this.replacementRejected(chain, order);
    if (status === "cancelled" || status === "expired" || status === "rejected")
      return this.ended(chain, order, status);
    this.acknowledged(chain, order);
    // What the order has done must be what was told of it; else something was missed.
    const heard = heardUnits(chain);
    if (parseQty(order.filledQty) > heard) return this.out.audit("a fill was not heard");
    if (status === "filled") chain.ended = true;
  }

  private acknowledged(chain: Chain, order: WireOrder): void {
    const { clientId } = chain;
    if (order.replaces === null)
      return this.out.tell({ k: "acked", clientId, brokerId: chain.ids[0] ?? order.id });
    if (!UNSETTLED.has(order.status)) this.replaced(chain, order.id);
  }

  private replaced(chain: Chain, brokerId: string): void {
    const { clientId } = chain;
    const attempt = this.chains.attemptOf(brokerId);
    this.out.replacement(brokerId, true);
    if (attempt <= chain.attempt) return;
    chain.attempt = attempt;
    this.out.tell({ k: "replaced", clientId, attempt, brokerId });
  }

  private ended(chain: Chain, order: WireOrder, k: "cancelled" | "expired" | "rejected"): void {
    const say = (): void => {
      chain.ended = true;
      this.out.tell({ k, clientId: chain.clientId, reason: `${k} at Alpaca` });
    };
    // An end before its fills would make them late: what is missing is asked for first.
    if (parseQty(order.filledQty) > heardUnits(chain)) this.out.audit("a fill before the end", say);
    else say();
  }

  private replaceRefused(chain: Chain, order: WireOrder): void {
    this.out.replacement(order.id, false);
    this.out.log("warn", `${chain.clientId}: the vendor refused the replacement, the old limit stands`);
  }

  private replacementRejected(chain: Chain, order: WireOrder): void {
    this.chains.drop(chain, order.id);
    this.out.replacement(order.id, false);
  }

  private filled(chain: Chain, update: WireUpdate): void {
    const { executionId } = update;
    if (executionId !== null && chain.streamed.has(executionId)) return;
    const fills = this.executions(chain, update);
    if (fills === null) return;
    if (executionId !== null)
      chain.streamed.set(
        executionId,
        fills.map((f) => f.execId),
      );
    for (const fill of fills)
      if (this.chains.hear(chain, fill)) this.out.tell({ k: "fill", clientId: chain.clientId, fill });
  }

  /** The legs' executions of an event; null where only the account's list of fills has the exact prices. */
  private executions(chain: Chain, { order, price, qty, us, executionId }: WireUpdate): Execution[] | null {
    if (qty === null || price === null || !(us > 0)) return null;
    const shared = { orderId: order.id, us };
    if (!order.pack) {
      const side = order.side ?? "buy";
      const row = { ...shared, symbol: order.symbol, side, qty, price, cumulative: order.filledQty };
      const one = this.chains.heardAs(chain, row, executionId);
      return one === null ? null : [one];
    }
    // Of a package the event has the net; the average of a leg is its price while this is its only execution.
    if (order.legs.length === 0 || parseQty(qty) !== parseQty(order.filledQty)) return null;
    const legs = order.legs.map(({ symbol, side, filledQty, average }) =>
      average === null
        ? null
        : this.chains.heardAs(
            chain,
            { ...shared, symbol, side, qty: filledQty, price: average, cumulative: filledQty },
            executionId,
          ),
    );
    return legs.every((l) => l !== null) ? (legs as Execution[]) : null;
  }

  /** An execution is taken back. Its name is known where it was heard; else it is the one that brought the order to where it was. */
  private bust(chain: Chain, { order, executionId, qty }: WireUpdate): void {
    const known = executionId === null ? undefined : chain.streamed.get(executionId);
    const ids = known ?? (qty === null ? [] : lastPlaces(chain, order, qty));
    if (ids.length === 0)
      return this.out.log("error", `${chain.clientId}: a bust that names no execution; compare the books`);
    for (const execId of ids) {
      chain.busted.add(execId);
      chain.heard.delete(execId);
      this.out.tell({ k: "bust", clientId: chain.clientId, execId });
    }
  }
}

function lastPlaces(chain: Chain, order: WireOrder, qty: string): string[] {
  const units = addQty(parseQty(order.filledQty), parseQty(qty));
  return chain.legs.map(({ symbol, ratio }) => {
    const cumulative = canonicalQty(formatQty((units * Math.abs(ratio)) as Qty));
    return `${order.id}/${symbol}/${cumulative}`;
  });
}
