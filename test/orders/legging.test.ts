import { describe, expect, it } from "vitest";
import { CALL_100, CALL_105, CALL_110, Rig } from "./rig.ts";

const calls = (n: number) => ({
  legs: [{ instrument: CALL_100, ratio: 1 }],
  qty: { by: "count" as const, n },
});

/** 10 calls bought against 600 shares sold, confirmed as a pair. */
function pair(rig: Rig): void {
  const tickets = [rig.stage(calls(10)), rig.stage({ side: "sell", qty: { by: "count", n: 600 } })];
  expect(rig.command({ name: "pair", tickets })).toMatchObject({ ok: true });
  // One of them brings the other.
  expect(rig.preview("T1").rows.map((r) => r.ticket)).toEqual(["T1", "T2"]);
  expect(rig.confirm("T2")).toMatchObject({ ok: true });
}

describe("a pair", () => {
  it("is taken apart by the same key while it is staged", () => {
    const rig = new Rig();
    const tickets = [rig.stage(), rig.stage(calls(1))];
    rig.command({ name: "pair", tickets });
    expect(rig.row("T1").note).toContain("pair T1+T2");
    rig.command({ name: "pair", tickets: ["T1"] });
    expect(rig.preview("T1").rows).toHaveLength(1);
  });

  it("says what stands naked, and stages a hedge when its time is over: once, and never sent by itself", () => {
    const rig = new Rig({ legging: { does: "hedge", maxMs: 60_000, maxNotional: 1e9 } });
    pair(rig);
    rig.pass(5);
    expect(rig.row("O1").note).toBeNull();
    rig.fill("O1", 5);
    rig.pass(10);
    expect(rig.row("O2").note).toMatch(/^LEGGED 10 of 60 s: O1 50 %, O2 0 %; \d+ \$ delta stands alone/);
    rig.pass(40);
    expect(rig.rows().some((r) => r.state === "staged")).toBe(false);
    rig.pass(15);
    const hedge = rig.row("T3");
    expect(hedge).toMatchObject({ state: "staged", side: "sell", what: "ABC stock" });
    expect(hedge.note).toContain("mends pair T1+T2");
    // Five calls of a delta a little over a half.
    expect(hedge.qty).toBeGreaterThan(200);
    expect(hedge.qty).toBeLessThan(400);
    expect(rig.sent).toHaveLength(2);
    rig.command({ name: "ticket", ticket: "T3", edit: { edit: "drop" } });
    rig.pass(30);
    expect(rig.rows().filter((r) => r.state === "staged")).toEqual([]);
    // The other side comes after all: nothing is naked any more.
    rig.fill("O2", 300);
    rig.pass(1);
    expect(rig.row("O2").note).toBeNull();
  });

  it("has its hedge taken off as the part that lagged fills: in one ticket that grows, never sent by itself", () => {
    const rig = new Rig({ legging: { does: "hedge", maxMs: 60_000, maxNotional: 1e9 } });
    pair(rig);
    rig.fill("O1", 10);
    rig.pass(61);
    const { qty } = rig.row("T3");
    expect(rig.confirm("T3")).toMatchObject({ ok: true });
    rig.fill("O3", qty);
    rig.pass(1);
    expect(rig.rows().filter((r) => r.state === "staged")).toEqual([]);
    rig.fill("O2", 300);
    rig.pass(1);
    expect(rig.row("T4")).toMatchObject({ state: "staged", side: "buy", what: "ABC stock" });
    expect(rig.row("T4").qty).toBe(Math.trunc(qty / 2));
    rig.fill("O2", 300);
    rig.pass(1);
    expect(rig.row("T4").qty).toBe(qty);
    expect(rig.sent).toHaveLength(3);
    expect(rig.confirm("T4")).toMatchObject({ ok: true });
    rig.fill("O4", qty);
    rig.pass(5);
    expect(rig.rows().filter((r) => r.state === "staged")).toEqual([]);
  });

  it("by its setting cancels what still works and stages what undoes the rest", () => {
    const rig = new Rig({ legging: { does: "cancel", maxMs: 60_000, maxNotional: 1e9 } });
    pair(rig);
    rig.fill("O1", 10);
    rig.pass(61);
    expect(rig.row("O2").state).toBe("cancelled");
    expect(rig.row("T3")).toMatchObject({ state: "staged", side: "sell", qty: 10 });
    expect(rig.sent).toHaveLength(2);
  });

  it("does not wait for the time where too much stands alone", () => {
    const rig = new Rig({ legging: { does: "hedge", maxMs: 60_000, maxNotional: 1_000 } });
    pair(rig);
    rig.fill("O1", 5);
    expect(rig.notes.at(-1)).toContain("T3 staged to mend it");
  });

  it("is watched by the desk that comes after, and what was staged is not staged again", () => {
    const rig = new Rig();
    pair(rig);
    rig.fill("O1", 10);
    rig.pass(61);
    const again = new Rig({ after: rig });
    again.pass(5);
    expect(again.row("O2").note).toContain("LEGGED 66 of 60 s");
    expect(
      again
        .rows()
        .filter((r) => r.state === "staged")
        .map((r) => r.id),
    ).toEqual(["T3"]);
  });
});

describe("a split package", () => {
  it("is watched like a pair, by what is filled beyond the part that lags", () => {
    const rig = new Rig({ legging: { does: "hedge", maxMs: 60_000, maxNotional: 1e9 } });
    const legs = [CALL_100, CALL_105, CALL_110].map((instrument, i) => ({
      instrument,
      ratio: i === 1 ? -2 : 1,
    }));
    const ticket = rig.stage({ legs, qty: { by: "count", n: 10 } });
    expect(rig.confirm(ticket)).toMatchObject({ ok: true });
    expect(rig.sent).toHaveLength(3);
    // A single contract is bought or sold, whatever its sign in the package.
    expect(rig.sent.map(({ terms: t }) => [t.side, t.legs[0]?.ratio, t.qty])).toEqual([
      ["buy", 1, "10"],
      ["buy", 1, "10"],
      ["sell", 1, "20"],
    ]);
    rig.fill("O1", 10);
    rig.pass(30);
    expect(rig.row("O2").note).toContain("LEGGED 30 of 60 s: O1 100 %, O2 0 %, O3 0 %");
    rig.fill("O2", 10);
    rig.fill("O3", 20);
    rig.pass(60);
    expect(rig.rows().filter((r) => r.note?.includes("LEGGED"))).toEqual([]);
    expect(rig.rows().some((r) => r.state === "staged")).toBe(false);
  });
});
