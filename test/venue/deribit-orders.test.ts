import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startVenue, type Venue } from "../../src/venue/venue.ts";
import { pause } from "../harness/until.ts";
import { Client, type Message } from "./client.ts";
import { Rpc } from "./rpc.ts";

let venue: Venue;
let rpc: Rpc;
let next = 0;
const PERP = "BTC-PERPETUAL";
const SIGN_IN = { grant_type: "client_credentials", client_id: "id", client_secret: "secret" };

async function signedIn(): Promise<Rpc> {
  const fresh = new Rpc(Client.open(venue, "/ws/api/v2"));
  await fresh.call("public/auth", SIGN_IN);
  return fresh;
}

beforeAll(async () => {
  venue = await startVenue({ day: "2026-11-20", at: "10:00", seed: 3 });
});
beforeEach(async () => {
  rpc = await signedIn();
  await rpc.call("private/subscribe", { channels: ["user.orders.any.any.raw", "user.trades.any.any.raw"] });
});
afterEach(async () => {
  venue.faults.clear();
  await rpc.call("private/cancel_all");
  rpc.client.close();
});
afterAll(() => venue.close());

const label = (): string => `l-${next++}`;
const low = (more: object = {}): Message => ({
  instrument_name: PERP,
  amount: 100,
  price: 50_000,
  label: label(),
  ...more,
});
const orderOf = (m: Message): Message => (m["result"] as { order: Message }).order;
const told = (l: unknown): Message[] =>
  rpc.client.messages
    .map((m) => m["params"] as { channel?: string; data?: Message } | undefined)
    .filter((p) => p?.channel === "user.orders.any.any.raw" && p.data?.["label"] === l)
    .map((p) => p?.data as Message);
const byLabel = async (l: unknown): Promise<Message[]> =>
  (await rpc.call("private/get_order_state_by_label", { currency: "BTC", label: l }))["result"] as Message[];

describe("orders", () => {
  it("a limit rests, is edited under its id, and cancelled", async () => {
    const order = orderOf(await rpc.call("private/buy", low()));
    expect(order).toMatchObject({ order_state: "open", filled_amount: 0, direction: "buy", price: 50_000 });
    await rpc.client.until(() => told(order["label"]).length > 0);
    const edited = orderOf(
      await rpc.call("private/edit", { order_id: order["order_id"], amount: 200, price: 50_100 }),
    );
    expect(edited).toMatchObject({ order_id: order["order_id"], amount: 200, price: 50_100, replaced: true });
    const gone = await rpc.call("private/cancel", { order_id: order["order_id"] });
    expect(gone["result"]).toMatchObject({ order_state: "cancelled" });
    await rpc.client.until(() => told(order["label"]).some((o) => o["order_state"] === "cancelled"));
    const again = await rpc.call("private/cancel", { order_id: order["order_id"] });
    expect(again["error"]).toMatchObject({ code: 11044 });
  });

  it("a market order has its word for a price, and is a trade, a position and coins", async () => {
    const before = (await rpc.call("private/get_account_summary", { currency: "BTC" }))["result"] as Message;
    const bought = { instrument_name: PERP, amount: 1_000, type: "market", label: label() };
    expect(orderOf(await rpc.call("private/buy", bought))["price"]).toBe("market_price");
    const trade = await rpc.client.until(() =>
      rpc.client.messages.find(
        (m) => (m["params"] as Message | undefined)?.["channel"] === "user.trades.any.any.raw",
      ),
    );
    expect(((trade["params"] as Message)["data"] as Message[])[0]).toMatchObject({
      amount: 1_000,
      label: bought.label,
    });
    const position = (await rpc.call("private/get_position", { instrument_name: PERP }))["result"];
    expect(position).toMatchObject({ size: 1_000, direction: "buy" });
    const after = (await rpc.call("private/get_account_summary", { currency: "BTC" }))["result"] as Message;
    expect(after["equity"]).toBeCloseTo(before["equity"] as number, 3);
  });

  it("the same label twice is two orders", async () => {
    const twice = low();
    await rpc.call("private/buy", twice);
    await rpc.call("private/buy", twice);
    expect(await byLabel(twice["label"])).toHaveLength(2);
    const ambiguous = await rpc.call("private/edit_by_label", {
      label: twice["label"],
      price: 50_001,
      amount: 100,
    });
    expect(ambiguous["error"]).toMatchObject({ code: 11030 });
    const cancelled = await rpc.call("private/cancel_by_label", { label: twice["label"] });
    expect(cancelled["result"]).toBe(2);
  });

  it.each([
    [{ price: 50_000.3 }, 10043],
    [{ amount: 15 }, 10021],
    [{ amount: 1 }, -32602],
    [{ instrument_name: "BTC-NONE" }, 13020],
    [{ label: "x".repeat(65) }, -32602],
    [{ valid_until: 1 }, 13888],
    [{ price: 200_000, post_only: true, reject_post_only: true }, 11054],
    [{ reduce_only: true, instrument_name: "ETH-PERPETUAL", price: 2_000 }, 11030],
  ])("%j is refused with %d", async (change, code) => {
    expect((await rpc.call("private/buy", low(change)))["error"]).toMatchObject({ code });
  });

  it("orders go with the connection if that was asked for, but not at a logout", async () => {
    const gone = await signedIn();
    await gone.call("private/enable_cancel_on_disconnect");
    const first = low();
    await gone.call("private/buy", first);
    gone.client.close();
    await rpc.client.until(() => told(first["label"]).some((o) => o["order_state"] === "cancelled"));
    const polite = await signedIn();
    await polite.call("private/enable_cancel_on_disconnect");
    const second = low();
    await polite.call("private/buy", second);
    polite.client.send({ jsonrpc: "2.0", id: 99, method: "private/logout" });
    await polite.client.until(() => polite.client.closed);
    await pause(50);
    expect((await byLabel(second["label"]))[0]).toMatchObject({ order_state: "open" });
  });
});

describe("outcomes that leave a client in doubt", () => {
  it("an answer that never comes: the order is found by its label, or there is none", async () => {
    venue.faults.add({ kind: "ackLost", count: 1 });
    const lives = low();
    rpc.client.send({ jsonrpc: "2.0", id: 500, method: "private/buy", params: lives });
    await rpc.client.until(() => told(lives["label"]).length > 0);
    expect(rpc.client.messages.some((m) => m["id"] === 500)).toBe(false);
    expect(await byLabel(lives["label"])).toHaveLength(1);
    venue.faults.add({ kind: "ackLost", when: "before", count: 1 });
    const never = low();
    rpc.client.send({ jsonrpc: "2.0", id: 501, method: "private/buy", params: never });
    await pause(50);
    expect(await byLabel(never["label"])).toEqual([]);
  });

  it("the event comes before the answer; an error hides an order that lives", async () => {
    venue.faults.add({ kind: "fillBeforeAck", count: 1 });
    const order = low({ price: 200_000, amount: 10 });
    const answer = rpc.call("private/buy", order);
    await rpc.client.until(() => told(order["label"]).some((o) => o["order_state"] === "filled"));
    expect(orderOf(await answer)["label"]).toBe(order["label"]);
    venue.faults.add({ kind: "ackError", count: 1 });
    const hidden = low();
    expect((await rpc.call("private/buy", hidden))["error"]).toMatchObject({ code: 11094 });
    expect(await byLabel(hidden["label"])).toHaveLength(1);
  });
});
