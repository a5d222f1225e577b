import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startVenue, type Venue } from "../../src/venue/venue.ts";
import { Client, get, type Message } from "./client.ts";
import { Rpc } from "./rpc.ts";

let venue: Venue;
const open: Client[] = [];
const KEY = { key: "id", secret: "shh" };

beforeAll(async () => {
  venue = await startVenue({ day: "2026-11-20", at: "10:00", seed: 3, credentials: KEY });
});
afterEach(() => {
  venue.faults.clear();
  for (const client of open.splice(0)) client.close();
});
afterAll(() => venue.close());

function connect(): Rpc {
  const client = Client.open(venue, "/ws/api/v2");
  open.push(client);
  return new Rpc(client);
}

const SIGN_IN = { grant_type: "client_credentials", client_id: "id", client_secret: "shh" };

describe("signing in", () => {
  it("takes a secret, a signature and a refresh token, and refuses wrong ones", async () => {
    const rpc = connect();
    const wrong = await rpc.call("public/auth", { ...SIGN_IN, client_secret: "no" });
    expect(wrong["error"]).toMatchObject({ code: 13004, message: "invalid_credentials" });
    const first = await rpc.call("public/auth", SIGN_IN);
    const grant = first["result"] as { refresh_token: string };
    expect(first["result"]).toMatchObject({ expires_in: 900, token_type: "bearer" });
    expect(first["usDiff"]).toBe((first["usOut"] as number) - (first["usIn"] as number));
    const again = await rpc.call("public/auth", {
      grant_type: "refresh_token",
      refresh_token: grant.refresh_token,
    });
    expect(again["result"]).toMatchObject({ token_type: "bearer" });
    const timestamp = Date.now();
    const signature = createHmac("sha256", "shh").update(`${timestamp}\nabc\n`).digest("hex");
    const signed = {
      grant_type: "client_signature",
      client_id: "id",
      timestamp,
      nonce: "abc",
      data: "",
      signature,
    };
    expect((await rpc.call("public/auth", signed))["result"]).toMatchObject({ token_type: "bearer" });
  });

  it("ends raw data and private calls when the token expires", async () => {
    const rpc = connect();
    expect((await rpc.call("private/subscribe", { channels: [] }))["error"]).toMatchObject({ code: 13009 });
    await rpc.call("public/auth", SIGN_IN);
    const raw = "ticker.BTC-PERPETUAL.raw";
    expect((await rpc.call("private/subscribe", { channels: [raw] }))["result"]).toEqual([raw]);
    await rpc.data(raw);
    venue.faults.add({ kind: "tokenExpiry" });
    expect((await rpc.call("private/subscribe", { channels: [raw] }))["error"]).toMatchObject({
      code: 13009,
    });
  });
});

describe("channels", () => {
  it("leaves unknown channels, and raw ones before auth, out of the answer", async () => {
    const rpc = connect();
    const channels = ["quote.BTC-PERPETUAL", "quote.NO-SUCH", "ticker.BTC-PERPETUAL.raw", "nonsense"];
    expect((await rpc.call("public/subscribe", { channels }))["result"]).toEqual(["quote.BTC-PERPETUAL"]);
    const q = await rpc.data("quote.BTC-PERPETUAL");
    expect(q["best_ask_price"]).toBeGreaterThan(q["best_bid_price"] as number);
  });

  it("tells a book as a snapshot and changes that link to each other; a gap breaks the link", async () => {
    const rpc = connect();
    const name = "book.BTC-PERPETUAL.100ms";
    await rpc.call("public/subscribe", { channels: [name] });
    const first = await rpc.data(name);
    expect(first).toMatchObject({ type: "snapshot" });
    const second = await rpc.data(name, 1);
    expect(second).toMatchObject({ type: "change", prev_change_id: first["change_id"] });
    const before = (await rpc.data(name, 2))["change_id"];
    venue.faults.add({ kind: "bookGap", count: 1 });
    await rpc.client.until(() => venue.faults.list().length === 0);
    const books = rpc.client.messages.filter(
      (m) => (m["params"] as Message | undefined)?.["channel"] === name,
    );
    const after = await rpc.data(name, books.length);
    expect(after["prev_change_id"]).not.toBe(before);
  });

  it("prices options in the coin, with vols in percent", async () => {
    const rpc = connect();
    const list = await rpc.call("public/get_instruments", { currency: "BTC", kind: "option" });
    const options = list["result"] as {
      instrument_name: string;
      strike: number;
      tick_size_steps: object[];
    }[];
    expect(options.length).toBeGreaterThan(300);
    expect(options[0]?.tick_size_steps).toEqual([{ above_price: 0.005, tick_size: 0.0005 }]);
    const index = (await rpc.call("public/get_index_price", { index_name: "btc_usd" }))["result"] as Message;
    const spot = index["index_price"] as number;
    const near = options.reduce((a, b) => (Math.abs(a.strike - spot) < Math.abs(b.strike - spot) ? a : b));
    const ticker = (await rpc.call("public/ticker", { instrument_name: near.instrument_name }))[
      "result"
    ] as Message;
    expect(ticker["mark_iv"]).toBeGreaterThan(10);
    expect(ticker["mark_price"]).toBeLessThan(1);
    expect((await rpc.call("public/ticker", { instrument_name: "BTC-1JAN20-1-C" }))["error"]).toMatchObject({
      code: 13020,
    });
  });
});

describe("manners", () => {
  it("echoes ids of any type and names what is wrong", async () => {
    const rpc = connect();
    rpc.client.send({ jsonrpc: "2.0", id: "a-1", method: "public/get_time", params: {} });
    expect((await rpc.client.get({ id: "a-1" }))["result"]).toBeGreaterThan(1.7e12);
    expect((await rpc.call("public/no_such"))["error"]).toMatchObject({ code: -32601 });
    expect((await rpc.call("public/set_heartbeat", { interval: 5 }))["error"]).toMatchObject({
      code: -32602,
    });
    rpc.client.send("{");
    await rpc.client.until(() =>
      rpc.client.messages.find((m) => (m["error"] as Message | undefined)?.["code"] === -32700),
    );
  });

  it("says 10028 to a flood and closes", async () => {
    const rpc = connect();
    for (let i = 0; i < 130; i++) rpc.client.send({ jsonrpc: "2.0", id: i, method: "public/test" });
    await rpc.client.until(() => rpc.client.closed);
    expect(rpc.client.messages.some((m) => (m["error"] as Message | undefined)?.["code"] === 10028)).toBe(
      true,
    );
  });

  it("answers the same by HTTP, with 400 for errors", async () => {
    const time = await get(venue, "/api/v2/public/get_time");
    expect(time.body).toMatchObject({ jsonrpc: "2.0", testnet: false });
    const summary = await get(venue, "/api/v2/public/get_book_summary_by_currency?currency=ETH&kind=option");
    expect((summary.body as { result: object[] }).result.length).toBeGreaterThan(200);
    expect((await get(venue, "/api/v2/public/ticker?instrument_name=X")).status).toBe(400);
    expect((await get(venue, "/api/v2/private/get_positions")).status).toBe(400);
  });
});
