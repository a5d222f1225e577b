import type { CommandResult, OrderCommand, OrdersView, ViewName, Views } from "../desk/protocol.ts";
import type { OrderSummary } from "../desk/views/context.ts";
import type { LedgerFault } from "../orders/ledger-port.ts";
import type { OrderSession } from "./order-session.ts";

type Asked = OrderCommand | { readonly name: "kill"; readonly reason: string };

/** Stands in for orders until their ledger is read: refuses all but the kill key, which is carried out the moment they open. */
export class OrdersToCome {
  /** Why there are none yet, or never will be. */
  reason = "orders open in a moment: their ledger is being read";
  private kill: Asked | null = null;
  private blocked = false;

  command(asked: Asked): CommandResult {
    if (asked.name !== "kill") return { ok: false, message: this.reason };
    if (this.blocked) return { ok: true, message: `HALTED by ${asked.reason}: orders are blocked anyway` };
    this.kill = asked;
    return { ok: true, message: `HALTED by ${asked.reason} as soon as orders open; nothing is sent before` };
  }

  opened(session: OrderSession): void {
    if (this.kill !== null) session.command(this.kill);
    this.kill = null;
  }

  /** There will be none in this run: without a ledger nothing is sent. */
  never(fault: LedgerFault): string {
    this.blocked = true;
    this.reason = `orders are blocked: ${fault.message}`;
    return this.reason;
  }

  /** What the status line says meanwhile; undefined while orders are to come. */
  summary(): OrderSummary | undefined {
    return this.blocked ? { trading: "halted", workingOrders: 0, stagedTickets: 0 } : undefined;
  }

  view<V extends ViewName>(view: V): Views[V]["model"] | null {
    if (!this.blocked || view !== "orders") return null;
    const model: OrdersView = {
      trading: "halted",
      tradingReason: this.reason,
      account: "none",
      rows: [],
      working: 0,
      unknown: 0,
      tickets: 0,
      external: 0,
      warnings: [],
      branch: 0,
      branches: 0,
      guard: null,
      left: [],
      locked: this.reason,
    };
    return model as Views[V]["model"];
  }
}
