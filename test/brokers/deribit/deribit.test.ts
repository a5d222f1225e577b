import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { InstrumentId, IsoDay } from "../../../engines/market/index.ts";
import type { Terms } from "../../../engines/orders/index.ts";
import { type DeribitBroker, openDeribitBroker } from "../../../src/brokers/deribit/deribit.ts";
import { DeribitHttp } from "../../../src/brokers/deribit/http.ts";
import { idOfName } from "../../../src/brokers/deribit/names.ts";
import { catalogInstruments } from "../../../src/shell/catalog-instruments.ts";
import { systemClock } from "../../../src/shell/clock.ts";
import { startVenue, type Venue } from "../../../src/venue/venue.ts";
import { AheadClock } from "../../harness/ahead-clock.ts";
import { pause, until } from "../../harness/until.ts";
import { Caller } from "../caller.ts";

const DAY = "2026-11-20" as IsoDay;
const KEYS = { id: "id-of-keys", secret: "very-secret-text", from: "test" };
let venue: Venue;
/** The account's other program. */
let other: DeribitHttp;
const clock = new AheadClock();
let broker: DeribitBroker;
let desk: Caller;
let option: InstrumentId;
let best: { bid: number; ask: number };
let logged: string[];
let next = 0;

const open = (more: object = {}): DeribitBroker =>
  openDeribitBroker({
    rest: `http://127.0.0.1:${venue.port}/api/v2`,
    ws: `ws://127.0.0.1:${venue.port}/ws/api/v2`,
    keys: KEYS,
    clock,
    instruments: catalogInstruments(DAY),
    log: (_level, text) => logged.push(text),
    chance: () => 0.5,
    answerWithinMs: 5_000,
    validMs: 10_000,
    backoff: { firstMs: 50, mostMs: 200, stableMs: 60_000 },
    ...more,
  });

beforeAll(async () => {
  venue = await startVenue({
    day: DAY,
    at: "10:00",
    seed: 3,
    symbols: ["BTC/USD", "BTC-PERPETUAL"],
    credentials: { key: KEYS.id, secret: KEYS.secret },
  });
  other = new DeribitHttp(`http://127.0.0.1:${venue.port}/api/v2`, KEYS, systemClock, 5_000);
  const list = await other.ask("public/get_instruments", { currency: "BTC", kind: "option" });
  const near = (list as { instrument_name: string; option_type: string; strike: number }[])
    .filter((i) => i.option_type === "call" && i.strike > 90_000 && i.strike < 100_000)
    .at(-1);
  const name = near?.instrument_name as string;
  option = idOfName(name);
  const ticker = (await other.ask("public/ticker", { instrument_name: name })) as Record<string, number>;
  best = { bid: ticker["best_bid_price"] as number, ask: ticker["best_ask_price"] as number };
});
async function signIn(more: object = {}): Promise<void> {
  broker = open(more);
  desk = new Caller(broker);
  await until("the sign-in", () => broker.standing === null);
}
/** One that does not wait long for an answer that is not to come. */
async function hasty(): Promise<void> {
  await broker.close();
  await signIn({ answerWithinMs: 700 });
}
beforeEach(async () => {
  logged = [];
  await signIn();
});
afterEach(async () => {
  venue.faults.clear();
  expect(desk.answeredAgain).toEqual([]);
  await other.ask("private/cancel_all", {});
  await broker.close();
});
afterAll(async () => {
  await venue.close();
});

const id = (): string => `${(++next).toString(16).padStart(4, "0")}aaaabbbbccccddddeeeeffff0000111122223333`;
const terms = (more: Partial<Terms> = {}): Terms => ({
  account: "live:deribit",
  mode: "live",
  side: "buy",
  legs: [{ instrument: option, ratio: 1, intent: "open" }],
  qty: "0.5",
  limit: "0.0005",
  tif: "day",
  strategy: "manual",
  ...more,
});
const marketable = (more: Partial<Terms> = {}): Terms =>
  terms({ limit: String(Math.round((best.ask + 0.005) * 2000) / 2000), ...more });

