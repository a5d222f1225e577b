import type { Clock } from "../../shell/clock.ts";
import type { Told } from "../told.ts";
import { decimalOf, type Row, rowsOf, smaller, textOf } from "../wire-values.ts";
import type { IbkrLook } from "./look.ts";
import { executionOf, type OrderRow, type TradeRow, tradeRow } from "./rows.ts";

/** How often an end waits for executions that it counts, before it is told without them. */
const MOST_WAITS = 5;
/** How long an execution may come after the order that counts it, before it is asked for. */
const LATE_FILL_MS = 300;

/**
 * Turns the gateway's rows of orders and executions into events. The stream may be refused, mute or narrowed, so orders at work are looked up
 * besides; where totals and executions do not fit each other the executions are looked up.
 */
export class IbkrWatch {
  private readonly rows = new Map<string, Row>();
  private readonly waits = new Map<string, number>();
  /** Orders whose total is not what their executions come to, as of their newest row. */
  private readonly unfit = new Map<string, OrderRow>();
  private readonly timers = new Set<() => void>();
  /** Executions one after the other: their contracts may have to be asked for. */
  private tail: Promise<void> = Promise.resolve();
  private cancel: (() => void) | null = null;
  private closed = false;
  /** The last look went wrong, which is said once. */
  private blind = false;

  constructor(
    private readonly told: Told,
    private readonly look: IbkrLook,
    private readonly clock: Clock,
    private readonly pollMs: number,
    private readonly log: (level: "info" | "warn" | "error", text: string) => void,
  ) {}

  start(): void {
    this.cancel = this.clock.after(this.pollMs, () => void this.poll());
  }

  heard(topic: string, args: unknown): void {
    const parts = rowsOf(args).filter((r) => this.look.mine(r));
    if (topic === "str") return this.trades(parts.flatMap((r) => tradeRow(r) ?? []));
    for (const part of parts) {
      const id = textOf(part["orderId"]);
      if (id === null) continue;
      const row = { ...this.rows.get(id), ...part };
      this.rows.set(id, row);
      const order = this.look.read(row);
      if (order !== null) this.order(order);
    }
  }

  /** The newest row that is known of an order. */
  row(ref: string): OrderRow | null {
    for (const row of this.rows.values()) if (row["order_ref"] === ref) return this.look.read(row);
    return null;
  }

  private trades(rows: readonly TradeRow[]): void {
    this.later(async () => this.book(await this.look.booked(rows)));
  }

  /** An execution of a higher correction number takes the place of the one before. */
  private book(rows: Awaited<ReturnType<IbkrLook["booked"]>>): void {
    for (const { ref, fill } of rows) {
      if (ref === null) continue;
      const same = this.told.fills(ref).filter((f) => executionOf(f.execId) === executionOf(fill.execId));
      if (same.some((f) => f.execId >= fill.execId)) continue;
      for (const { execId } of same) this.told.bust(ref, execId);
      this.told.fill(ref, fill);
    }
  }

  /** An order as it stands. Its end is told once its executions are complete. */
  order(row: OrderRow): void {
    const { ref } = row;
    if (ref === null) return;
    if (row.state !== "rejected") this.told.acked(ref, row.orderId);
    this.later(async () => {
      if (this.fits(ref, row)) this.end(ref, row);
      else this.soon(ref, row);
    });
  }

  /** Executions come by their own topic in a moment; those that don't are looked up. */
  private soon(ref: string, row: OrderRow): void {
    const pending = this.unfit.has(ref);
    this.unfit.set(ref, row);
    if (pending) return;
    const cancel = this.clock.after(LATE_FILL_MS, () => {
      this.timers.delete(cancel);
      this.later(() => this.settle(ref));
    });
    this.timers.add(cancel);
  }

  private async settle(ref: string): Promise<void> {
    const row = this.unfit.get(ref) as OrderRow;
    this.unfit.delete(ref);
    if (!this.fits(ref, row)) await this.compare(ref, row);
    const waited = this.waits.get(ref) ?? 0;
    const fits = this.fits(ref, row);
    if (!fits && waited < MOST_WAITS) return void this.waits.set(ref, waited + 1);
    this.waits.delete(ref);
    // A filled order is watched on until its executions are here: nothing else would ask for them.
    if (fits || row.state !== "filled") this.end(ref, row);
  }

  private end(ref: string, row: OrderRow): void {
    if (row.state === "filled") this.told.over(ref);
    else if (row.state === "cancelled") this.told.ended("cancelled", ref, "cancelled");
    else if (row.state === "rejected") this.told.ended("rejected", ref, "the broker made it inactive");
  }

  private fits(ref: string, row: OrderRow): boolean {
    return row.legs.every((leg, i) => {
      const known = this.told.filled(ref, i);
      const wanted = legQty(row, leg.ratio);
      return !smaller(known, wanted) && !smaller(wanted, known);
    });
  }

  private async compare(ref: string, row: OrderRow): Promise<void> {
    const all = await this.look.executions();
    this.book(all);
    const there = new Set(all.map((b) => b.fill.execId));
    // Only a total that went back says that an execution is gone, not its absence from a list.
    for (const fill of this.told.fills(ref)) {
      const wanted = legQty(row, row.legs[fill.legIndex]?.ratio ?? 1);
      if (smaller(wanted, this.told.filled(ref, fill.legIndex)) && !there.has(fill.execId))
        this.told.bust(ref, fill.execId);
    }
  }

  private later(run: () => Promise<void>): void {
    this.tail = this.tail.then(async () => {
      if (this.closed) return;
      try {
        await run();
      } catch (error) {
        this.unseen(error);
      }
    });
  }

  /** Orders that work, by the list. */
  private async poll(): Promise<void> {
    if (this.told.live().length > 0) await this.catchUp();
    if (!this.closed) this.start();
  }

  async catchUp(): Promise<void> {
    try {
      const { rows } = await this.look.orders();
      const live = new Set(this.told.live());
      for (const row of rows) if (row.ref !== null && live.has(row.ref)) this.order(row);
      this.blind = false;
    } catch (error) {
      this.unseen(error);
    }
  }

  private unseen(error: unknown): void {
    if (!this.closed && !this.blind)
      this.log("warn", `ibkr: orders could not be looked up: ${wordsOf(error)}`);
    this.blind = true;
  }

  close(): void {
    this.closed = true;
    this.cancel?.();
    for (const cancel of this.timers) cancel();
  }
}

/** Contracts of a leg that an order has traded by its total. */
const legQty = (row: OrderRow, ratio: number): string => decimalOf(Number(row.filled) * ratio) ?? "0";

export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
