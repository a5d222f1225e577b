import { describe, expect, it } from "vitest";
import { Rig } from "./rig.ts";

/** The rig's day is the 24th of December 2015: a half day of New York, opened at 09:30. */
const MINUTE = 60;

describe("a queued ticket", () => {
  it("waits for its window in the half day that the calendar has, and is called up for a preview then", () => {
    const rig = new Rig();
    const ticket = rig.stage();
    const queued = rig.command({ name: "job", tickets: [ticket], style: "ANY" });
    expect(queued.message).toBe(
      "T1 queued for the session of 2015-12-24, a half day: 09:45:00 ET to 12:50:00 ET. It asks for your preview then",
    );
    expect(rig.row(ticket).note).toContain("queued for the session");
    rig.pass(14 * MINUTE);
    expect(rig.row(ticket).note).toContain("queued");
    rig.pass(2 * MINUTE);
    expect(rig.row(ticket).note).toBe("DUE until 12:50:00 ET: preview and confirm it");
    expect(rig.notes.at(-1)).toBe("T1 due until 12:50:00 ET: preview and confirm");
    // Nothing goes out by itself.
    rig.pass(60 * MINUTE);
    expect(rig.sent).toEqual([]);
    expect(rig.confirm(ticket)).toMatchObject({ ok: true });
    rig.pass(1);
    expect(rig.story(ticket).at(-1)).toBe("job DONE: all of it was confirmed");
  });

  it("stands where it stood after a restart, with what was sent of it in the ledger", () => {
    const rig = new Rig();
    const tickets = [rig.stage(), rig.stage({ side: "sell" })];
    rig.command({ name: "job", tickets, style: "MIDDAY" });
    rig.pass(20 * MINUTE);
    const again = new Rig({ after: rig });
    again.pass(1);
    expect(again.row("T2").note).toContain("DUE until 12:50:00 ET");
    // They come up together.
    expect(again.preview("T2").rows.map((r) => r.ticket)).toEqual(["T1", "T2"]);
  });

  it("that misses its window stays staged, and says so", () => {
    const rig = new Rig();
    const ticket = rig.stage();
    rig.command({ name: "job", tickets: [ticket], style: "ANY" });
    rig.pass(4 * 60 * MINUTE);
    expect(rig.notes.at(-1)).toBe("T1 missed their window: they stay staged, nothing was sent");
    expect(rig.row(ticket)).toMatchObject({ state: "staged", note: null });
    // The next session is the Monday after Christmas.
    expect(rig.command({ name: "job", tickets: [ticket], style: "ANY" }).message).toContain("2015-12-28");
  });

  it("for the closing auction becomes an order for it; off the queue it stays as it is", () => {
    const rig = new Rig();
    const ticket = rig.stage();
    rig.command({ name: "job", tickets: [ticket], style: "CLOSE_AUCTION" });
    expect(rig.row(ticket)).toMatchObject({ tif: "cls" });
    expect(rig.row(ticket).note).toContain("12:50:00 ET to 13:00:00 ET");
    expect(rig.command({ name: "job", tickets: [ticket], style: null })).toMatchObject({ ok: true });
    expect(rig.row(ticket).note).toBeNull();
    expect(rig.command({ name: "job", tickets: [ticket], style: null })).toMatchObject({ ok: false });
  });
});