describe("before it is sent", () => {
  it("Deribit's own margin and price band are the dry run; no order comes of it", async () => {
    const dry = await new Promise((done) => broker.dryRun(terms({ qty: "0.5", limit: "0.01" }), done));
    const text = expect.stringMatching(/^initial margin 0.005 BTC · prices from 0\.\d+ to 0\.\d+$/) as string;
    expect(dry).toMatchObject({ ok: true, value: { text } });
    expect(await desk.openOrders()).toEqual([]);
  });

  it("what the books can't hold is refused in words", async () => {
    const legs = [
      { instrument: "DERIBIT/XRP_USDC-30JUN23-0d625-C" as InstrumentId, ratio: 1, intent: "open" },
    ];
    expect(await desk.submit(id(), terms({ legs } as Partial<Terms>))).toEqual({
      outcome: "rejected",
      reason: expect.stringContaining(
        "XRP_USDC-30JUN23-0d625-C is no inverse option on BTC or ETH",
      ) as string,
    });
  });
});

describe("an order's life", () => {
  it("rests, is found by its label, amended, cancelled; each is told", async () => {
    const c = id();
    const reply = await desk.submit(c, terms());
    expect(reply).toMatchObject({ outcome: "acked" });
    const { brokerId } = reply as { brokerId: string };
    expect(await desk.found(c)).toEqual({
      clientId: c,
      brokerId,
      status: "working",
      terms: { side: "buy", legs: terms().legs, qty: "0.5", limit: "0.0005", tif: "day" },
      fills: [],
      reason: null,
    });
    expect((await desk.openOrders()).map((o) => o.clientId)).toContain(c);
    expect(await desk.replace(c, brokerId, "0.001")).toEqual({ outcome: "acked", brokerId });
    expect((await desk.found(c)).terms?.limit).toBe("0.001");
    expect(await desk.cancel(c, brokerId)).toEqual({ outcome: "asked", reason: null });
    await desk.event(c, "cancelled");
    expect(await desk.found(c)).toMatchObject({ status: "cancelled", reason: "user request" });
    expect(await desk.cancel(c, brokerId)).toMatchObject({ outcome: "refused" });
    expect(await desk.replace(c, brokerId, "0.0005")).toMatchObject({ outcome: "rejected" });
  });

  it("fills: one execution by its own id, a position, and coins for it with the fee", async () => {
    const before = (await desk.account()).cash.find((x) => x.ccy === "BTC")?.amount as string;
    const c = id();
    const sinceUs = venue.nowUs() - 1_000_000;
    await desk.submit(c, marketable());
    const { fill } = await desk.event(c, "fill");
    expect(fill).toMatchObject({
      instrument: option,
      qty: "0.5",
      legIndex: 0,
      feeCcy: "BTC",
      fees: "0.00015",
    });
    const order = await desk.found(c);
    expect(order).toMatchObject({ status: "filled", fills: [fill] });
    expect(await desk.executions(sinceUs)).toContainEqual({ clientId: c, fill });
    expect(await desk.positions()).toContainEqual(
      expect.objectContaining({ instrument: option, qty: "0.5" }),
    );
    const after = (await desk.account()).cash.find((x) => x.ccy === "BTC")?.amount as string;
    expect(Number(before) - Number(after)).toBeCloseTo(0.5 * Number(fill.price) + 0.00015, 6);
    expect((await desk.account()).cash.map((x) => x.ccy)).toEqual(["BTC", "ETH", "USDC"]);
    const sold = id();
    await desk.submit(sold, terms({ side: "sell", limit: "0.0005" }));
    expect((await desk.event(sold, "fill")).fill.qty).toBe("-0.5");
    expect(await desk.positions()).toEqual([]);
    expect(desk.of(c, "fill")).toHaveLength(1);
  });

  it("refuses what Deribit would not take as meant, before anything is sent", async () => {
    const leg = { instrument: option, ratio: 1, intent: "open" } as const;
    const perpetual = { ...leg, instrument: "CRYPTO/BTC-PERPETUAL" as InstrumentId };
    for (const [wrong, why] of [
      [terms({ legs: [leg, { ...leg, ratio: -1 }] }), "one contract an order"],
      [terms({ legs: [perpetual] }), "settled in its coin"],
      [terms({ legs: [{ ...leg, instrument: "EQ/SPY/USD" as InstrumentId }] }), "does not list"],
      [terms({ tif: "opg" }), 'no "opg"'],
    ] as const)
      expect(await desk.submit(id(), wrong)).toEqual({
        outcome: "rejected",
        reason: expect.stringContaining(why) as string,
      });
    expect(await desk.submit(id(), terms({ limit: "0.00055" }))).toEqual({
      outcome: "rejected",
      reason: "price wrong tick (10043)",
    });
    expect(await desk.openOrders()).toEqual([]);
  });
});

