import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { InstrumentId, IsoDay } from "../../../engines/market/index.ts";
import type { OrderLeg, Terms } from "../../../engines/orders/index.ts";
import { type IbkrBroker, openIbkrBroker } from "../../../src/brokers/ibkr/ibkr.ts";
import { catalogInstruments } from "../../../src/shell/catalog-instruments.ts";
import { startVenue, type Venue } from "../../../src/venue/venue.ts";
import { AheadClock } from "../../harness/ahead-clock.ts";
import { pause, until } from "../../harness/until.ts";
import type { Message } from "../../venue/client.ts";
import { Caller } from "../caller.ts";

const DAY = "2026-11-20" as IsoDay;
const SPY = "EQ/SPY/USD" as InstrumentId;
const SETTLE_MS = 10_000;
let venue: Venue;
const clock = new AheadClock();
let broker: IbkrBroker;
let desk: Caller;
let logged: string[];
let strikes: readonly number[];
let next = 0;

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`http://127.0.0.1:${venue.port}/v1/api${path}`, { method, ...text });
  return (await response.json()) as T;
}
const listed = async (ref: string): Promise<Message[]> =>
  (await call<{ orders: Message[] }>("GET", "/iserver/account/orders")).orders.filter(
    (o) => o["order_ref"] === ref,
  );

const open = (more: object = {}): IbkrBroker =>
  openIbkrBroker({
    rest: `http://127.0.0.1:${venue.port}/v1/api`,
    ws: `ws://127.0.0.1:${venue.port}/v1/api/ws`,
    keys: null,
    clock,
    instruments: catalogInstruments(DAY),
    log: (_level, text) => logged.push(text),
    chance: () => 0.5,
    answerWithinMs: 5_000,
    settleMs: SETTLE_MS,
    listEveryMs: 20,
    pollMs: 100,
    perMinute: 60_000,
    backoff: { firstMs: 50, mostMs: 200, stableMs: 60_000 },
    ...more,
  });

beforeAll(async () => {
  venue = await startVenue({ day: DAY, at: "10:00", seed: 3, gatewayRate: 10_000 });
  await call("GET", "/iserver/secdef/search?symbol=SPY&secType=STK");
  const path = "/iserver/secdef/strikes?conid=756733&sectype=OPT&month=DEC26";
  const all = (await call<{ call: number[] }>("GET", path)).call.filter((k) => k % 10 === 0);
  const mid = Math.floor(all.length / 2);
  strikes = all.slice(mid - 2, mid + 2);
  logged = [];
  broker = open();
});
beforeEach(async () => {
  logged = [];
  desk = new Caller(broker);
  await until("the session", () => broker.standing === null);
});
afterEach(async () => {
  venue.faults.clear();
  expect(desk.answeredAgain).toEqual([]);
  await call("DELETE", "/iserver/account/DU1234567/order/-1");
});
afterAll(async () => {
  await broker.close();
  await venue.close();
});

const id = (): string => `${(++next).toString(16).padStart(4, "0")}aaaabbbbccccddddeeeeffff0000111122223333`;
const leg = (instrument: string, ratio = 1): OrderLeg => ({
  instrument: instrument as InstrumentId,
  ratio,
  intent: "open",
});
const option = (i: number, type = "C"): string => `OPT/SPY/2026-12-18/${type}/${strikes[i]}/USD/1`;
const terms = (more: Partial<Terms> = {}): Terms => ({
  account: "live:ibkr",
  mode: "live",
  side: "buy",
  legs: [leg(SPY)],
  qty: "2",
  limit: "100",
  tif: "day",
  strategy: "manual",
  ...more,
});
const marketable = (more: Partial<Terms> = {}): Terms => terms({ limit: "2000", ...more });

