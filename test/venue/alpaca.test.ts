import { pack } from "msgpackr";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startVenue, type Venue } from "../../src/venue/venue.ts";
import { pause, until } from "../harness/until.ts";
import { Client, get, type Message, signedIn } from "./client.ts";

let venue: Venue;
let basic: Venue;
const open: Client[] = [];
const keep = (client: Client): Client => {
  open.push(client);
  return client;
};

const DAY = { day: "2026-11-20", at: "10:00", seed: 3 };

beforeAll(async () => {
  venue = await startVenue(DAY);
  basic = await startVenue({ ...DAY, plan: "basic" });
});
afterEach(async () => {
  venue.faults.clear();
  basic.faults.clear();
  for (const client of open.splice(0)) client.close();
});
afterAll(async () => {
  await venue.close();
  await basic.close();
});

async function chainSymbols(of: Venue, n: number): Promise<string[]> {
  const page = await get(of, `/v1beta1/options/snapshots/SPY?limit=${n}&expiration_date_gte=2026-11-23`);
  return Object.keys((page.body as { snapshots: object }).snapshots);
}

describe("a data stream", () => {
  it("greets, signs in, acknowledges the whole state and sends quotes and trades in JSON", async () => {
    const c = keep(Client.open(venue, "/v2/sip"));
    await c.get({ T: "success", msg: "connected" });
    c.send({ action: "subscribe", quotes: ["SPY"] });
    await c.get({ T: "error", code: 401 });
    c.send({ action: "auth", key: "k", secret: "s" });
    await c.get({ msg: "authenticated" });
    c.send({ action: "subscribe", quotes: ["SPY"], trades: ["AAPL"], bars: [] });
    const ack = await c.get({ T: "subscription" });
    expect(ack).toMatchObject({ quotes: ["SPY"], trades: ["AAPL"], bars: [], corrections: ["AAPL"] });
    const q = await c.get({ T: "q", S: "SPY" });
    expect(q["ap"]).toBeGreaterThan(q["bp"] as number);
    expect(q["t"]).toMatch(/^2026-11-20T15:00:\d\d(\.\d{1,9})?Z$/);
    const t = await c.get({ T: "t", S: "AAPL" });
    expect(Number.isInteger(t["i"])).toBe(true);
    expect(t["c"]).toContain("@");
    c.send({ action: "unsubscribe", quotes: ["SPY"] });
    await c.until(() => c.messages.filter((m) => m["T"] === "subscription").length === 2);
    const seen = c.messages.length;
    await pause(200);
    expect(c.messages.slice(seen).filter((m) => m["T"] === "q")).toEqual([]);
  });

  it("speaks MessagePack on the option stream: T first, times as extension -1", async () => {
    const symbols = await chainSymbols(venue, 100);
    const c = keep(await signedIn(venue, "/v1beta1/opra", { msgpack: true }));
    c.send(pack({ action: "subscribe", quotes: symbols }));
    const q = await c.get({ T: "q" });
    expect(Object.keys(q)[0]).toBe("T");
    expect(symbols).toContain(q["S"]);
    expect(q["t"]).toBeInstanceOf(Date);
    const frame = c.frames.at(-1) as Buffer;
    expect(frame.includes(Buffer.from([0xd7, 0xff]))).toBe(true);
    expect(frame.indexOf(Buffer.from([0xa1, 0x54, 0xa1]))).toBeLessThan(5);
  });

  it.each([
    ["/v1beta1/opra", {}, { code: 412, msg: "option messages are only available in MsgPack format" }],
  ])("%s refuses JSON", async (path, options, error) => {
    const c = keep(Client.open(venue, path, options));
    c.send({ action: "auth", key: "k", secret: "s" });
    expect(await c.get({ T: "error" })).toMatchObject(error);
  });

  it("answers under the path without a version, and over TLS", async () => {
    keep(await signedIn(venue, "/sip"));
    keep(await signedIn(venue, "/v1beta3/crypto/us", { tls: true }));
  });

  it("puts fragments together, and inflates what is deflated", async () => {
    const c = keep(await signedIn(venue, "/v2/test", { deflate: true }));
    const text = JSON.stringify({ action: "subscribe", quotes: ["FAKEPACA"] });
    c.ws.send(text.slice(0, 9), { fin: false });
    c.ws.send(text.slice(9), { fin: true });
    await c.get({ T: "q", S: "FAKEPACA" });
  });

  it("tells coin books whole and then by what changed, bars after their minute, and headlines", async () => {
    const fast = await startVenue({ ...DAY, speed: 60 });
    const coins = keep(await signedIn(fast, "/v1beta3/crypto/us"));
    coins.send({ action: "subscribe", orderbooks: ["BTC/USD"], bars: ["BTC/USD"] });
    expect(await coins.get({ T: "o" })).toMatchObject({ r: true, S: "BTC/USD" });
    const change = await coins.until(() =>
      coins.messages.find((m) => m["T"] === "o" && m["r"] === undefined),
    );
    expect((change["b"] as unknown[]).length + (change["a"] as unknown[]).length).toBeGreaterThan(0);
    expect(await coins.get({ T: "b" })).toMatchObject({ S: "BTC/USD", t: expect.stringMatching(/:00Z$/) });
    const news = keep(await signedIn(fast, "/v1beta1/news"));
    news.send({ action: "subscribe", news: ["*"] });
    expect(await news.get({ T: "n" })).toMatchObject({ source: "venue", symbols: [expect.any(String)] });
    await fast.close();
  });

  it("refuses a second connection to the endpoint with 406 and takes it once the first is gone", async () => {
    const first = keep(await signedIn(venue, "/v2/iex"));
    const second = keep(Client.open(venue, "/v2/iex"));
    second.send({ action: "auth", key: "k", secret: "s" });
    await second.get({ T: "error", code: 406 });
    first.close();
    await until("the second's turn", () => {
      second.send({ action: "auth", key: "k", secret: "s" });
      return second.messages.some((m) => m["msg"] === "authenticated");
    });
  });

  it("refuses what the plan does not hold and leaves the subscription as it was", async () => {
    const c = keep(await signedIn(basic, "/v2/iex"));
    c.send({ action: "subscribe", quotes: ["SPY"] });
    await c.get({ T: "subscription" });
    c.send({ action: "subscribe", quotes: Array.from({ length: 30 }, (_, i) => `S${i}`) });
    await c.get({ T: "error", code: 405 });
    c.send({ action: "subscribe", trades: ["AAPL"] });
    const last = await c.until(() => c.messages.filter((m) => m["T"] === "subscription")[1]);
    expect(last).toMatchObject({ quotes: ["SPY"], trades: ["AAPL"] });
    const sip = keep(Client.open(basic, "/v2/sip"));
    sip.send({ action: "auth", key: "k", secret: "s" });
    await sip.get({ T: "error", code: 409 });
  });

  it.each([
    ["{", 400],
    ['{"action":"dance"}', 400],
    ['{"action":"auth","key":"k","secret":"s"}', 403],
    ['{"action":"subscribe","orderbooks":["SPY"]}', 410],
    ['{"action":"subscribe","quotes":"SPY"}', 400],
  ])("answers %s with %d and stays", async (text, code) => {
    const c = keep(await signedIn(venue, "/v2/sip"));
    c.send(text);
    await c.get({ T: "error", code });
    c.send({ action: "subscribe", quotes: ["SPY"] });
    await c.get({ T: "subscription" });
  });

  it("refuses every option's quotes at once with 413", async () => {
    const c = keep(await signedIn(venue, "/v1beta1/indicative", { msgpack: true }));
    c.send(pack({ action: "subscribe", quotes: ["*"] }));
    await c.get({ T: "error", code: 413 });
  });
});

