import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startVenue, type Venue } from "../../src/venue/venue.ts";
import { pause, until } from "../harness/until.ts";
import { Client, get, KEYS, type Message } from "./client.ts";

let venue: Venue;
let stream: Client;
let next = 0;

beforeAll(async () => {
  venue = await startVenue({ day: "2026-11-20", at: "10:00", seed: 3 });
});
beforeEach(async () => {
  stream = Client.open(venue, "/stream");
  stream.send({ action: "authenticate", data: { key_id: "k", secret_key: "s" } });
  stream.send({ action: "listen", data: { streams: ["trade_updates"] } });
  await stream.get({ stream: "listening" });
});
afterEach(async () => {
  venue.faults.clear();
  await send("DELETE", "/v2/orders");
  stream.close();
});
afterAll(() => venue.close());

async function send(method: string, path: string, body?: object): Promise<{ status: number; body: Message }> {
  const response = await fetch(`http://127.0.0.1:${venue.port}${path}`, {
    method,
    headers: KEYS,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? {} : (JSON.parse(text) as Message) };
}

const place = (order: object) => send("POST", "/v2/orders", order);
const buy = (more: object = {}) => ({
  symbol: "SPY",
  qty: "1",
  side: "buy",
  type: "limit",
  time_in_force: "day",
  limit_price: "700",
  client_order_id: `t-${next++}`,
  ...more,
});
const low = (more: object = {}) => buy({ limit_price: "100", ...more });

interface Update {
  readonly event: string;
  readonly execution_id: string;
  readonly qty?: string;
  readonly order: Message;
}
const updates = (id: unknown): Update[] =>
  stream.messages
    .filter((m) => m["stream"] === "trade_updates")
    .map((m) => m["data"] as Update)
    .filter((u) => u.order["client_order_id"] === id || u.order["id"] === id);
const event = (id: unknown, name: string): Promise<Update> =>
  stream.until(() => updates(id).find((u) => u.event === name));

describe("an order's life", () => {
  it("a marketable limit is filled at the ask, told as an event, and is a position, cash and an activity", async () => {
    const cash = Number((await send("GET", "/v2/account")).body["cash"]);
    const order = buy({ qty: 3 });
    const placed = await place(order);
    expect(placed.body).toMatchObject({
      status: "pending_new",
      qty: "3",
      filled_qty: "0",
      limit_price: "700",
    });
    const fill = await event(order.client_order_id, "fill");
    expect(fill.order).toMatchObject({ status: "filled", filled_qty: "3" });
    expect(stream.frames.at(-1)?.[0]).toBe(0x7b);
    const price = Number(fill.order["filled_avg_price"]);
    const after = Number((await send("GET", "/v2/account")).body["cash"]);
    expect(after).toBeCloseTo(cash - 3 * price, 6);
    expect((await send("GET", "/v2/positions/SPY")).body).toMatchObject({
      side: "long",
      asset_class: "us_equity",
    });
    const [row] = (await get(venue, "/v2/account/activities/FILL?page_size=1")).body as Message[];
    expect(row).toMatchObject({
      activity_type: "FILL",
      symbol: "SPY",
      qty: "3",
      order_id: placed.body["id"],
    });
  });

  it("a resting limit is found by its client id, replaced in a chain of ids, and cancelled", async () => {
    const order = low();
    const { body } = await place(order);
    await event(body["id"], "new");
    const found = await send("GET", `/v2/orders:by_client_order_id?client_order_id=${order.client_order_id}`);
    expect(found.body["id"]).toBe(body["id"]);
    const patched = await send("PATCH", `/v2/orders/${body["id"]}`, {
      limit_price: "101",
      client_order_id: `r-${next}`,
    });
    expect(patched.body).toMatchObject({ replaces: body["id"], limit_price: "101" });
    const replaced = await event(body["id"], "replaced");
    expect(replaced.order["replaced_by"]).toBe(patched.body["id"]);
    await event(patched.body["id"], "new");
    const gone = await send("DELETE", `/v2/orders/${patched.body["id"]}`);
    expect(gone.status).toBe(204);
    await event(patched.body["id"], "canceled");
    expect((await send("DELETE", `/v2/orders/${patched.body["id"]}`)).status).toBe(422);
    expect((await get(venue, "/v2/orders")).body).toEqual([]);
  });

  it("a package fills whole at its natural net, with its legs in the answer and empty words for the parent", async () => {
    const page = await get(
      venue,
      "/v1beta1/options/snapshots/SPY?limit=1000&type=call&expiration_date=2026-12-18",
    );
    const chain = (page.body as { snapshots: Record<string, { latestQuote: { bp: number; ap: number } }> })
      .snapshots;
    const [long, short] = Object.keys(chain).slice(20, 22) as [string, string];
    const order = {
      order_class: "mleg",
      type: "limit",
      qty: "2",
      time_in_force: "day",
      limit_price: "20",
      client_order_id: `m-${next++}`,
      legs: [
        { symbol: long, ratio_qty: "1", side: "buy", position_intent: "buy_to_open" },
        { symbol: short, ratio_qty: "1", side: "sell", position_intent: "sell_to_open" },
      ],
    };
    const placed = await place(order);
    expect(placed.body).toMatchObject({
      order_class: "mleg",
      symbol: "",
      side: "",
      asset_class: "",
      position_intent: "",
    });
    const fill = await event(order.client_order_id, "fill");
    const legs = fill.order["legs"] as Message[];
    const net = Number(legs[0]?.["filled_avg_price"]) - Number(legs[1]?.["filled_avg_price"]);
    expect(Number(fill.order["filled_avg_price"])).toBeCloseTo(net, 6);
    expect((await send("GET", `/v2/positions/${short}`)).body).toMatchObject({ qty: "-2", side: "short" });
    const close = {
      symbol: long,
      qty: "3",
      side: "sell",
      type: "limit",
      limit_price: "0.01",
      time_in_force: "day",
    };
    const tooMuch = await place({ ...close, position_intent: "sell_to_close" });
    expect(tooMuch).toMatchObject({ status: 403, body: { code: 40310000, available: "2", symbol: long } });
  });
});

describe("refusals", () => {
  it.each([
    [{ limit_price: "100.123" }, 42210000, "sub-penny"],
    [{ symbol: "NOSUCH" }, 42210000, "not found"],
    [{ client_order_id: "x".repeat(129) }, 40010001, "128"],
    [{ qty: "0" }, 40010001, "qty"],
    [{ type: "iceberg" }, 42210000, "type"],
    [{ order_class: "mleg", legs: [] }, 42210000, "2 to 4 legs"],
    [{ limit_price: "69999", qty: "100" }, 40310000, "buying power"],
  ])("%j: %d", async (change, code, words) => {
    const refused = await place(buy(change));
    expect(refused.body["code"]).toBe(code);
    expect(refused.body["message"]).toContain(words);
  });

  it("a client id is unique for ever, also after the order's end", async () => {
    const order = low({ time_in_force: "ioc" });
    await place(order);
    await event(order.client_order_id, "canceled");
    const again = await place(order);
    expect(again).toMatchObject({
      status: 422,
      body: { code: 40010001, message: "client_order_id must be unique" },
    });
  });

  it("an order can't be changed to what it is, nor one that is unknown", async () => {
    const { body } = await place(low());
    await event(body["id"], "new");
    expect((await send("PATCH", `/v2/orders/${body["id"]}`, { limit_price: "100" })).body["code"]).toBe(
      40310000,
    );
    expect((await send("GET", "/v2/orders/nobody")).status).toBe(404);
  });
});

/** What REST knows of an order by its client id. */
const known = async (id: string): Promise<{ status: number; body: Message }> =>
  send("GET", `/v2/orders:by_client_order_id?client_order_id=${id}`);

describe("outcomes that leave a client in doubt", () => {
  it("the answer is lost before acceptance: there is no order", async () => {
    venue.faults.add({ kind: "ackLost", when: "before", count: 1 });
    const order = low();
    await expect(place(order)).rejects.toThrow();
    expect((await known(order.client_order_id)).status).toBe(404);
  });

  it("the answer is lost after acceptance: the order lives", async () => {
    venue.faults.add({ kind: "ackLost", count: 1 });
    const order = low();
    await expect(place(order)).rejects.toThrow();
    expect((await known(order.client_order_id)).body["status"]).toMatch(/new/);
  });

  it("504, and the order lives; 503, and it comes alive later", async () => {
    venue.faults.add({ kind: "ackError", status: 504, count: 1 });
    const first = low();
    expect((await place(first)).status).toBe(504);
    expect((await known(first.client_order_id)).status).toBe(200);
    venue.faults.add({ kind: "orderLater", ms: 150, count: 1 });
    const second = low();
    expect((await place(second)).status).toBe(503);
    expect((await known(second.client_order_id)).status).toBe(404);
    await event(second.client_order_id, "new");
  });

  it("the answer is late, and the fill is there before it", async () => {
    venue.faults.add({ kind: "fillBeforeAck", count: 1 });
    const order = buy();
    const answer = place(order);
    await event(order.client_order_id, "fill");
    expect((await answer).status).toBe(200);
    venue.faults.add({ kind: "ackLate", ms: 200, count: 1 });
    const t0 = performance.now();
    await place(low());
    expect(performance.now() - t0).toBeGreaterThan(190);
  });

  it("429 and resets come without an order", async () => {
    venue.faults.add({ kind: "rest", on: "/v2/orders", status: 429, count: 1 });
    const order = low();
    expect((await place(order)).status).toBe(429);
    expect((await known(order.client_order_id)).status).toBe(404);
  });

  it("rejected after it was accepted", async () => {
    venue.faults.add({ kind: "rejectAfterAck", count: 1 });
    const order = low();
    expect((await place(order)).body["status"]).toBe("pending_new");
    await event(order.client_order_id, "rejected");
    expect(updates(order.client_order_id).map((u) => u.event)).toEqual(["pending_new", "new", "rejected"]);
  });

  it("filled after the cancel was taken", async () => {
    venue.faults.add({ kind: "fillAfterCancel", count: 1 });
    const { body } = await place(low());
    await event(body["id"], "new");
    expect((await send("DELETE", `/v2/orders/${body["id"]}`)).status).toBe(204);
    await event(body["id"], "fill");
    expect(updates(body["id"]).map((u) => u.event)).toEqual(["pending_new", "new", "pending_cancel", "fill"]);
  });

  it("a cancel that is long without effect", async () => {
    venue.faults.add({ kind: "cancelSilent", ms: 1_000, count: 1 });
    const { body } = await place(low());
    await event(body["id"], "new");
    await send("DELETE", `/v2/orders/${body["id"]}`);
    await event(body["id"], "pending_cancel");
    expect((await send("GET", `/v2/orders/${body["id"]}`)).body["status"]).toBe("pending_cancel");
    await event(body["id"], "canceled");
  });

  it("partly filled, then cancelled by the venue", async () => {
    venue.faults.add({ kind: "partialThenCancel", count: 1 });
    const order = buy({ qty: "4" });
    await place(order);
    const end = await event(order.client_order_id, "canceled");
    expect(end.order).toMatchObject({ filled_qty: "2", status: "canceled" });
    expect(await event(order.client_order_id, "partial_fill")).toMatchObject({ qty: "2" });
  });

  it("the fill wins against a replacement", async () => {
    venue.faults.add({ kind: "replaceRace", count: 1 });
    const { body } = await place(low());
    await event(body["id"], "new");
    const patched = await send("PATCH", `/v2/orders/${body["id"]}`, { limit_price: "101" });
    expect(patched.status).toBe(200);
    await event(body["id"], "fill");
    await event(body["id"], "order_replace_rejected");
    expect((await send("GET", `/v2/orders/${patched.body["id"]}`)).body["status"]).toBe("rejected");
  });

  it("fills told twice, not at all, or busted", async () => {
    const first = buy();
    await place(first);
    const fill = await event(first.client_order_id, "fill");
    venue.faults.add({ kind: "repeatFill" });
    await stream.until(() => updates(first.client_order_id).filter((u) => u.event === "fill").length === 2);
    expect(updates(first.client_order_id).at(-1)?.execution_id).toBe(fill.execution_id);
    const held = Number((await send("GET", "/v2/positions/SPY")).body["qty"]);
    venue.faults.add({ kind: "tradeBust" });
    await event(first.client_order_id, "trade_bust");
    const after = await send("GET", "/v2/positions/SPY");
    expect(after.status === 404 ? 0 : Number(after.body["qty"])).toBe(held - 1);
    venue.faults.add({ kind: "dropFill", count: 1 });
    const second = buy();
    await place(second);
    await until("the fill", async () => (await known(second.client_order_id)).body["status"] === "filled");
    await pause(50);
    expect(updates(second.client_order_id).map((u) => u.event)).toEqual(["pending_new", "new"]);
  });

  it("an order that lives is not found for a while", async () => {
    const order = low();
    await place(order);
    venue.faults.add({ kind: "unknownOrder", count: 2 });
    expect((await known(order.client_order_id)).status).toBe(404);
    expect((await known(order.client_order_id)).status).toBe(404);
    expect((await known(order.client_order_id)).status).toBe(200);
  });
});
