import { describe, expect, it } from "vitest";
import { intent, outcome } from "../../../bench/orders.ts";
import {
  applyFact,
  type LedgerRecord,
  type OrderFact,
  type OrderState,
  plannedState,
} from "../../../engines/orders/index.ts";

const [planned] = intent(1) as [LedgerRecord & { k: "planned" }];
const [acked, first, second] = outcome(1) as [
  LedgerRecord & OrderFact,
  LedgerRecord & OrderFact,
  LedgerRecord & OrderFact,
];
const sending: OrderFact = { k: "sending", id: "O1" };
const after = (...facts: readonly OrderFact[]): OrderState => {
  const state = plannedState(planned.order, planned);
  for (const fact of facts) applyFact(state, fact, planned);
  return state;
};
const cancelled: OrderFact = { k: "cancelled", id: "O1", reason: "asked" };

describe("an order as the fold of its facts", () => {
  it("takes facts that jump ahead: a fill before the acknowledgement", () => {
    expect(after(sending, first).status).toBe("PARTIAL");
    expect(after(sending, first, acked, second).status).toBe("FILLED");
  });

  it("counts each execution once, in whatever order and how often it is told", () => {
    const state = after(sending, second, first, second, acked, first);
    expect(state).toMatchObject({ status: "FILLED", filled: 2 });
    expect(state.fills.size).toBe(2);
  });

  it("keeps its end but books what trades after it, and says so", () => {
    const state = after(sending, acked, cancelled);
    expect(applyFact(state, first, planned)).toEqual({ changed: true, alarm: "late" });
    expect(state).toMatchObject({ status: "CANCELLED", filled: 1, lateFills: 1 });
  });

  it("alarms on more than was ordered", () => {
    const state = after(sending, first, second);
    const third = {
      ...first,
      fill: { ...(first as Extract<OrderFact, { k: "fill" }>).fill, execId: "x" },
    } as OrderFact;
    expect(applyFact(state, third, planned).alarm).toBe("over");
  });

  it("a lost answer is unknown until the broker is asked; no such order makes it one that was never sent", () => {
    const unknown: OrderFact = { k: "unknown", id: "O1", reason: "timeout" };
    expect(after(sending, unknown).status).toBe("UNKNOWN");
    expect(after(sending, unknown, acked).status).toBe("ACKED");
    expect(after(sending, unknown, { k: "notThere", id: "O1" }).status).toBe("PENDING");
    expect(after(sending, acked, { k: "notThere", id: "O1" }).status).toBe("ACKED");
  });

  it("is in doubt where an execution is taken back after all seemed done, until the broker says how it stands", () => {
    const bust: OrderFact = {
      k: "bust",
      id: "O1",
      execId: (first as Extract<OrderFact, { k: "fill" }>).fill.execId,
    };
    const told = (works: boolean): OrderFact => ({ k: "afterBust", id: "O1", works });
    const short = [sending, acked, first, second, bust];
    expect(after(...short)).toMatchObject({ status: "FILLED", filled: 1, doubted: true });
    expect(after(...short, told(false))).toMatchObject({ status: "FILLED", filled: 1, doubted: false });
    expect(after(...short, told(true))).toMatchObject({ status: "PARTIAL", filled: 1, doubted: false });
    expect(after(...short, cancelled)).toMatchObject({ status: "CANCELLED", filled: 1, doubted: false });
    // What is not in doubt is over.
    expect(after(sending, acked, first, second, cancelled, told(true)).status).toBe("FILLED");
    expect(after(...short, told(false), told(true), cancelled).status).toBe("FILLED");
  });

  it("keeps why it ended where a cancel comes too late for it", () => {
    const denied: OrderFact = { k: "denied", id: "O1", reason: "halted before it was sent" };
    const refused: OrderFact = { k: "cancelRefused", id: "O1", reason: "no such order" };
    expect(after(sending, denied, refused)).toMatchObject({ status: "DENIED", reason: denied.reason });
    expect(after(sending, acked, refused)).toMatchObject({ status: "ACKED", reason: refused.reason });
  });

  it("a bust that overtakes its execution still undoes it", () => {
    const execId = (first as Extract<OrderFact, { k: "fill" }>).fill.execId;
    expect(after(sending, acked, { k: "bust", id: "O1", execId }, first, second)).toMatchObject({
      status: "PARTIAL",
      filled: 1,
    });
  });
});