describe("doubt", () => {
  beforeEach(hasty);

  it("a lost answer is unknown; too early there is no verdict, later the order or its absence is found; never a second order", async () => {
    venue.faults.add({ kind: "ackLost", when: "before", count: 1 });
    const never = id();
    expect(await desk.submit(never, terms())).toMatchObject({ outcome: "unknown" });
    clock.later(broker.traits.settleUs / 1000);
    await until("a positive no", async () => (await desk.find(never)).found === "none");
    venue.faults.add({ kind: "ackLost", count: 1 });
    const lives = id();
    const lost = desk.submit(lives, terms());
    expect(await lost).toMatchObject({ outcome: "unknown" });
    expect(await desk.found(lives)).toMatchObject({ status: "working" });
    expect(desk.of(lives, "acked")).toHaveLength(1);
    const rows = await other.ask("private/get_order_state_by_label", { currency: "BTC", label: lives });
    expect(rows).toHaveLength(1);
  });

  it("not found a moment after the send is no answer yet", async () => {
    venue.faults.add({ kind: "ackLost", when: "before", count: 1 });
    const c = id();
    const sent = desk.submit(c, terms());
    expect(await desk.find(c)).toMatchObject({ found: "unanswered" });
    await sent;
  });

  it("an error that hides an order, and one that comes to life after it", async () => {
    venue.faults.add({ kind: "ackError", count: 1 });
    const hidden = id();
    expect(await desk.submit(hidden, terms())).toMatchObject({ outcome: "unknown" });
    expect(await desk.found(hidden)).toMatchObject({ status: "working" });
    venue.faults.add({ kind: "orderLater", ms: 200, count: 1 });
    const late = id();
    expect(await desk.submit(late, terms())).toMatchObject({ outcome: "unknown" });
    await desk.event(late, "acked");
  });

  it("a fill that only a list tells of, and one that is taken back", async () => {
    venue.faults.add({ kind: "dropFill", count: 1, on: "orders" });
    const c = id();
    await desk.submit(c, marketable());
    const { fill } = await desk.event(c, "fill");
    venue.faults.add({ kind: "tradeBust", on: "orders" });
    expect((await desk.event(c, "bust")).execId).toBe(fill.execId);
    expect(desk.of(c, "fill")).toHaveLength(1);
  });

  it("half filled, then cancelled by the venue: the fill is told before the end", async () => {
    venue.faults.add({ kind: "partialThenCancel", count: 1 });
    const c = id();
    await desk.submit(c, marketable({ qty: "2" }));
    await desk.event(c, "cancelled");
    const kinds = desk.events.filter((e) => "clientId" in e && e.clientId === c).map((e) => e.k);
    expect(kinds.indexOf("fill")).toBeLessThan(kinds.indexOf("cancelled"));
    expect(desk.of(c, "fill")[0]?.fill.qty).toBe("1");
    await desk.submit(id(), terms({ side: "sell", qty: "1", limit: "0.0005" }));
  });
});

