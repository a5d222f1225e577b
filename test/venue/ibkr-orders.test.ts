import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startVenue, type Venue } from "../../src/venue/venue.ts";
import { until } from "../harness/until.ts";
import { Client, type Message } from "./client.ts";

let venue: Venue;
let stream: Client;
let next = 0;
const ACCOUNT = "DU1234567";

async function call<T = Message>(
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; body: T }> {
  const response = await fetch(`http://127.0.0.1:${venue.port}/v1/api${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as T };
}

beforeAll(async () => {
  venue = await startVenue({ day: "2026-11-20", at: "10:00", seed: 3, gatewayRate: 1_000 });
  await call("GET", "/iserver/accounts");
  const { session } = (await call<{ session: string }>("POST", "/tickle")).body;
  stream = Client.open(venue, "/v1/api/ws", { headers: { cookie: `api=${session}` } });
  await stream.get({ topic: "act" });
  stream.send("sor+{}");
  stream.send('str+{"realtimeUpdatesOnly":true}');
  await stream.get({ topic: "sor" });
});
afterEach(async () => {
  venue.faults.clear();
  await call("DELETE", `/iserver/account/${ACCOUNT}/order/-1`);
});
afterAll(async () => {
  stream.close();
  await venue.close();
});

const ticket = (more: object = {}): Message => ({
  acctId: ACCOUNT,
  conid: 756733,
  cOID: `c-${next++}`,
  orderType: "LMT",
  side: "BUY",
  price: 100,
  quantity: 1,
  tif: "DAY",
  ...more,
});
const place = (t: object) => call<Message[]>("POST", `/iserver/account/${ACCOUNT}/orders`, { orders: [t] });
const confirm = (id: unknown, confirmed = true) =>
  call<Message[]>("POST", `/iserver/reply/${String(id)}`, { confirmed });
const orders = async (): Promise<Message[]> => {
  await call("GET", "/iserver/account/orders?force=true");
  return (await call<{ orders: Message[] }>("GET", "/iserver/account/orders")).body.orders;
};
const byRef = async (ref: unknown): Promise<Message | undefined> =>
  (await orders()).find((o) => o["order_ref"] === ref);

/** The order once it has a status. */
async function reaches(ref: unknown, status: string): Promise<Message> {
  let row: Message | undefined;
  const look = async () => {
    row = await byRef(ref);
    return row?.["status"] === status && row;
  };
  return until(`${String(ref)} ${status}`, look, () => row);
}

describe("the question chain", () => {
  it("asks about a far limit, then does it; the order is in the list by its reference and on the stream", async () => {
    const t = ticket();
    const asked = (await place(t)).body[0] as Message;
    expect(asked["messageIds"]).toEqual(["o163"]);
    const done = (await confirm(asked["id"])).body[0] as Message;
    expect(done).toMatchObject({ order_id: expect.any(String), local_order_id: t["cOID"] });
    expect(await reaches(t["cOID"], "Submitted")).toMatchObject({
      orderId: Number(done["order_id"]),
      price: 100,
    });
    const told = await stream.until(() =>
      stream.messages
        .filter((m) => m["topic"] === "sor")
        .flatMap((m) => m["args"] as Message[])
        .find((r) => r["orderId"] === Number(done["order_id"])),
    );
    expect(told).toMatchObject({ acct: ACCOUNT });
    const again = await place(t);
    expect(again).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("already registered") },
    });
  });

  it("asks several times in a row, and a reply's id dies when another order comes between", async () => {
    venue.faults.add({ kind: "questions", n: 1, count: 1 });
    const first = (await place(ticket())).body[0] as Message;
    const second = (await confirm(first["id"])).body[0] as Message;
    expect(second["messageIds"]).toEqual(["o451"]);
    await place(ticket());
    expect(await confirm(second["id"])).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("reply id not found") },
    });
  });

  it("a suppressed question is not asked, one that is refused drops the order", async () => {
    const dropped = ticket();
    const asked = (await place(dropped)).body[0] as Message;
    expect((await confirm(asked["id"], false)).body).toMatchObject({ error: "Order not confirmed" });
    await call("POST", "/iserver/questions/suppress", { messageIds: ["o163"] });
    const [done] = (await place(ticket())).body;
    expect(done).toMatchObject({ order_status: expect.any(String) });
    expect(await byRef(dropped["cOID"])).toBeUndefined();
  });
});

describe("orders", () => {
  it("a marketable order is a trade, a position and cash; a resting one is amended and cancelled", async () => {
    const t = ticket({ orderType: "MKT", quantity: 2 });
    await place(t);
    const fills = await stream.until(() => stream.messages.find((m) => m["topic"] === "str"));
    expect((fills["args"] as Message[])[0]).toMatchObject({
      size: 2,
      side: "B",
      order_ref: t["cOID"],
      price: expect.any(String),
    });
    await call("GET", "/portfolio/accounts");
    const [position] = (await call<Message[]>("GET", `/portfolio/${ACCOUNT}/positions/0`)).body;
    expect(position).toMatchObject({ conid: 756733, position: 2 });
    const ledger = (await call<{ USD: Message }>("GET", `/portfolio/${ACCOUNT}/ledger`)).body.USD;
    expect(ledger["cashbalance"]).toBeLessThan(1_000_000);
    const rest = ticket();
    const [{ order_id }] = (await place(rest)).body as [Message];
    await reaches(rest["cOID"], "Submitted");
    const amended = await call<Message[]>("POST", `/iserver/account/${ACCOUNT}/order/${order_id}`, {
      ...rest,
      price: 101,
    });
    expect(amended.body[0]).toMatchObject({ order_id });
    expect(await byRef(rest["cOID"])).toMatchObject({ price: 101 });
    expect((await call("DELETE", `/iserver/account/${ACCOUNT}/order/${order_id}`)).body).toMatchObject({
      msg: "Request was submitted",
    });
    await reaches(rest["cOID"], "Cancelled");
    expect((await call("DELETE", `/iserver/account/${ACCOUNT}/order/1`)).body).toEqual({
      error: "OrderID 1 doesn't exist",
    });
  });

  it("a combo fills at the net of its legs; what-if says what an order costs and makes none", async () => {
    const [leg] = (await call<Message[]>("GET", "/iserver/secdef/search?symbol=SPY&secType=STK")).body;
    const strikes = (
      await call<{ call: number[] }>(
        "GET",
        `/iserver/secdef/strikes?conid=${leg?.["conid"]}&sectype=OPT&month=DEC26`,
      )
    ).body.call;
    const near = strikes.slice(Math.floor(strikes.length / 2), Math.floor(strikes.length / 2) + 2);
    const conids: number[] = [];
    for (const strike of near) {
      const info = await call<Message[]>(
        "GET",
        `/iserver/secdef/info?conid=756733&sectype=OPT&month=DEC26&strike=${strike}&right=C`,
      );
      conids.push((info.body as Message[])[0]?.["conid"] as number);
    }
    const combo = ticket({
      conid: undefined,
      conidex: `28812380@SMART;;;${conids[0]}/1,${conids[1]}/-1`,
      price: 9,
    });
    const before = (await orders()).length;
    const whatif = await call("POST", `/iserver/account/${ACCOUNT}/orders/whatif`, { orders: [combo] });
    expect(whatif.body).toMatchObject({ amount: { commission: "1 USD" }, error: null });
    expect((await orders()).length).toBe(before);
    await place(combo);
    expect(await reaches(combo["cOID"], "Filled")).toMatchObject({ secType: "BAG", filledQuantity: 1 });
  });

  it("503, and the order is live later; an answer that is lost after acceptance", async () => {
    venue.faults.add({ kind: "orderLater", ms: 150, count: 1 });
    const t = ticket();
    expect((await place(t)).status).toBe(503);
    await reaches(t["cOID"], "Submitted");
    venue.faults.add({ kind: "ackLost", count: 1 });
    const lost = ticket();
    await expect(place(lost)).rejects.toThrow();
    await reaches(lost["cOID"], "Submitted");
  });

  it("a refused order stream says so", async () => {
    venue.faults.add({ kind: "sorRefused", count: 1 });
    stream.send("sor+{}");
    await stream.get({ error: "unable to subscribe", topic: "sor" });
  });
});
