import type { CommandResult, OrderCommand } from "../desk/protocol.ts";
import type { OrderSession } from "./order-session.ts";

type Asked = OrderCommand | { readonly name: "kill"; readonly reason: string };

/** Stands in for orders until their ledger is read: refuses all but the kill key, which is carried out the moment they open. */
export class OrdersToCome {
  /** Why there are none yet, or never will be. */
  reason = "orders open in a moment: their ledger is being read";
  private kill: Asked | null = null;

  command(asked: Asked): CommandResult {
    if (asked.name !== "kill") return { ok: false, message: this.reason };
    this.kill = asked;
    return { ok: true, message: `HALTED by ${asked.reason} as soon as orders open; nothing is sent before` };
  }

  opened(session: OrderSession): void {
    if (this.kill !== null) session.command(this.kill);
    this.kill = null;
  }
}
