import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAlpacaBroker } from "../../../src/brokers/alpaca/alpaca.ts";
import { systemClock } from "../../../src/shell/clock.ts";
import { until } from "../../harness/until.ts";
import { Caller } from "../caller.ts";
import { instrumentsOf, newClientId } from "../contract/rig.ts";
import { Odd } from "./odd.ts";
import { KEYS, QUICK } from "./rig.ts";
import { terms } from "./terms.ts";

describe("answers and frames that a vendor may give", () => {
  const odd = new Odd();
  let caller: Caller;
  beforeAll(async () => {
    const rest = await odd.start();
    const broker = openAlpacaBroker(
      {
        rest,
        ws: rest.replace("http", "ws"),
        keys: KEYS,
        clock: systemClock,
        instruments: instrumentsOf([]),
        log: () => undefined,
      },
      { ...QUICK, pollMs: 60_000 },
    );
    await broker.ready;
    caller = new Caller(broker);
  });
  afterAll(async () => {
    await caller.broker.close();
    odd.close();
  });
  const order = (clientId: string, more: object = {}) => ({
    id: `b-${clientId}`,
    client_order_id: clientId,
    status: "new",
    symbol: "SPY",
    side: "buy",
    qty: "3",
    filled_qty: "0",
    limit_price: "100.25",
    time_in_force: "day",
    created_at: "2026-11-20T15:00:00.123456789Z",
    replaces: null,
    replaced_by: null,
    legs: null,
    ...more,
  });
  const update = (clientId: string, event: string, more: object, of: object = {}): string =>
    JSON.stringify({
      stream: "trade_updates",
      data: { event, timestamp: "2026-11-20T10:00:01.5-05:00", ...more, order: order(clientId, of) },
    });

  it.each([
    ["a redirect", { status: 307, headers: { location: "http://127.0.0.1:1/v2/orders" } }, "unknown"],
    ["an answer that is no JSON", { status: 200, body: "<html>" }, "unknown"],
    ["an answer about another order", { status: 200, body: order("other") }, "unknown"],
    ["a refusal that is not the vendor's", { status: 403, body: "<html>blocked</html>" }, "unknown"],
    [
      "a refusal of the vendor",
      { status: 403, body: { code: 40310000, message: "insufficient buying power" } },
      "rejected",
    ],
    [
      "a duplicate client id",
      { status: 422, body: { code: 40010001, message: "client_order_id must be unique" } },
      "unknown",
    ],
    ["408", { status: 408, body: { message: "request timeout" } }, "unknown"],
    ["500", { status: 500, body: { code: 50010000, message: "internal" } }, "unknown"],
  ])("%s: sent once", async (_what, answer, outcome) => {
    odd.post = () => answer;
    const before = odd.posts.length;
    expect((await caller.submit(newClientId(), terms())).outcome).toBe(outcome);
    expect(odd.posts.length).toBe(before + 1);
  });

  it("frames of either kind, a heartbeat of one byte and nonsense between", async () => {
    const id = newClientId();
    odd.send(Buffer.from([1]));
    odd.send("nonsense");
    odd.send(JSON.stringify({ action: "error", data: { error_message: "no" } }));
    odd.send(Buffer.from(update(id, "new", {})));
    expect(await caller.event(id, "acked")).toMatchObject({ brokerId: `b-${id}` });
    odd.send(
      update(id, "partial_fill", { price: "100.2", qty: "2", execution_id: "x" }, { filled_qty: "2" }),
    );
    const { fill } = await caller.event(id, "fill");
    expect(fill).toMatchObject({
      qty: "2",
      price: "100.2",
      us: Date.UTC(2026, 10, 20, 15, 0, 1, 500) * 1000,
    });
  });

  it("three executions out of order and twice are three; a bust takes back the one that it names", async () => {
    const id = newClientId();
    const fill = (n: number) =>
      update(
        id,
        n === 3 ? "fill" : "partial_fill",
        { price: `100.${n}`, qty: "1", execution_id: `e${n}` },
        {
          filled_qty: String(n),
          status: n === 3 ? "filled" : "partially_filled",
        },
      );
    for (const n of [2, 1, 2, 3, 1]) odd.send(fill(n));
    await until("three", () => caller.fills(id).length === 3);
    odd.send(update(id, "trade_bust", { execution_id: "e1", qty: "1", price: "100.1" }, { filled_qty: "2" }));
    const { execId } = await caller.event(id, "bust");
    expect(execId).toBe(caller.fills(id).find((f) => f.price === "100.1")?.execId);
    // What trades after the bust, up to the same total, is another execution.
    odd.send(
      update(
        id,
        "fill",
        { price: "99", qty: "1", execution_id: "e4" },
        { filled_qty: "3", status: "filled" },
      ),
    );
    await until("a fourth", () => caller.fills(id).length === 4);
    expect(caller.answeredAgain).toEqual([]);
  });

  it("words nobody knows are passed over", async () => {
    const id = newClientId();
    odd.send(update(id, "brand_new_event", {}, { status: "brand_new_status" }));
    expect(await caller.event(id, "acked")).toBeDefined();
  });
});