describe("an order's life", () => {
  it("answers the price question, rests, is found by its reference, amended and cancelled", async () => {
    const c = id();
    const reply = await desk.submit(c, terms());
    expect(reply).toMatchObject({ outcome: "acked" });
    const { brokerId } = reply as { brokerId: string };
    expect(await desk.found(c)).toEqual({
      clientId: c,
      brokerId,
      status: "working",
      terms: { side: "buy", legs: [leg(SPY)], qty: "2", limit: "100", tif: "day" },
      fills: [],
      reason: null,
    });
    expect((await desk.openOrders()).map((o) => o.clientId)).toEqual([c]);
    expect(await desk.replace(c, brokerId, "101.5")).toEqual({ outcome: "acked", brokerId });
    expect((await desk.found(c)).terms?.limit).toBe("101.5");
    expect(await desk.cancel(c, brokerId)).toEqual({ outcome: "asked", reason: null });
    await desk.event(c, "cancelled");
    expect(await desk.cancel(c, brokerId)).toMatchObject({ outcome: "refused" });
    expect(await desk.replace(c, brokerId, "99")).toMatchObject({ outcome: "rejected" });
    expect(desk.of(c, "acked")).toHaveLength(1);
  });

  it("fills: one execution by its own id, a position, and cash for it with the commission", async () => {
    const before = Number((await desk.account()).cash[0]?.amount);
    const c = id();
    await desk.submit(c, marketable());
    const { fill } = await desk.event(c, "fill");
    expect(fill).toMatchObject({ instrument: SPY, qty: "2", legIndex: 0, feeCcy: "USD", fees: "1" });
    expect(await desk.found(c)).toMatchObject({ status: "filled", fills: [fill] });
    expect(await desk.executions(fill.us)).toContainEqual({ clientId: c, fill });
    expect(await desk.executions(fill.us + 1)).not.toContainEqual({ clientId: c, fill });
    expect(await desk.positions()).toContainEqual({
      instrument: SPY,
      qty: "2",
      mark: expect.any(Number),
      average: fill.price,
    });
    const account = await desk.account();
    expect(account).toMatchObject({
      id: "DU1234567",
      paper: true,
      netLiquidation: expect.any(Number) as number,
    });
    expect(before - Number(account.cash[0]?.amount)).toBeCloseTo(2 * Number(fill.price) + 1, 4);
    const sold = id();
    await desk.submit(sold, terms({ side: "sell", limit: "1" }));
    expect((await desk.event(sold, "fill")).fill.qty).toBe("-2");
    expect(await desk.positions()).toEqual([]);
  });

  it("a package goes as one order by its legs' numbers, and each leg fills by itself", async () => {
    const c = id();
    const legs = [leg(option(0)), leg(option(1), -1)];
    const dry = await desk.dryRun(terms({ legs, limit: "9", qty: "1" }));
    expect(dry).toMatchObject({
      ok: true,
      value: { text: expect.stringContaining("commission 1 USD") as string },
    });
    expect(await desk.submit(c, terms({ legs, limit: "9", qty: "2" }))).toMatchObject({ outcome: "acked" });
    // In as many executions as the sizes of the market allow.
    await desk.filled(c, 2, -2);
    for (const { instrument, legIndex } of desk.fills(c)) expect(instrument).toBe(option(legIndex));
    expect(await desk.found(c)).toMatchObject({ status: "filled", terms: { side: "buy", legs, limit: "9" } });
    expect((await desk.positions()).map((p) => p.instrument).sort()).toEqual([option(0), option(1)].sort());
    const back = id();
    const sale = terms({ side: "sell", legs, limit: "-9", qty: "2" });
    expect(await desk.submit(back, sale)).toMatchObject({ outcome: "acked" });
    await desk.filled(back, -2, 2);
    expect(await desk.positions()).toEqual([]);
  });

  it("futures go by their own numbers; what can't be told exactly is refused before anything is sent", async () => {
    const c = id();
    const es = "FUT/ES/2026-12-18/USD";
    expect(await desk.submit(c, terms({ legs: [leg(es)], qty: "1", limit: "6000" }))).toMatchObject({
      outcome: "acked",
    });
    expect((await desk.found(c)).terms?.legs).toEqual([leg(es)]);
    for (const [wrong, why] of [
      [terms({ legs: [leg("IDX/SPX")] }), "can't be traded"],
      [terms({ legs: [leg("OPT/SPY/2026-12-18/C/3.5/USD/1")] }), "no contracts retrieved"],
      [terms({ legs: [leg(SPY), leg(option(0))] }), "a package with stock"],
      [terms({ tif: "cls" }), '"cls"'],
    ] as const)
      expect(await desk.submit(id(), wrong)).toEqual({
        outcome: "rejected",
        reason: expect.stringMatching(new RegExp(`${why}.*nothing was sent`)) as string,
      });
  });
});

