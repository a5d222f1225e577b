import { describe, expect, it } from "vitest";
import { Rig } from "./rig.ts";

describe("an order that is left at work", () => {
  it("is none of the guard's until that is turned over, over a restart too; the kill key takes it all the same", () => {
    const rig = new Rig();
    for (const n of [1, 2])
      expect(rig.confirm(rig.stage({ qty: { by: "count", n } }))).toMatchObject({ ok: true });
    const guarded = (r: Rig) => r.desk.book.guarded().map((o) => o.order.id);
    expect(guarded(rig)).toEqual(["O1", "O2"]);
    expect(rig.command({ name: "leave", order: "O1", on: null })).toMatchObject({ ok: true });
    expect(rig.row("O1").note).toBe("left at work when the desk freezes");
    expect(guarded(rig)).toEqual(["O2"]);
    const again = new Rig({ after: rig });
    expect(guarded(again)).toEqual(["O2"]);
    again.command({ name: "leave", order: "O1", on: null });
    expect(guarded(again)).toEqual(["O1", "O2"]);
    again.command({ name: "leave", order: "O2", on: true });
    expect(again.story("O2").at(-1)).toBe("goes on working when the desk freezes");
    again.command({ name: "cancelAll", pattern: null });
    expect(again.rows().map((r) => r.state)).toEqual(["cancelled", "cancelled"]);
    expect(again.command({ name: "leave", order: "O1", on: true })).toMatchObject({
      ok: false,
      message: "O1 is cancelled already",
    });
  });
});
