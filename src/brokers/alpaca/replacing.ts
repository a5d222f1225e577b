import type { Clock } from "../../shell/clock.ts";
import type { SubmitReply } from "../broker.ts";
import { type Chains, replacementId } from "./chains.ts";
import type { Lookup } from "./lookup.ts";
import type { Reads } from "./reads.ts";
import type { Sends } from "./sends.ts";
import { readOrder, type WireOrder } from "./wire.ts";

interface Waiter {
  readonly old: string;
  readonly next: string;
  readonly settle: (done: boolean | null) => void;
}

/** The limit of a working order is changed by an order that takes its place. An answer of 200 only says that this was asked. */
export class Replacing {
  private readonly waiters = new Set<Waiter>();
  /** What the stream said already: it may be faster than the answer. */
  private readonly outcomes = new Map<string, boolean>();

  constructor(
    private readonly at: {
      readonly reads: Reads;
      readonly sends: Sends;
      readonly lookup: Lookup;
      readonly chains: Chains;
      readonly clock: Clock;
      readonly withinMs: number;
    },
  ) {}

  /** From the stream: `orderId` took another's place, or is not to be replaced, or did not come to life. */
  outcome(orderId: string, done: boolean): void {
    this.outcomes.set(orderId, done);
    for (const w of this.waiters) if (w.next === orderId || (!done && w.old === orderId)) w.settle(done);
  }

  async replace(
    target: { readonly clientId: string; readonly brokerId: string | null; readonly attempt: number },
    limit: string,
  ): Promise<SubmitReply> {
    const { chains, reads, sends, clock } = this.at;
    const id = chains.get(target.clientId)?.ids.at(-1) ?? target.brokerId;
    // Nothing was changed as long as it is only asked for.
    const order = id === null ? null : await reads.order(id).catch(() => null);
    if (id === null || order === null) return rejected("the order could not be looked at first");
    if (order.legs.length > 0)
      return rejected("Alpaca does not change packages: cancel it and send a new ticket");
    chains.note(order);
    this.outcomes.delete(id);
    const clientId = replacementId(target.clientId, target.attempt, Math.round(clock.wallUs() / 1000));
    const sent = await sends.once("PATCH", `/v2/orders/${id}`, {
      limit_price: limit,
      client_order_id: clientId,
    });
    if (sent.how === "refused") return rejected(sent.reason);
    const next = sent.how === "done" ? readOrder(sent.body) : null;
    if (sent.how === "lost") return unknown(sent.reason);
    if (next === null) return unknown("an answer that can't be read");
    chains.note(next);
    return this.settled(order, next);
  }

  private async settled(old: WireOrder, next: WireOrder): Promise<SubmitReply> {
    const done =
      this.outcomes.get(next.id) ?? this.outcomes.get(old.id) ?? (await this.wait(old.id, next.id));
    if (done === true) return { outcome: "acked", brokerId: next.id };
    if (done === false) return rejected("it could not be replaced any more");
    const asked = await this.at.reads.order(next.id).catch(() => null);
    if (asked?.status === "rejected") return rejected("it could not be replaced any more");
    if (asked === null || asked.status === "pending_new")
      return unknown("the replacement is not at work yet");
    return { outcome: "acked", brokerId: next.id };
  }

  /** What the stream says of it; null where it says nothing in time. */
  private wait(old: string, next: string): Promise<boolean | null> {
    return new Promise((resolve) => {
      const settle = (done: boolean | null): void => {
        cancel();
        this.waiters.delete(waiter);
        resolve(done);
      };
      const waiter: Waiter = { old, next, settle };
      const cancel = this.at.clock.after(this.at.withinMs, () => settle(null));
      this.waiters.add(waiter);
    });
  }
}

const rejected = (reason: string): SubmitReply => ({ outcome: "rejected", reason });
const unknown = (reason: string): SubmitReply => ({ outcome: "unknown", reason });
