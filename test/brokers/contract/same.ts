import type { OrderStatus } from "../../../engines/orders/index.ts";
import type { DeskAtVenue } from "./desk.ts";
import type { BrokerRig } from "./rig.ts";

/** What an order may be in the ledger, by what it is at the venue. */
export const SAME: Readonly<Record<string, readonly OrderStatus[]>> = {
  working: ["ACKED", "PARTIAL"],
  filled: ["FILLED"],
  cancelled: ["CANCELLED"],
  rejected: ["REJECTED"],
  expired: ["EXPIRED"],
};

let asked = 0;

/** Whether every order of the ledger is what the venue has; the desk is asked to reconcile now and then. */
export async function sameAsVenue(rig: BrokerRig, at: DeskAtVenue, ids: readonly string[]): Promise<boolean> {
  if (performance.now() - asked > 400) {
    asked = performance.now();
    at.command({ name: "reconcile" });
  }
  for (const id of ids) {
    const [order] = await rig.at(id);
    const { status, fills } = at.state(id);
    const filled = [...fills.values()]
      .filter((f) => f.legIndex === 0)
      .reduce((s, f) => s + Math.abs(Number(f.qty)), 0);
    if (order === undefined ? !["PENDING", "REJECTED", "DENIED"].includes(status) : filled !== order.filled)
      return false;
    if (order !== undefined && !(SAME[order.status] ?? []).includes(status)) return false;
  }
  return true;
}
