import type { Clock } from "../../shell/clock.ts";
import type { Told } from "../told.ts";
import { rowsOf, smaller } from "../wire-values.ts";
import type { DeribitLook } from "./look.ts";
import { wordsOf } from "./outcome.ts";
import { type OrderRow, orderRow, type TradeRow, tradeRow } from "./rows.ts";

/** How long an execution may come after the order that counts it, before it is asked for. */
const LATE_FILL_MS = 400;

/** Turns what Deribit says of orders and trades into events; where the two do not fit each other it looks the order up. */
export class DeribitWatch {
  private readonly waiting = new Map<string, () => void>();
  private closed = false;
  /** The last look went wrong, which is said once. */
  private blind = false;
  private cancel: (() => void) | null = null;

  constructor(
    private readonly told: Told,
    private readonly look: DeribitLook,
    private readonly clock: Clock,
    private readonly pollMs: number,
    private readonly log: (level: "info" | "warn" | "error", text: string) => void,
  ) {}

  start(): void {
    this.cancel = this.clock.after(this.pollMs, () => void this.poll());
  }

  private async poll(): Promise<void> {
    await this.catchUp();
    if (!this.closed) this.start();
  }

  heard(channel: string, data: unknown): void {
    if (channel.startsWith("user.trades."))
      return this.trades(rowsOf(data).flatMap((r) => tradeRow(r) ?? []));
    if (!channel.startsWith("user.orders.")) return;
    for (const value of Array.isArray(data) ? data : [data]) {
      const row = orderRow(value);
      if (row === null) this.log("warn", "deribit: a message of an order can't be read");
      else this.order(row);
    }
  }

  trades(rows: readonly TradeRow[]): void {
    for (const { label, fill } of rows) if (label !== null) this.told.fill(label, fill);
  }

  /** An order as it stands. Its end is told once its executions are complete, so that none comes after it. */
  order(row: OrderRow): void {
    const { label } = row;
    if (label === null) return;
    if (row.state !== "rejected") this.told.acked(label, row.orderId);
    const known = this.told.filled(label);
    const fits = !smaller(known, row.filled) && !smaller(row.filled, known);
    if (fits) this.end(label, row);
    else this.soon(label, row.orderId);
  }

  private end(label: string, row: OrderRow): void {
    if (row.state === "filled") this.told.over(label);
    else if (row.state !== "working") this.told.ended(row.state, label, row.reason ?? row.state);
  }

  /**
   * Looks at an order in a moment: executions that are missing come by then, or were lost; ones too many were taken back; and that a cancel
   * was answered does not say who came first.
   */
  soon(label: string, orderId: string): void {
    this.waiting.get(label)?.();
    const cancel = this.clock.after(LATE_FILL_MS, () => {
      this.waiting.delete(label);
      void this.compare(label, orderId);
    });
    this.waiting.set(label, cancel);
  }

  private async compare(label: string, orderId: string): Promise<void> {
    if (this.closed) return;
    try {
      const row = await this.look.state(orderId);
      if (row === null) return;
      const fills = await this.look.tradesOf(orderId);
      const there = new Set(fills.map((f) => f.execId));
      for (const fill of fills) this.told.fill(label, fill);
      // Only a total that went back says that an execution is gone, not its absence from a list.
      for (const { execId } of this.told.fills(label))
        if (smaller(row.filled, this.told.filled(label)) && !there.has(execId)) this.told.bust(label, execId);
      this.end(label, row);
    } catch (error) {
      this.log("warn", `deribit: ${label} could not be looked up: ${wordsOf(error)}`);
    }
  }

  /** What became of the orders that were at work while nothing was heard of them. */
  async catchUp(): Promise<void> {
    if (this.closed || this.told.live().length === 0) return;
    try {
      const open = await this.look.openRows();
      for (const row of open) this.order(row);
      const working = new Set(open.map((o) => o.label));
      for (const clientId of this.told.live().filter((id) => !working.has(id))) {
        const order = await this.look.byLabel(clientId);
        if (order !== null) this.told.adopt(clientId, order);
      }
      this.blind = false;
    } catch (error) {
      if (!this.blind && !this.closed)
        this.log("warn", `deribit: orders could not be looked up: ${wordsOf(error)}`);
      this.blind = true;
    }
  }

  close(): void {
    this.closed = true;
    this.cancel?.();
    for (const cancel of this.waiting.values()) cancel();
  }
}
