import { pack } from "msgpackr";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Faults } from "../../src/venue/faults/faults.ts";
import { FAULT_KINDS } from "../../src/venue/faults/kinds.ts";
import { parseScript } from "../../src/venue/faults/script.ts";
import { Hub } from "../../src/venue/hub.ts";
import { openMarket } from "../../src/venue/market/open.ts";
import type { Product, Quote } from "../../src/venue/market/types.ts";
import { SessionClock, startOf } from "../../src/venue/session-clock.ts";
import { startVenue, type Venue } from "../../src/venue/venue.ts";
import { SimClock } from "../chaos/sim-clock.ts";
import { pause, settled, until } from "../harness/until.ts";
import { Client, get, type Message, signedIn } from "./client.ts";

let venue: Venue;
const open: Client[] = [];

beforeAll(async () => {
  venue = await startVenue({ day: "2026-11-20", at: "10:00", seed: 3 });
});
afterEach(async () => {
  venue.faults.clear();
  for (const client of open.splice(0)) client.close();
});
afterAll(() => venue.close());

async function subscribed(path = "/v2/sip"): Promise<Client> {
  const c = await signedIn(venue, path);
  open.push(c);
  c.send({ action: "subscribe", quotes: ["SPY", "QQQ"], trades: ["SPY", "QQQ"], statuses: ["*"] });
  await c.get({ T: "q" });
  return c;
}

