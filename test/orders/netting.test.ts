import { describe, expect, it } from "vitest";
import { CALL_100, CALL_105, Rig, STOCK } from "./rig.ts";

function sleeved(rig: Rig, side: "buy" | "sell", n: number, sleeve: string): string {
  const id = rig.stage({ side, qty: { by: "count", n } });
  rig.command({ name: "ticket", ticket: id, edit: { edit: "sleeve", sleeve } });
  return id;
}

describe("netting across sleeves", () => {
  it("leaves one ticket for what is left, previewed as always, and books what crosses with its confirmation", () => {
    const rig = new Rig();
    const [a, b] = [sleeved(rig, "buy", 300, "core"), sleeved(rig, "sell", 100, "hedge")];
    const netted = rig.command({ name: "net", tickets: [a, b] });
    expect(netted.message).toMatch(/^T3 for 2 tickets: 100 cross inside at mid; saves about 2\.00/);
    expect(rig.rows().map((r) => [r.id, r.side, r.qty])).toEqual([["T3", "buy", 200]]);
    const preview = rig.preview("T3");
    expect(preview.rows[0]?.how.join()).toContain("hedge gives 100 inside at 100.01");
    // Nothing is booked before the key.
    expect(rig.held("core", STOCK)).toBe(0);
    expect(rig.confirm("T3")).toMatchObject({ ok: true });
    expect(rig.sent.map((o) => [o.terms.side, o.terms.qty, o.terms.strategy])).toEqual([
      ["buy", "200", "core"],
    ]);
    rig.fill("O1", 200, "100.01");
    expect([rig.held("core", STOCK), rig.held("hedge", STOCK)]).toEqual([300, -100]);
    expect(rig.command({ name: "reconcile" }).message).toContain("positions and cash agree");
  });

  it("gives each sleeve that is left its own order, all of them in one preview, and back where they are dropped", () => {
    const rig = new Rig();
    const tickets = [
      sleeved(rig, "buy", 60, "a"),
      sleeved(rig, "buy", 40, "b"),
      sleeved(rig, "sell", 50, "c"),
    ];
    rig.command({ name: "net", tickets });
    expect(rig.preview("T4").rows.map((r) => r.qty)).toEqual([30, 20]);
    rig.command({ name: "ticket", ticket: "T5", edit: { edit: "drop" } });
    expect(rig.rows().map((r) => r.id)).toEqual(["T3", "T2", "T1"]);
  });

  it("sends nothing where nothing is left: that is booked inside by its own word", () => {
    const rig = new Rig();
    const tickets = [sleeved(rig, "buy", 50, "a"), sleeved(rig, "sell", 50, "b")];
    expect(rig.command({ name: "net", tickets })).toMatchObject({ ok: false });
    expect(rig.command({ name: "cross", tickets })).toMatchObject({ ok: true });
    expect([rig.held("a", STOCK), rig.held("b", STOCK)]).toEqual([50, -50]);
    expect([rig.sent, rig.rows()]).toEqual([[], []]);
    expect(rig.story("T1").at(-1)).toBe("T1 netted");
  });

  it("refuses what it can't net, in words", () => {
    const rig = new Rig();
    const legs = [
      { instrument: CALL_100, ratio: 1 },
      { instrument: CALL_105, ratio: -1 },
    ];
    const pack = rig.stage({ legs, qty: { by: "count", n: 1 } });
    const net = (...tickets: string[]) => rig.command({ name: "net", tickets }).message;
    expect(net(pack, rig.stage())).toBe("T1 has several legs: only single contracts net");
    expect(net("T2")).toBe("netting takes two tickets or more");
    expect(net("T2", "T9")).toBe("there is no ticket T9");
  });
});
