import type { Execution } from "../../engines/orders/index.ts";
import type { BrokerEvent, BrokerOrder } from "./broker.ts";
import { sumOf } from "./wire-values.ts";

/** How long ended orders are remembered, in orders: a late execution or bust still finds its own. */
const REMEMBERED = 2_000;

interface Known {
  brokerId: string | null;
  readonly fills: Map<string, Execution>;
  readonly busted: Set<string>;
  ended: boolean;
  /** Monotonic ms of its one submit, null where another run of the desk sent it. */
  readonly sentMs: number | null;
}

/** What was told of each order, so that each thing is told once whichever way it came: stream, answer or list. */
export class Told {
  private readonly orders = new Map<string, Known>();
  private listener: (event: BrokerEvent) => void = () => undefined;

  onEvent(listener: (event: BrokerEvent) => void): void {
    this.listener = listener;
  }

  sent(clientId: string, sentMs: number): void {
    this.known(clientId, sentMs);
  }

  sentMs(clientId: string): number | null {
    return this.orders.get(clientId)?.sentMs ?? null;
  }

  brokerId(clientId: string): string | null {
    return this.orders.get(clientId)?.brokerId ?? null;
  }

  /** Client ids of orders that may still be at work. */
  live(): string[] {
    return [...this.orders].filter(([, o]) => !o.ended).map(([id]) => id);
  }

  fills(clientId: string): readonly Execution[] {
    return [...(this.orders.get(clientId)?.fills.values() ?? [])];
  }

  /** Signed quantity of a leg that was told. */
  filled(clientId: string, legIndex = 0): string {
    return sumOf(
      this.fills(clientId)
        .filter((f) => f.legIndex === legIndex)
        .map((f) => f.qty),
    );
  }

  acked(clientId: string, brokerId: string): void {
    const order = this.known(clientId);
    if (order.brokerId === brokerId) return;
    order.brokerId = brokerId;
    this.listener({ k: "acked", clientId, brokerId });
  }

  fill(clientId: string, fill: Execution): void {
    const order = this.known(clientId);
    if (order.fills.has(fill.execId) || order.busted.has(fill.execId)) return;
    order.fills.set(fill.execId, fill);
    this.listener({ k: "fill", clientId, fill });
  }

  bust(clientId: string, execId: string): void {
    const order = this.known(clientId);
    if (order.busted.has(execId)) return;
    order.busted.add(execId);
    order.fills.delete(execId);
    this.listener({ k: "bust", clientId, execId });
  }

  ended(k: "cancelled" | "rejected" | "expired", clientId: string, reason: string): void {
    const order = this.known(clientId);
    if (order.ended) return;
    order.ended = true;
    this.listener({ k, clientId, reason });
  }

  /** It never came to be: nothing more is heard of it. */
  over(clientId: string): void {
    const order = this.orders.get(clientId);
    if (order !== undefined) order.ended = true;
  }

  /** Everything that a look at the order says beyond what was told. */
  adopt(clientId: string, order: BrokerOrder): void {
    if (order.status !== "rejected") this.acked(clientId, order.brokerId);
    for (const fill of order.fills) this.fill(clientId, fill);
    if (order.status === "filled") this.over(clientId);
    else if (order.status !== "working") this.ended(order.status, clientId, order.reason ?? order.status);
  }

  private known(clientId: string, sentMs: number | null = null): Known {
    const found = this.orders.get(clientId);
    if (found !== undefined) return found;
    const made: Known = { brokerId: null, fills: new Map(), busted: new Set(), ended: false, sentMs };
    this.orders.set(clientId, made);
    if (this.orders.size > REMEMBERED) this.forget();
    return made;
  }

  private forget(): void {
    for (const [id, order] of this.orders)
      if (order.ended) {
        this.orders.delete(id);
        return;
      }
  }
}