describe("the connection", () => {
  it("while it is gone nothing is sent, looks and cancels go by HTTP, and what happened meanwhile is told", async () => {
    const c = id();
    const { brokerId } = (await desk.submit(c, terms())) as { brokerId: string };
    venue.faults.add({ kind: "refuseUpgrade", status: 503 });
    venue.faults.add({ kind: "reset", on: "/ws/api/v2" });
    await until("the loss of the session", () => broker.standing !== null);
    expect(await desk.submit(id(), terms())).toMatchObject({
      outcome: "rejected",
      reason: expect.stringContaining("nothing was sent") as string,
    });
    expect(await desk.found(c)).toMatchObject({ status: "working" });
    expect(await desk.cancel(c, brokerId)).toMatchObject({ outcome: "asked" });
    await desk.event(c, "cancelled");
  });

  it("an order filled while nothing was heard is told after the return", async () => {
    const c = id();
    const { brokerId } = (await desk.submit(c, terms())) as { brokerId: string };
    venue.faults.add({ kind: "refuseUpgrade", status: 503, forMs: 300 });
    venue.faults.add({ kind: "reset", on: "/ws/api/v2" });
    await until("the loss of the session", () => broker.standing !== null);
    const price = Number(marketable().limit);
    await other.ask("private/edit", { order_id: brokerId, amount: 0.5, price });
    expect((await desk.event(c, "fill")).fill.qty).toBe("0.5");
    expect(broker.standing).toBeNull();
    await desk.submit(id(), terms({ side: "sell", limit: "0.0005" }));
  });

  it("a token that ran out is fetched anew, and an order that met it was refused", async () => {
    venue.faults.add({ kind: "tokenExpiry" });
    expect(await desk.submit(id(), terms())).toEqual({ outcome: "rejected", reason: "unauthorized (13009)" });
    await until("the new sign-in", () => broker.standing === null);
    expect(await desk.submit(id(), terms())).toMatchObject({ outcome: "acked" });
  });

  it("a token that ran out is noticed by a desk that asks nothing, on the same socket: what is armed to cancel cancels nothing", async () => {
    const armed = open({ cancelOnDisconnect: true, proofMs: 50 });
    const quiet = new Caller(armed);
    await until("the session", () => armed.standing === null);
    const stays = id();
    await quiet.submit(stays, terms());
    logged.length = 0;
    venue.faults.add({ kind: "tokenExpiry" });
    const said = (words: string) => logged.some((line) => line.includes(words));
    await until("its word", () => said("the access token has expired (13009): signing in again"));
    await until("the new sign-in", () => said("signed in again, orders are listened to"));
    expect(armed.standing).toBeNull();
    expect(await desk.found(stays)).toMatchObject({ status: "working" });
    await armed.close();
  });

  it.each(["cut", "json", "type", "shape", "utf8", "frame"])(
    "an answer that is damaged (%s) is unknown, and the order is found",
    async (how) => {
      await hasty();
      venue.faults.add({ kind: "skipNew", on: "orders", count: 1 });
      venue.faults.add({ kind: "malformed", how, on: "/ws/api/v2", count: 1 });
      const c = id();
      expect(await desk.submit(c, terms())).toMatchObject({ outcome: "unknown" });
      expect(await desk.found(c)).toMatchObject({ status: "working" });
    },
  );

  it("cancel on disconnect is armed when asked for, and a goodbye leaves orders at work", async () => {
    const armed = open({ cancelOnDisconnect: true });
    expect(armed.traits.deadMan).toBe(true);
    expect(broker.traits.deadMan).toBe(false);
    const second = new Caller(armed);
    await until("the session", () => armed.standing === null);
    const stays = id();
    await second.submit(stays, terms());
    await armed.close();
    await pause(50);
    expect(await desk.found(stays)).toMatchObject({ status: "working" });
  });

  it("wrong keys end it in plain words, and no secret is in a word of it", async () => {
    const wrong = open({ keys: { ...KEYS, secret: "another-secret" } });
    await until("its word", () => wrong.standing?.includes("keys are refused"));
    const told = [await new Caller(wrong).submit(id(), terms()), ...logged, wrong.standing];
    expect(JSON.stringify(told)).not.toMatch(/secret/);
    await wrong.close();
  });

  it("each call is answered once when the broker is closed under it", async () => {
    venue.faults.add({ kind: "mute", on: "/ws/api/v2" });
    const asked = [
      desk.submit(id(), terms()),
      desk.cancel("x"),
      desk.find("x"),
      desk.openOrders().catch(() => "failed"),
    ];
    await pause(20);
    await broker.close();
    const [submitted, , found] = await Promise.all(asked);
    expect(submitted).toMatchObject({ outcome: "unknown" });
    expect(found).toMatchObject({ found: "unanswered" });
  });
});
