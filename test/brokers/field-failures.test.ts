import { describe, expect, it } from "vitest";
import type { FaultRequest } from "../../src/venue/faults/kinds.ts";
import { pause, until } from "../harness/until.ts";
import { alpacaRig } from "./alpaca/rig.ts";
import { DeskAtVenue } from "./contract/desk.ts";
import { type BrokerRig } from "./contract/rig.ts";

interface Scene {
  readonly rig: BrokerRig;
  readonly desk: DeskAtVenue;
  fault(kind: FaultRequest["kind"], more?: Omit<FaultRequest, "kind">): void;
  /** Buys so many well above the market or far below it; the client id. */
  buy(qty: number, at?: "high" | "low"): string;
  /** Waits until the ledger says so of an order. */
  status(id: string, ...wanted: readonly string[]): Promise<void>;
  filled(id: string): number;
}

/** The real order desk, its ledger on disk, Alpaca's broker on the venue. */
async function scene(run: (s: Scene) => Promise<void>): Promise<void> {
  const rig = await alpacaRig();
  const desk = await DeskAtVenue.start(rig);
  try {
    await run({
      rig,
      desk,
      fault: (kind, more = {}) =>
        void rig.venue.faults.add({ kind, on: rig.orders, ...more } as FaultRequest),
      buy: (qty, at = "high") => desk.order(rig.single, rig.single[at], qty),
      status: async (id, ...wanted) => {
        await until(`${wanted.join(" or ")}, it is ${desk.state(id).status}`, () =>
          wanted.includes(desk.state(id).status),
        );
      },
      filled: (id) => [...desk.state(id).fills.values()].reduce((sum, f) => sum + Number(f.qty), 0),
    });
    expect([...desk.submits.values()].every((n) => n === 1)).toBe(true);
  } finally {
    desk.end();
    await rig.close();
  }
}

describe.concurrent("field failures of orders", () => {
  it("6: the same fill told twice, at once and after a reconnect, is booked once", () =>
    scene(async (s) => {
      s.fault("ackDuplicate");
      const id = s.buy(3);
      await s.status(id, "FILLED");
      s.fault("repeatFill");
      s.fault("reset", { on: "" });
      await pause(300);
      s.fault("repeatFill");
      await pause(500);
      expect(s.filled(id)).toBe(3);
      expect(s.desk.recorded(id).filter((k) => k === "fill")).toHaveLength(1);
    }));

  it("7: a partial fill counts by its own quantity, and the rest is what the venue says", () =>
    scene(async (s) => {
      s.fault("partialThenCancel", { count: 1 });
      const id = s.buy(10);
      await s.status(id, "CANCELLED");
      const [truth] = await s.rig.at(id);
      expect(s.filled(id)).toBe(truth?.filled);
      expect(s.filled(id)).toBe(5);
    }));

  it("7: three partial fills of one moment, told in the wrong order, count once each; a late smaller total takes nothing back", () =>
    scene(async (s) => {
      s.fault("mixedPartials", { parts: 3, count: 1 });
      const id = s.buy(10);
      const totals: number[] = [];
      await until("all three", () => {
        totals.push(s.filled(id));
        return s.filled(id) === 10;
      });
      await s.status(id, "FILLED");
      expect(totals.every((t, i) => t >= (totals[i - 1] ?? 0))).toBe(true);
      expect(s.desk.recorded(id).filter((k) => k === "fill")).toHaveLength(3);
      const fills = [...s.desk.state(id).fills.values()];
      expect(fills.map((f) => Number(f.qty)).toSorted()).toEqual([3, 3, 4]);
      expect(new Set(fills.map((f) => f.price)).size).toBe(3);
      expect((await s.rig.at(id))[0]?.filled).toBe(10);
    }));

  it("8: a replacement that the fill overtakes leaves one order, filled once", () =>
    scene(async (s) => {
      s.fault("replaceRace", { count: 1 });
      const id = s.buy(4, "low");
      await s.status(id, "ACKED");
      const { id: order } = s.desk.state(id).order;
      s.desk.command({ name: "amend", order, steps: 1 });
      s.desk.command({ name: "amendSend", order });
      await s.status(id, "FILLED");
      await pause(300);
      expect(s.filled(id)).toBe(4);
      expect((await s.rig.at(null)).filter((o) => o.status === "working")).toEqual([]);
    }));

  it("9: a cancel is a wish: the fill that beats it is booked, the order ends as filled", () =>
    scene(async (s) => {
      const id = s.buy(2, "low");
      await s.status(id, "ACKED");
      s.fault("fillAfterCancel", { count: 1 });
      s.desk.command({ name: "cancel", order: s.desk.state(id).order.id });
      await until("the fill", () => s.filled(id) === 2);
      await s.status(id, "FILLED");
    }));

  it("10: an answer that is lost, or an error that hides an order: unknown, asked for by client id, never sent again", () =>
    scene(async (s) => {
      s.fault("ackLost", { when: "after", count: 1 });
      const lost = s.buy(1);
      await until("recorded as unknown", () => s.desk.recorded(lost).includes("unknown"));
      await s.status(lost, "FILLED");
      s.fault("ackError", { status: 504, count: 1 });
      const hidden = s.buy(1);
      await s.status(hidden, "FILLED");
      expect(await s.rig.at(null)).toHaveLength(2);
    }));

  it("15: a fill before the answer, no word of being at work, a fill that only REST knows: all end as filled, once", () =>
    scene(async (s) => {
      for (const kind of ["fillBeforeAck", "skipNew", "dropFill"] as const) {
        s.fault(kind, { count: 1 });
        const id = s.buy(1);
        await s.status(id, "FILLED");
        expect(s.filled(id), kind).toBe(1);
      }
    }));
});