describe("questions", () => {
  it("several known ones in a row are answered, an unknown one ends in a refusal with its words", async () => {
    venue.faults.add({ kind: "questions", n: 3, count: 1 });
    expect(await desk.submit(id(), terms())).toMatchObject({ outcome: "acked" });
    venue.faults.add({ kind: "questions", n: 4, count: 1 });
    const c = id();
    expect(await desk.submit(c, terms())).toEqual({
      outcome: "rejected",
      reason: expect.stringMatching(
        /nobody here may say yes to it \(o2137\): Question 4 of the venue/,
      ) as string,
    });
    expect(await listed(c)).toEqual([]);
  });

  it("many at once go one after the other, each with its own chain; a cancel calls off what has not begun", async () => {
    const ids = Array.from({ length: 6 }, id);
    const replies = ids.map((c) => desk.submit(c, terms()));
    const called = ids.at(-1) as string;
    expect(await desk.cancel(called)).toEqual({ outcome: "asked", reason: null });
    const outcomes = (await Promise.all(replies)).map((r) => r.outcome);
    expect(outcomes).toEqual(["acked", "acked", "acked", "acked", "acked", "rejected"]);
    expect(await listed(called)).toEqual([]);
  });
});

/** An order whose outcome nobody knows at first is there, once. */
async function doubtful(caller: Caller): Promise<void> {
  const c = id();
  expect(await caller.submit(c, terms())).toMatchObject({ outcome: "unknown" });
  await caller.event(c, "acked");
  expect(await caller.found(c)).toMatchObject({ status: "working" });
  expect(await listed(c)).toHaveLength(1);
}

describe("doubt", () => {
  it("lost before or after acceptance, 503 that comes to life later, 504: unknown, then found or not there; never twice", async () => {
    venue.faults.add({ kind: "ackLost", when: "before", count: 1 });
    const never = id();
    expect(await desk.submit(never, terms())).toMatchObject({ outcome: "unknown" });
    expect(await desk.find(never)).toMatchObject({ found: "unanswered" });
    clock.later(SETTLE_MS);
    await until("a positive no", async () => (await desk.find(never)).found === "none");
    for (const fault of [
      { kind: "ackLost", count: 1 },
      { kind: "orderLater", ms: 120, count: 1 },
      { kind: "ackError", status: 504, count: 1 },
    ] as const) {
      venue.faults.add(fault);
      await doubtful(desk);
    }
  });

  it("an answer that comes too late: unknown, then found; never twice", async () => {
    const hasty = open({ answerWithinMs: 700 });
    await until("the session", () => hasty.standing === null);
    venue.faults.add({ kind: "ackLate", ms: 1_500, count: 1 });
    await doubtful(new Caller(hasty));
    await hasty.close();
  });

  it("a reference that is registered already is unknown, and found", async () => {
    const c = id();
    await desk.submit(c, terms());
    expect(await desk.submit(c, terms())).toMatchObject({
      outcome: "unknown",
      reason: expect.stringContaining("already registered") as string,
    });
    expect(await listed(c)).toHaveLength(1);
  });

  it("a refused order stream, a fill that only the list tells of, one that is taken back", async () => {
    venue.faults.add({ kind: "dropFill", count: 1, on: "orders" });
    const c = id();
    await desk.submit(c, marketable());
    const { fill } = await desk.event(c, "fill");
    venue.faults.add({ kind: "tradeBust", on: "orders" });
    expect((await desk.event(c, "bust")).execId).toBe(fill.execId);
    expect(desk.of(c, "fill")).toHaveLength(1);
  });

  it("half filled, then cancelled by the broker: the fill is told before the end", async () => {
    venue.faults.add({ kind: "partialThenCancel", count: 1 });
    const c = id();
    await desk.submit(c, marketable());
    await desk.event(c, "cancelled");
    const kinds = desk.events.filter((e) => "clientId" in e && e.clientId === c).map((e) => e.k);
    expect(kinds).toEqual(["acked", "fill", "cancelled"]);
    await desk.submit(id(), terms({ side: "sell", qty: "1", limit: "1" }));
  });

  it("accepted, then made inactive is a rejection that comes as an event", async () => {
    venue.faults.add({ kind: "rejectAfterAck", count: 1 });
    const c = id();
    expect(await desk.submit(c, terms())).toMatchObject({ outcome: "acked" });
    await desk.event(c, "rejected");
  });
});

