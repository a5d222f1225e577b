import { describe, expect, it } from "vitest";
import type { BrokerOrder } from "../../src/brokers/broker.ts";
import { orderExplained } from "../../src/orders/explain.ts";
import { CALL_100, Rig, STOCK } from "./rig.ts";

const COLUMNS = ["id", "state", "side", "what", "filled", "limit", "mid", "away", "age", "avg", "tif"];
const explained = (rig: Rig, id: string, column: string) =>
  orderExplained(rig.desk, rig.market.context(), id, column);

describe("i on an order that was made elsewhere", () => {
  const elsewhere = (over: Partial<BrokerOrder> = {}): BrokerOrder => ({
    clientId: null,
    brokerId: "9f8e-7d6c5b",
    status: "working",
    terms: {
      side: "buy",
      legs: [{ instrument: STOCK, ratio: 1, intent: "open" }],
      qty: "7",
      limit: "99.5",
      tif: "gtc",
    },
    fills: [],
    reason: null,
    ...over,
  });

  it("tells what the broker told, and that there is no more, in every column", () => {
    const rig = new Rig();
    rig.desk.others = [elsewhere(), elsewhere({ brokerId: "1111-222222", terms: null })];
    const rows = rig.rows().filter((r) => r.external);
    expect(rows).toHaveLength(2);
    for (const { id } of rows)
      for (const column of COLUMNS)
        expect(explained(rig, id, column)?.lines[0], `${id} ${column}`).toMatch(
          /^external: made elsewhere, rig's number /,
        );
    const first = rows[0]?.id ?? "";
    expect(explained(rig, first, "limit")?.value).toBe("99.5");
    expect(explained(rig, first, "avg")).toMatchObject({ value: "–" });
    expect(explained(rig, first, "mid")?.inputs).toHaveLength(1);
  });
});

describe("the story of an order", () => {
  it("is told in words: what was said of the ticket, whose place it took, what it stands against", () => {
    const rig = new Rig();
    rig.confirm(rig.stage({ price: { by: "limit", price: "99.90" } }));
    const { made } = rig.command({ name: "amendTo", order: "O1", price: null, qty: "40" });
    expect(rig.confirm(made as string)).toMatchObject({ ok: true });
    const story = rig.story(made as string);
    expect(story[0]).toBe(
      "T2 staged or changed: buy 40 of EQ/ABC/USD at 99.9 day; in place of O1 of which 0 are filled",
    );
    const tickets = [
      rig.stage({ legs: [{ instrument: CALL_100, ratio: 1 }], qty: { by: "count", n: 1 } }),
      rig.stage(),
    ];
    rig.command({ name: "pair", tickets });
    rig.confirm("T3");
    const pair = [...rig.desk.book.orders.values()].at(-1);
    expect(rig.story(pair?.order.id ?? "").join("\n")).toMatch(
      /order 2 of those confirmed with it; stands against others: pair T3\+T4/,
    );
    expect(rig.story("O1").join("\n")).toContain("cancel asked by amend by O2");
  });
});
