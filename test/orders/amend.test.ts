import { describe, expect, it } from "vitest";
import { hashOf } from "../../engines/orders/index.ts";
import { OrderNotices } from "../../screens/app/order-notices.ts";
import { ordersView } from "../../src/orders/views.ts";
import { CALL_100, CALL_105, Rig } from "./rig.ts";

const vertical = {
  legs: [
    { instrument: CALL_100, ratio: 1 },
    { instrument: CALL_105, ratio: -1 },
  ],
  qty: { by: "count", n: 2 },
  price: { by: "limit", price: "1.30" },
} as const;

describe("a package at a broker that changes single contracts only", () => {
  it("gets its new price by a ticket in its place, and the row says so before the key", () => {
    const rig = new Rig({ traits: { replace: "single", maxLegs: 4 } });
    expect(rig.confirm(rig.stage(vertical))).toMatchObject({ ok: true });
    rig.command({ name: "amend", order: "O1", steps: 1 });
    expect(rig.row("O1").pending).toMatchObject({
      ok: false,
      text: "by a ticket only: rig can't change the limit of a package",
    });
    rig.command({ name: "leave", order: "O1", on: true });
    const { made } = rig.command({ name: "change", order: "O1" });
    rig.command({ name: "ticket", ticket: made as string, edit: { edit: "step", field: "price", steps: 2 } });
    expect(rig.preview(made as string).rows[0]?.how[0]).toContain("confirming cancels it");
    expect(rig.confirm(made as string)).toMatchObject({ ok: true });
    expect([rig.cancelled.length, rig.replaced]).toEqual([1, []]);
    // What was left at work on purpose is so in the new order too.
    expect(rig.desk.book.orders.get("O2")?.leave).toBe(true);
  });

  it("and a single contract keeps its order", () => {
    const rig = new Rig({ traits: { replace: "single" } });
    rig.confirm(rig.stage({ price: { by: "limit", price: "99.90" } }));
    rig.command({ name: "amend", order: "O1", steps: 1 });
    expect(rig.command({ name: "amendSend", order: "O1" })).toMatchObject({ ok: true });
    expect(rig.replaced.map((r) => r.limit)).toEqual(["99.91"]);
  });
});

describe("a preview", () => {
  it("keeps its hash while only the order of its guards follows the quotes", () => {
    const rig = new Rig();
    const [row] = rig.desk.previews.get(rig.preview(rig.stage()).id)?.rows ?? [];
    if (row === undefined) throw new Error("no row");
    const { previewed } = row;
    const turned = { ...previewed, guards: previewed.guards.toReversed() };
    const { sha256 } = rig.desk.world.digests;
    expect(hashOf(sha256, [turned])).toBe(hashOf(sha256, [previewed]));
    const [first, ...rest] = previewed.guards;
    const worse = { ...previewed, guards: [{ ...first, verdict: "warn" } as typeof first & object, ...rest] };
    expect(hashOf(sha256, [worse])).not.toBe(hashOf(sha256, [previewed]));
  });
});

it("a single contract has no price of 0 or less, when it is typed and when it is previewed; a package may", () => {
  const rig = new Rig({ traits: { maxLegs: 4 } });
  const minus = { by: "limit", price: "-1.00" } as const;
  const one = rig.stage({ legs: [{ instrument: CALL_100, ratio: 1 }] });
  const typed = (ticket: string) =>
    rig.command({ name: "ticket", ticket, edit: { edit: "price", price: minus } });
  expect(typed(one)).toEqual({ ok: false, message: "-1 is no price of a single contract" });
  const staged = rig.stage({ legs: [{ instrument: CALL_100, ratio: 1 }], price: minus });
  const denied = rig.preview(staged);
  expect(denied.guards.find((g) => g.code === "TICK")).toMatchObject({ verdict: "deny" });
  expect(denied.canConfirm).toBe(false);
  expect(typed(rig.stage(vertical))).toMatchObject({ ok: true });
});