describe("the session", () => {
  it("another program takes it: nothing is sent until it is back, which is not forced", async () => {
    const c = id();
    await desk.submit(c, terms());
    venue.faults.add({ kind: "competing", count: 1 });
    await until("the loss of the session", () => broker.standing !== null);
    expect(await desk.submit(id(), terms())).toMatchObject({
      outcome: "rejected",
      reason: expect.stringMatching(/program.*nothing was sent/) as string,
    });
    expect(await desk.find(c)).toMatchObject({ found: "unanswered" });
    expect(await desk.cancel(c)).not.toMatchObject({ outcome: "asked" });
    await pause(200);
    expect(broker.standing).not.toBeNull();
    await call("POST", "/iserver/auth/ssodh/init", { publish: true, compete: true });
    await until("the session's return", () => broker.standing === null);
    expect(await desk.found(c)).toMatchObject({ status: "working" });
  });

  it("logged out by the broker: signed in anew, and what was filled meanwhile is told", async () => {
    const c = id();
    const { brokerId } = (await desk.submit(c, terms())) as { brokerId: string };
    // At work, not only taken.
    await until("the order at work", async () => (await listed(c))[0]?.["status"] === "Submitted");
    venue.faults.add({ kind: "noFills", forMs: 250 });
    expect(await desk.replace(c, brokerId, "2000")).toMatchObject({ outcome: "acked" });
    venue.faults.add({ kind: "refuseUpgrade", status: 503, forMs: 300 });
    venue.faults.add({ kind: "loggedOut", count: 1 });
    await until("the loss of the session", () => broker.standing !== null);
    await until("the session's return", () => broker.standing === null);
    expect((await desk.event(c, "fill")).fill.qty).toBe("2");
    await desk.submit(id(), terms({ side: "sell", limit: "1" }));
  });

  it("frames that are damaged lose nothing: lists tell it, or the socket begins anew", async () => {
    for (const how of ["cut", "json", "type", "shape", "utf8", "frame"]) {
      await until("the session", () => broker.standing === null);
      venue.faults.add({ kind: "malformed", how, on: "/v1/api/ws", count: 2 });
      const c = id();
      await desk.submit(c, marketable({ qty: "1" }));
      expect((await desk.event(c, "fill")).fill.qty).toBe("1");
    }
    await until("the session", () => broker.standing === null);
    await desk.submit(id(), terms({ side: "sell", qty: "6", limit: "1" }));
  });

  it("while the gateway asks for silence an order is refused at once, not sent seconds after it was confirmed", async () => {
    const other = open({ clock: new AheadClock() });
    const second = new Caller(other);
    await until("the session", () => other.standing === null);
    venue.faults.add({ kind: "rest", status: 429, on: "/orders/whatif$", count: 1 });
    const c = id();
    await second.dryRun(terms());
    expect(await second.submit(c, terms())).toEqual({
      outcome: "rejected",
      reason: expect.stringMatching(/asks for silence for \d+ s more; nothing was sent/) as string,
    });
    await other.close();
    expect(await listed(c)).toEqual([]);
  });

  it("each call is answered once when the broker is closed under it, and a gateway that is not there is said so", async () => {
    const other = open();
    const second = new Caller(other);
    await until("the session", () => other.standing === null);
    venue.faults.add({ kind: "restSlow", ms: 2_000 });
    const asked = [second.submit(id(), terms()), second.cancel("x", "1"), second.find("x")];
    await pause(20);
    await other.close();
    for (const reply of await Promise.all(asked))
      expect(JSON.stringify(reply)).toMatch(/unknown|unanswered|nothing/);
    const nobody = open({ rest: "http://127.0.0.1:9/v1/api", ws: "ws://127.0.0.1:9/v1/api/ws" });
    await until("its word", () => nobody.standing?.includes("nothing listens there"));
    expect(await new Caller(nobody).submit(id(), terms())).toMatchObject({ outcome: "rejected" });
    await nobody.close();
  });
});