const admin = (method: string, path: string, body?: object): Promise<Response> =>
  fetch(`http://127.0.0.1:${venue.port}/_venue${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

describe("the admin path", () => {
  it("puts a fault in, lists it, takes it out, and says what is wrong with one that is none", async () => {
    const made = await admin("POST", "/faults", { kind: "mute", on: "/v2/positions", forMs: 60_000 });
    expect(made.status).toBe(201);
    const { id } = (await made.json()) as { id: number };
    const list = (await (await admin("GET", "/faults")).json()) as { active: Message[]; kinds: object };
    expect(list.active).toMatchObject([{ id, kind: "mute", on: "/v2/positions" }]);
    expect(Object.keys(list.kinds)).toEqual(Object.keys(FAULT_KINDS));
    expect((await admin("DELETE", `/faults/${id}`)).status).toBe(204);
    expect((await admin("DELETE", `/faults/${id}`)).status).toBe(404);
    const wrong = await admin("POST", "/faults", { kind: "mute", forMs: "long" });
    expect(wrong.status).toBe(400);
    expect(((await wrong.json()) as Message)["message"]).toContain("forMs");
    const lost = await admin("POST", "/faults", { kind: "mute", on: "alpaca" });
    expect(lost.status).toBe(400);
    expect(((await lost.json()) as Message)["message"]).toContain('nearest is "/v2/sip"');
  });

  it("counts attempts, so that a reconnect storm shows", async () => {
    venue.faults.add({ kind: "refuseUpgrade", on: "/v2/iex", status: 429, retryAfter: 7 });
    const statuses: string[] = [];
    for (let i = 0; i < 3; i++) {
      const c = Client.open(venue, "/v2/iex");
      c.ws.on("unexpected-response", (_req, res) =>
        statuses.push(`${res.statusCode} ${res.headers["retry-after"]}`),
      );
      await c.until(() => statuses.length === i + 1);
    }
    expect(statuses).toEqual(["429 7", "429 7", "429 7"]);
    const state = (await (await admin("GET", "/state")).json()) as {
      attemptsPerMinute: Record<string, number>;
    };
    expect(state.attemptsPerMinute["upgrade /v2/iex"]).toBe(3);
  });
});

describe("on the wire", () => {
  it("mute: open, but no data and no pong until it ends", async () => {
    const c = await subscribed();
    let pongs = 0;
    c.ws.on("pong", () => pongs++);
    const mute = venue.faults.add({ kind: "mute" });
    const seen = await settled(() => c.messages.length);
    c.ws.ping();
    await pause(250);
    expect([c.messages.length - seen, pongs, c.ws.readyState]).toEqual([0, 0, c.ws.OPEN]);
    venue.faults.remove(mute.id);
    await c.until(() => c.messages.length > seen + 5);
    c.ws.ping();
    await c.until(() => pongs === 1);
  });

  it("halfOpen: nothing is read either", async () => {
    const c = await subscribed();
    const half = venue.faults.add({ kind: "halfOpen" });
    const seen = await settled(() => c.messages.length);
    c.send({ action: "subscribe", quotes: ["AAPL"] });
    await pause(200);
    expect(c.messages.length).toBe(seen);
    venue.faults.remove(half.id);
    await c.get({ T: "subscription" }, seen);
  });

  it("reset and close end the socket, each in its way", async () => {
    const first = await subscribed();
    venue.faults.add({ kind: "reset" });
    expect((await first.until(() => first.closed)).code).toBe(1006);
    const second = await subscribed();
    venue.faults.add({ kind: "close", code: 1012 });
    expect((await second.until(() => second.closed)).code).toBe(1012);
  });

  it.each(["cut", "json", "type", "shape"] as const)(
    "malformed %s: one bad message, then good ones",
    async (how) => {
      const c = await subscribed();
      const seen = c.messages.length;
      venue.faults.add({ kind: "malformed", how, count: 1 });
      await c.until(() => c.messages.slice(seen).some((m) => m["T"] !== "q" && m["T"] !== "t"));
      await c.until(() => c.messages.at(-1)?.["T"] === "q");
    },
  );

  it.each(["utf8", "frame"] as const)("malformed %s: the connection fails", async (how) => {
    const c = await subscribed();
    venue.faults.add({ kind: "malformed", how, count: 1 });
    await c.until(() => c.closed);
  });

  it("fragments, doubles, one huge frame: all of it reads", async () => {
    const c = await subscribed();
    venue.faults.add({ kind: "fragments", pieces: 5 });
    venue.faults.add({ kind: "duplicates" });
    await c.until(() => c.frames.some((f, i) => c.frames[i + 1]?.equals(f)));
    venue.faults.add({ kind: "hugeFrame", bytes: 3_000_000, count: 1 });
    await c.until(() => c.frames.some((f) => f.length > 2_900_000));
    expect(c.messages.filter((m) => m["T"] === "unreadable")).toEqual([]);
  });
});

describe("in the protocol", () => {
  it("406 until the old connection is long enough dead", async () => {
    const first = await subscribed();
    first.close();
    const limit = venue.faults.add({ kind: "connectionLimit", deadMs: 60_000 });
    const second = Client.open(venue, "/v2/sip");
    open.push(second);
    second.send({ action: "auth", key: "k", secret: "s" });
    await second.get({ T: "error", code: 406 });
    venue.faults.remove(limit.id);
    venue.faults.add({ kind: "connectionLimit", deadMs: 100 });
    await pause(150);
    second.send({ action: "auth", key: "k", secret: "s" });
    await second.get({ msg: "authenticated" });
  });

  it("407, then closed", async () => {
    const c = await subscribed();
    venue.faults.add({ kind: "slowClient" });
    await c.get({ T: "error", code: 407 });
    await c.until(() => c.closed);
  });

  it("an answer to a subscription that lacks a key or a symbol, and data before it", async () => {
    const c = await subscribed();
    venue.faults.add({ kind: "partialAck", count: 1 });
    const from = c.messages.length;
    c.send({ action: "subscribe", trades: ["AAPL"] });
    expect(Object.keys(await c.get({ T: "subscription" }, from))).not.toContain("quotes");
    venue.faults.add({ kind: "partialAck", lacks: "MSFT", count: 1 });
    venue.faults.add({ kind: "dataBeforeAck", count: 1 });
    const next = c.messages.length;
    c.send({ action: "subscribe", quotes: ["MSFT", "AMD"] });
    const ack = await c.get({ T: "subscription" }, next);
    expect(ack["quotes"]).toEqual(["SPY", "QQQ", "AMD"]);
    const before = c.messages.slice(next, c.messages.indexOf(ack)).map((m) => m["S"]);
    expect(before).toContain("AMD");
  });

  it("data after unsubscribing", async () => {
    const c = await subscribed();
    venue.faults.add({ kind: "dataAfterUnsubscribe", ms: 20_000, count: 1 });
    const from = c.messages.length;
    c.send({ action: "unsubscribe", quotes: ["SPY"] });
    const ack = await c.get({ T: "subscription" }, from);
    await c.until(() =>
      c.messages.slice(c.messages.indexOf(ack)).some((m) => m["T"] === "q" && m["S"] === "SPY"),
    );
  });

  it("ids beyond 2^53, empty words, unknown types and keys, skewed and late times", async () => {
    const c = await subscribed();
    venue.faults.add({ kind: "bigIds", count: 1 });
    await c.until(() => c.frames.some((f) => f.includes('"i":9007199254740993,')));
    venue.faults.add({ kind: "emptyWords" });
    await c.until(() => c.messages.find((m) => m["bx"] === ""));
    venue.faults.add({ kind: "unknownType", count: 1 });
    venue.faults.add({ kind: "unknownKeys", count: 1 });
    await c.until(() => c.messages.find((m) => m["T"] === "zz") && c.messages.find((m) => m["zzz"] === 1.5));
    venue.faults.add({ kind: "clockSkew", ms: 3_600_000, count: 1 });
    await c.until(() => c.messages.find((m) => String(m["t"]).startsWith("2026-11-20T16:")));
    const from = c.messages.length;
    venue.faults.add({ kind: "lateTrades", ms: 500, share: 1 });
    const late = await c.until(() =>
      c.messages
        .slice(from + 20)
        .find((m, i, all) => m["T"] === "t" && i > 0 && String(m["t"]) < String(all[i - 1]?.["t"])),
    );
    expect(late["S"]).toBeDefined();
  });

  it("halts and resumes, corrects and cancels trades", async () => {
    const c = await subscribed();
    venue.faults.add({ kind: "halt", symbols: ["SPY"], forMs: 150 });
    await c.get({ T: "s", S: "SPY", sc: "H" });
    await c.get({ T: "s", S: "SPY", sc: "T" });
    venue.faults.add({ kind: "correction" });
    venue.faults.add({ kind: "cancelTrade" });
    await c.get({ T: "c", S: "SPY" });
    await c.get({ T: "x", S: "QQQ", a: "C" });
  });

  it("a burst far above the normal rate", async () => {
    const c = await subscribed();
    const from = c.messages.length;
    venue.faults.add({ kind: "burst", rate: 20_000, forMs: 5_000 });
    await c.until(() => c.messages.length - from > 2_000);
  });

  it("leaves after each round of a burst the quote that REST answers", () => {
    const clock = new SimClock(Date.UTC(2026, 10, 20, 15, 0) * 1000);
    const { market, startUs, close } = openMarket({ seed: 1, day: "2026-11-20", at: "10:00" }, (c) =>
      startOf(c, clock.wallUs()),
    );
    const session = new SessionClock(clock, startUs, 1);
    const faults = new Faults(clock);
    const hub = new Hub(market, session, clock, faults, 100);
    const product = market.bySymbol("SPY") as Product;
    const told: Quote[] = [];
    let rounds = 0;
    hub.quotes.change(
      product,
      {
        event: (e) => {
          if (e.kind === "quote") told.push(e.quote);
        },
        flush: (nowUs) => {
          rounds++;
          const { bid, bidSize, ask, askSize } = market.quoteAt(product, nowUs) as Quote;
          expect(told.at(-1)).toMatchObject({ bid, bidSize, ask, askSize });
        },
      },
      true,
    );
    faults.add({ kind: "burst", rate: 1_000, forMs: 5_000 });
    while (clock.step(2_000));
    hub.stop();
    close();
    expect(rounds).toBeGreaterThan(15);
    expect(new Set(told.map((q) => q.bidSize)).size).toBeGreaterThan(5);
  });

  it("REST that fails, is slow, or is cut", async () => {
    venue.faults.add({ kind: "rest", on: "/v2/clock", status: 429, retryAfter: 3, count: 1 });
    const refused = await get(venue, "/v2/clock");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "3"]);
    venue.faults.add({ kind: "restReset", on: "/v2/clock", count: 1 });
    await expect(get(venue, "/v2/clock")).rejects.toThrow();
    venue.faults.add({ kind: "restSlow", on: "/v2/clock", ms: 300, count: 1 });
    const t0 = performance.now();
    expect((await get(venue, "/v2/clock")).status).toBe(200);
    expect(performance.now() - t0).toBeGreaterThan(290);
  });
});

describe("a script", () => {
  it("puts faults in at their times", async () => {
    const script = parseScript("- { at: +100ms, fault: mute, on: /v2/sip }\n", "faults.yaml");
    const own = await startVenue({ day: "2026-11-20", script });
    expect(own.faults.has("mute", "/v2/sip")).toBe(false);
    await until("the fault", () => own.faults.has("mute", "/v2/sip"));
    await own.close();
  });

  it.each([
    ["- { at: soon, fault: mute }", "entry 0"],
    ["- { at: 09:45, fault: muet }", "no fault"],
    ["- { at: 09:45, fault: delay, ms: -1 }", "ms"],
    ["- { at: 09:45, fault: mute, on: deribit }", 'is part of no path here; nearest is "/ws/api/v2"'],
    ["- { at: 09:45, fault: mute, on: /v2/spi }", 'nearest is "/v2/sip"'],
    ["- [", "not YAML"],
    ["mute", "needs"],
  ])("%s is refused in words", (text, words) => {
    expect(() => parseScript(text, "faults.yaml")).toThrow(words);
    expect(() => parseScript(text, "faults.yaml")).toThrow("VEN-002 faults.yaml");
  });
});

describe("options in MessagePack", () => {
  it("carry ids and times of the faults as well", async () => {
    const page = await get(venue, "/v1beta1/options/snapshots/SPY?limit=50&expiration_date_gte=2026-11-23");
    const symbols = Object.keys((page.body as { snapshots: object }).snapshots);
    const c = await signedIn(venue, "/v1beta1/opra", { msgpack: true });
    open.push(c);
    venue.faults.add({ kind: "emptyWords" });
    c.send(pack({ action: "subscribe", quotes: symbols }));
    await c.until(() => c.messages.find((m) => m["T"] === "q" && m["c"] === ""));
  });
});
