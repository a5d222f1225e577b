import { describe, expect, it } from "vitest";
import { QUOTES } from "../sim/market.ts";
import { Rig } from "./rig.ts";

/** The stock's market, the options' as they are. */
const at = (bid: number, ask: number) => [[bid, ask] as const, ...QUOTES.slice(1)];

function working(rig: Rig): string {
  const ticket = rig.stage();
  rig.command({ name: "ticket", ticket, edit: { edit: "work" } });
  const [row] = rig.preview(ticket).rows;
  expect(row?.how[0]).toBe(
    "works: its limit follows the market every 15 s, 6 times, never past 100.13; after 120 s the rest is cancelled",
  );
  const sent = rig.confirm(ticket);
  return sent.made as string;
}

describe("an order that works by the plan", () => {
  it("moves its limit every 15 s towards the collar of the confirmation, never past it, and ends after 120 s", () => {
    const rig = new Rig();
    const id = working(rig);
    rig.pass(14);
    expect(rig.replaced).toEqual([]);
    rig.pass(1);
    expect(rig.replaced.map((r) => r.limit)).toEqual(["100.07"]);
    for (let i = 0; i < 5; i++) rig.pass(15, at(100.05, 100.07));
    const limits = rig.replaced.map((r) => Number(r.limit));
    expect(limits).toEqual(limits.toSorted((a, b) => a - b));
    expect(limits.at(-1)).toBeLessThanOrEqual(100.13);
    expect(limits.length).toBeLessThanOrEqual(6);
    rig.pass(40);
    expect(rig.row(id).state).toBe("cancelled");
  });

  it("stands still while trading is not active, and where the market ran through its collar", () => {
    const rig = new Rig();
    working(rig);
    rig.command({ name: "reduce" });
    rig.pass(30);
    expect(rig.replaced).toEqual([]);
    const other = new Rig();
    working(other);
    other.pass(15, at(101, 101.02));
    expect(other.replaced.map((r) => r.limit)).toEqual(["100.13"]);
    other.pass(15, at(102, 102.02));
    expect(other.replaced).toHaveLength(1);
  });
});

describe("the cost of execution", () => {
  it("is the default of its class until there are trades, and names what it is worth", () => {
    const rig = new Rig();
    const ticket = rig.stage();
    const first = rig.preview(ticket).rows[0]?.execution;
    expect(first).toMatchObject({ slippageBps: 5, slippageFrom: "default", fills: 0, benefit: null });
    expect(first?.cost).toBeCloseTo((100 * 100.01 * 5) / 1e4, 6);
    rig.command({ name: "ticket", ticket, edit: { edit: "benefit", amount: 30 } });
    expect(rig.preview(ticket).rows[0]?.execution).toMatchObject({ benefit: 30, gate: "worth its cost" });
    rig.command({ name: "ticket", ticket, edit: { edit: "benefit", amount: 3 } });
    expect(rig.preview(ticket).rows[0]?.execution).toMatchObject({ gate: "costs more than it saves" });
  });

  it("learns from fifteen trades of its own", () => {
    const rig = new Rig();
    for (let i = 1; i <= 15; i++) {
      expect(rig.confirm(rig.stage())).toMatchObject({ ok: true, message: `sent as O${i}` });
      rig.fill(`O${i}`, 100, "100.03");
    }
    // 2 bps worse than the mid at arrival, 1 of buffer on top.
    const next = rig.preview(rig.stage()).rows[0]?.execution;
    expect(next).toMatchObject({ slippageFrom: "instrument", fills: 15 });
    expect(next?.slippageBps).toBeCloseTo(3, 1);
  });
});
