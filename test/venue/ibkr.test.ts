import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startVenue, type Venue } from "../../src/venue/venue.ts";
import { pause, settled, until } from "../harness/until.ts";
import { Client, type Message } from "./client.ts";

let venue: Venue;
const open: Client[] = [];

beforeAll(async () => {
  venue = await startVenue({ day: "2026-11-20", at: "10:00", seed: 3, gatewayRate: 40 });
});
afterEach(async () => {
  venue.faults.clear();
  for (const client of open.splice(0)) client.close();
  await call("POST", "/iserver/auth/ssodh/init", { publish: true, compete: true });
});
afterAll(() => venue.close());

async function call<T = Message>(
  method: string,
  path: string,
  body?: object,
  prefix = "/v1/api",
): Promise<{ status: number; body: T }> {
  const response = await fetch(`http://127.0.0.1:${venue.port}${prefix}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as T };
}

async function session(): Promise<string> {
  return (await call<{ session: string }>("POST", "/tickle")).body.session;
}

async function socket(cookie?: string): Promise<Client> {
  const client = Client.open(venue, "/v1/api/ws", {
    tls: true,
    headers: { cookie: cookie ?? `api=${await session()}` },
  });
  open.push(client);
  return client;
}

const isStatus = (authenticated: boolean) => (m: Message) =>
  m["topic"] === "sts" && (m["args"] as Message)["authenticated"] === authenticated;

describe("contracts", () => {
  it("finds a stock's options by month, strike and expiry, only after a search", async () => {
    const early = await call<{ call: number[] }>(
      "GET",
      "/iserver/secdef/strikes?conid=265598&sectype=OPT&month=DEC26",
    );
    expect(early.body.call).toEqual([]);
    const found = await call<Message[]>("GET", "/iserver/secdef/search?symbol=AAPL&secType=STK");
    expect(found.body[0]).toMatchObject({ conid: "265598", symbol: "AAPL" });
    const strikes = await call<{ call: number[] }>(
      "GET",
      "/iserver/secdef/strikes?conid=265598&sectype=OPT&month=DEC26",
    );
    const strike = strikes.body.call[Math.floor(strikes.body.call.length / 2)];
    const info = await call<Message[]>(
      "GET",
      `/iserver/secdef/info?conid=265598&sectype=OPT&month=DEC26&strike=${strike}&right=C`,
    );
    expect(info.body.length).toBeGreaterThan(1);
    expect(info.body[0]).toMatchObject({ right: "C", strike, secType: "OPT", multiplier: "100" });
  });

  it("lists VSTOXX futures under the broker's own word, and the euro", async () => {
    const futures = await call<{ V2TX: Message[] }>("GET", "/trsrv/futures?symbols=V2TX,ES");
    expect(futures.body.V2TX.length).toBeGreaterThan(4);
    expect(futures.body.V2TX[0]?.["expirationDate"]).toBe(20261216);
    const pairs = await call<{ USD: Message[] }>("GET", "/iserver/currency/pairs?currency=USD");
    expect(pairs.body.USD).toContainEqual({ symbol: "EUR.USD", conid: 12087792, ccyPair: "EUR" });
  });
});

describe("market data", () => {
  it("gives a snapshot from the second ask on, as text, after the accounts were asked", async () => {
    const path = "/iserver/marketdata/snapshot?conids=756733&fields=31,84,86,7741";
    expect((await call("GET", path)).status).toBe(400);
    await call("GET", "/iserver/accounts");
    expect((await call("GET", path)).body).toEqual([{ conid: 756733, conidEx: "756733" }]);
    const [row] = (await call<Message[]>("GET", path)).body;
    expect(row).toMatchObject({ conid: 756733, "6509": "RpB", "84": expect.stringMatching(/^\d+\.\d\d$/) });
    const old = await call<Message[]>("GET", path, undefined, "/v1/portal");
    expect(old.status).toBe(200);
    const history = await call<{ points: number }>(
      "GET",
      "/iserver/marketdata/history?conid=756733&period=1h&bar=5min",
    );
    expect(history.body.points).toBeGreaterThan(3);
  });

  it("greets, sends one full message and then what changes, until the subscription's age", async () => {
    const c = await socket();
    await c.get({ message: "waiting for session" });
    await c.until(() => c.messages.find(isStatus(true)));
    c.send('smd+756733+{"fields":["31","84","86","55"]}');
    const first = await c.get({ topic: "smd+756733" });
    expect(first).toMatchObject({ "55": "SPY", "6509": "RpB" });
    const later = await c.until(() => c.messages.filter((m) => m["topic"] === "smd+756733")[1]);
    expect(later["55"]).toBeUndefined();
    venue.faults.add({ kind: "smdAge", ms: 1 });
    const quotes = (): number => c.messages.filter((m) => m["topic"] === "smd+756733").length;
    const seen = await settled(quotes);
    await pause(500);
    expect(quotes()).toBe(seen);
    c.send("tic");
    expect(await c.get({ topic: "tic" })).toMatchObject({ alive: true });
  });
});

describe("the session", () => {
  it("takes both forms of the cookie and knows no other session", async () => {
    const good = await socket(`api={"session":"${await session()}"}`);
    await good.until(() => good.messages.find(isStatus(true)));
    const stranger = await socket("api=nobody");
    await stranger.until(() => stranger.messages.find(isStatus(false)));
  });

  it("says so when another login takes it, has no bridge then, and is had back by force alone", async () => {
    const c = await socket();
    await c.until(() => c.messages.find(isStatus(true)));
    venue.faults.add({ kind: "competing" });
    await c.until(() => c.messages.find(isStatus(false)));
    expect((await call("GET", "/iserver/accounts")).body).toMatchObject({ error: "Bad Request: no bridge" });
    const tickle = await call("POST", "/tickle");
    expect(tickle.body).toMatchObject({ iserver: { authStatus: { competing: true, authenticated: false } } });
    const meek = await call("POST", "/iserver/auth/ssodh/init", { publish: true, compete: false });
    expect(meek.body["authenticated"]).toBe(false);
    const firm = await call("POST", "/iserver/auth/ssodh/init", { publish: true, compete: true });
    expect(firm.body["authenticated"]).toBe(true);
  });

  it("refuses more requests a second than its limit", async () => {
    const url = `http://127.0.0.1:${venue.port}/v1/api/tickle`;
    const replies = await Promise.all(Array.from({ length: 60 }, () => fetch(url, { method: "POST" })));
    expect(replies.some((r) => r.status === 429)).toBe(true);
    // Asking without a pause would go on being too much.
    await until("an answer", async () => {
      await pause(500);
      return (await fetch(url, { method: "POST" })).status === 200;
    });
  });
});