describe("the rows of pane 9", () => {
  it("say of an order that was recorded and never sent that it was not sent, and of one that waits for another's end what it waits for", () => {
    const before = new Rig();
    before.confirm(before.stage());
    const left = before.records.filter((r) => r.k !== "sending" && r.k !== "acked");
    before.records.splice(0, before.records.length, ...left);
    const rig = new Rig({ after: before });
    expect(rig.row("O1")).toMatchObject({
      state: "not sent",
      note: expect.stringContaining("not at the broker"),
    });
    rig.command({ name: "cancel", order: "O1" });
    expect(rig.row("O1")).toMatchObject({ state: "denied", note: expect.stringContaining("never sent") });
    const waits = new Rig({ traits: { replace: "single", maxLegs: 4 }, cancels: "later" });
    waits.confirm(waits.stage(vertical));
    const { made } = waits.command({ name: "change", order: "O1" });
    waits.command({
      name: "ticket",
      ticket: made as string,
      edit: { edit: "step", field: "price", steps: 2 },
    });
    waits.confirm(made as string);
    expect(waits.row("O2")).toMatchObject({
      state: "sending",
      note: expect.stringContaining("when the end of O1"),
    });
  });

  it("say of a filled order whose execution was taken back that it is busted, and so does the bottom row", () => {
    const rig = new Rig();
    rig.confirm(rig.stage());
    rig.fill("O1", 100);
    const said: string[] = [];
    const notices = new OrderNotices((text, level) => said.push(`${level} ${text}`));
    const look = () => notices.receive(ordersView(rig.desk, rig.market.context()), 0);
    look();
    rig.bust("O1");
    expect(rig.row("O1")).toMatchObject({
      state: "busted",
      filled: 0,
      note: expect.stringContaining("was busted"),
    });
    look();
    expect(said).toEqual([expect.stringMatching(/^error busted O1 BUY 100 .*was busted/)]);
  });

  it("tell no distance to the market of an order that is over, and nothing to take the place of once it is", () => {
    const rig = new Rig();
    rig.confirm(rig.stage({ price: { by: "limit", price: "99.90" } }));
    expect(rig.row("O1").awayTicks).not.toBeNull();
    const { made } = rig.command({ name: "change", order: "O1" });
    expect(rig.row(made as string).note).toContain("in place of O1");
    rig.fill("O1", 100);
    expect(rig.row("O1")).toMatchObject({ state: "filled", mid: null, awayTicks: null });
    expect(rig.row(made as string).note).toContain("O1 is filled: nothing to take the place of");
  });
});

describe("an order that closes", () => {
  it("tells what it realises by the lots that it closes, oldest first, and not what it could lose alone", () => {
    const rig = new Rig({ traits: { maxLegs: 4 } });
    const call = { legs: [{ instrument: CALL_100, ratio: 1 }], qty: { by: "count", n: 2 } } as const;
    rig.confirm(
      rig.stage({ ...call, price: { by: "anchor", anchor: "mid", offset: 0, unit: "t", follows: false } }),
    );
    rig.fill("O1", 1, "2.00");
    rig.fill("O1", 1, "3.00");
    const opening = rig.preview(rig.stage(call));
    expect(opening.rows[0]).toMatchObject({ intent: "open", closes: null });
    const limit = opening.rows[0]?.limit as number;
    const one = rig.stage({
      ...call,
      side: "sell",
      purpose: "close",
      qty: { by: "count", n: 1 },
      price: { by: "limit", price: String(limit) },
    });
    const closing = rig.preview(one);
    expect(closing.rows[0]).toMatchObject({ intent: "close", closes: { ccy: "USD", decimals: 2 } });
    expect(closing.rows[0]?.closes?.realised).toBeCloseTo((limit - 2) * 100, 6);
    expect(closing.guards.find((g) => g.code === "LOSS")).toMatchObject({ verdict: "pass" });
    // Nothing is left to lose where all is closed: that is known.
    const all = rig.preview(rig.stage({ ...call, side: "sell", purpose: "close" }));
    expect(all.guards.find((g) => g.code === "NAME")).toMatchObject({ verdict: "pass" });
  });
});

describe("the story of an order", () => {
  it("tells its acceptance once, however often the broker says it again", () => {
    const rig = new Rig();
    rig.confirm(rig.stage());
    const acked = rig.records.find((r) => r.k === "acked");
    if (acked === undefined) throw new Error("not accepted");
    rig.records.push(acked);
    rig.fill("O1", 100);
    rig.records.push(acked);
    expect(rig.story("O1").filter((text) => text.startsWith("accepted"))).toEqual(["accepted as B1"]);
  });
});