describe("REST", () => {
  it("tells time, calendar and whether the market is open, in the session's own time", async () => {
    const clock = await get(venue, "/v2/clock");
    expect(clock.body).toMatchObject({ is_open: true, next_close: "2026-11-20T16:00:00-05:00" });
    expect(clock.headers.get("x-ratelimit-limit")).toBe("10000");
    const calendar = await get(venue, "/v2/calendar?start=2026-11-25&end=2026-11-30");
    expect(calendar.body).toMatchObject([{ date: "2026-11-25" }, { date: "2026-11-27", close: "13:00" }, {}]);
  });

  it("pages a chain to its end without a contract lost or double", async () => {
    const seen: string[] = [];
    let token: string | null = null;
    do {
      const url = `/v1beta1/options/snapshots/AAPL?limit=250${token === null ? "" : `&page_token=${token}`}`;
      const page = (await get(venue, url)).body as { snapshots: object; next_page_token: string | null };
      seen.push(...Object.keys(page.snapshots));
      token = page.next_page_token;
    } while (token !== null);
    expect(seen.length).toBeGreaterThan(500);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it("gives the same minute bars as the trades that make them", async () => {
    const span = "start=2026-11-20T14:31:00Z&end=2026-11-20T14:31:59.999Z";
    const bars = (await get(venue, `/v2/stocks/bars?symbols=AAPL&timeframe=1Min&${span}`)).body;
    const trades = (await get(venue, `/v2/stocks/trades?symbols=AAPL&limit=10000&${span}`)).body;
    const bar = (bars as { bars: { AAPL: Message[] } }).bars.AAPL[0] as Message;
    const rows = (trades as { trades: { AAPL: Message[] } }).trades.AAPL;
    expect(bar["n"]).toBe(rows.length);
    expect(bar["o"]).toBe(rows[0]?.["p"]);
    expect(bar["v"]).toBe(rows.reduce((s, t) => s + (t["s"] as number), 0));
  });

  it("refuses without keys and names what is wrong with a request", async () => {
    expect((await fetch(`http://127.0.0.1:${venue.port}/v2/clock`)).status).toBe(403);
    expect((await get(venue, "/v2/stocks/bars?symbols=SPY&timeframe=7Parsec")).status).toBe(400);
    expect((await get(venue, "/v2/assets/NOSUCH")).body).toMatchObject({ code: 40410000 });
    expect((await get(basic, "/v1beta1/options/snapshots/SPY?feed=opra")).status).toBe(403);
  });
});
