import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Terms } from "../../../engines/orders/index.ts";
import { Account } from "../../../src/brokers/alpaca/account.ts";
import { openAlpacaBroker } from "../../../src/brokers/alpaca/alpaca.ts";
import type { Reads } from "../../../src/brokers/alpaca/reads.ts";
import { orderBody } from "../../../src/brokers/alpaca/request.ts";
import type { BrokerOptions } from "../../../src/brokers/setup.ts";
import { systemClock } from "../../../src/shell/clock.ts";
import { until } from "../../harness/until.ts";
import { Caller } from "../caller.ts";
import { instrumentsOf, newClientId } from "../contract/rig.ts";
import { alpacaRig, KEYS, QUICK } from "./rig.ts";
import { C600, SPY, spread, terms } from "./terms.ts";

describe("what is posted", () => {
  it("one leg: its own side, intent and exact text of quantity and limit", () => {
    expect(orderBody("id", terms({ qty: "100", limit: "0.1000" }))).toEqual({
      symbol: "SPY",
      type: "limit",
      qty: "100",
      time_in_force: "day",
      client_order_id: "id",
      side: "buy",
      limit_price: "0.1",
      position_intent: "buy_to_open",
    });
    const legs = [{ instrument: C600, ratio: 1, intent: "close" as const }];
    expect(orderBody("id", terms({ side: "sell", legs, limit: "2.5" }))).toMatchObject({
      symbol: "SPY261218C00600000",
      side: "sell",
      limit_price: "2.5",
      position_intent: "sell_to_close",
    });
  });

  it("a package that is bought: ratios as they are, positive is a debit; sold: everything turned round", () => {
    expect(orderBody("id", spread())).toMatchObject({
      order_class: "mleg",
      qty: "3",
      limit_price: "1.2",
      legs: [
        { symbol: "SPY261218C00600000", ratio_qty: "1", side: "buy", position_intent: "buy_to_open" },
        { symbol: "SPY261218C00610000", ratio_qty: "2", side: "sell", position_intent: "sell_to_close" },
      ],
    });
    expect(orderBody("id", spread({ side: "sell" }))).toMatchObject({
      limit_price: "-1.2",
      legs: [
        { side: "sell", position_intent: "sell_to_open" },
        { side: "buy", position_intent: "buy_to_close" },
      ],
    });
    expect(orderBody("id", spread({ side: "sell", limit: "0" }))).toMatchObject({ limit_price: "0" });
    expect(orderBody("id", spread({ limit: "-0.35" }))).toMatchObject({ limit_price: "-0.35" });
  });

  it.each([
    ["stock with options", { legs: [...terms().legs, ...spread().legs] }, "options alone"],
    ["ratios not in lowest terms", { legs: spread().legs.map((l) => ({ ...l, ratio: 2 })) }, "lowest terms"],
    ["a future", { legs: [{ ...terms().legs[0], instrument: "FUT/ES/2026-12-18/USD" }] }, "does not trade"],
    ["euros", { legs: [{ ...terms().legs[0], instrument: "EQ/SAP/EUR" }] }, "does not trade"],
  ])("%s is refused here, in words", (_what, change, words) => {
    expect(orderBody("id", terms(change as Partial<Terms>))).toContain(words);
  });
});

describe("at the venue", () => {
  let rig: Awaited<ReturnType<typeof alpacaRig>>;
  const open: Caller[] = [];
  const logs: string[] = [];
  const connect = async (change: Partial<BrokerOptions> = {}, tuning = QUICK): Promise<Caller> => {
    const rest = `http://127.0.0.1:${rig.venue.port}`;
    const broker = openAlpacaBroker(
      {
        rest,
        ws: rest.replace("http", "ws"),
        keys: KEYS,
        clock: systemClock,
        instruments: instrumentsOf(rig.instruments),
        log: (_level, text) => logs.push(text),
        ...change,
      },
      tuning,
    );
    const caller = new Caller(broker);
    open.push(caller);
    if (Object.keys(change).length === 0) await broker.ready;
    return caller;
  };
  beforeAll(async () => {
    rig = await alpacaRig();
  });
  afterEach(async () => {
    rig.venue.faults.clear();
    for (const caller of open.splice(0)) await caller.broker.close();
  });
  afterAll(() => rig.close());

  it("an order for the other kind of account is not sent", async () => {
    const caller = await connect();
    const id = newClientId();
    const reply = await caller.submit(id, terms({ mode: "live" }));
    expect(reply).toEqual({
      outcome: "rejected",
      reason: "not sent: this is a paper account, the order is for live",
    });
    expect((await caller.submit(id, terms({ mode: "replay" }))).outcome).toBe("rejected");
    expect(await rig.at(id)).toEqual([]);
    expect(await caller.account()).toMatchObject({ id: "PA3VENUE0001", paper: true });
  });

  it("wrong keys: nothing is sent, every answer says so, and no word holds a key", async () => {
    const keys = { id: "PKWRONG", secret: "VERYSECRET", from: "test" };
    const caller = await connect({ keys });
    const reply = await until("the reason", async () => {
      const r = await caller.submit(newClientId(), terms());
      return r.outcome === "rejected" && r.reason.includes("forbidden") && r.reason;
    });
    expect(reply).toContain("not sent: the account does not answer");
    const find = await caller.find(newClientId());
    expect(find).toMatchObject({ found: "unanswered" });
    await until("the stream's word", () => logs.some((l) => l.includes("keys are refused")));
    const said = JSON.stringify([reply, find, ...logs]);
    expect(said).not.toMatch(/PKWRONG|VERYSECRET/);
  });

  it("while order events are not heard only closing orders go out", async () => {
    const caller = await connect();
    rig.venue.faults.add({ kind: "refuseUpgrade", status: 503, on: "/stream" });
    rig.venue.faults.add({ kind: "reset", on: "/stream" });
    const refused = await until("the refusal", async () => {
      const r = await caller.submit(newClientId(), terms({ limit: "100" }));
      return r.outcome === "rejected" && r.reason;
    });
    expect(refused).toContain("only closing orders go out");
    const closing = [{ instrument: SPY, ratio: 1, intent: "close" as const }];
    const sent = await caller.submit(newClientId(), terms({ side: "sell", legs: closing, limit: "900" }));
    // Nothing is held: the venue itself refuses, so it was sent.
    expect(sent).toMatchObject({ outcome: "rejected", reason: expect.stringContaining("insufficient qty") });
  });

  it("a read that is told to wait waits and comes through; a send is never repeated", async () => {
    const caller = await connect();
    rig.venue.faults.add({ kind: "rest", status: 429, retryAfter: 1, on: "/v2/positions", count: 1 });
    const t0 = performance.now();
    await caller.positions();
    expect(performance.now() - t0).toBeGreaterThan(950);
    rig.venue.faults.add({ kind: "rest", status: 429, retryAfter: 1, on: "/v2/orders", count: 1 });
    const id = newClientId();
    expect(await caller.submit(id, terms({ limit: "100" }))).toMatchObject({ outcome: "unknown" });
    expect(await rig.at(id)).toEqual([]);
  });

  it("a replacement whose answer is lost is told by its event, under the same client id", async () => {
    const caller = await connect({}, { ...QUICK, answerMs: 1_500, replaceMs: 1_500 });
    const id = newClientId();
    const sent = await until("an order at work", async () => {
      const r = await caller.submit(id, terms({ limit: "100" }));
      return r.outcome === "acked" && r;
    });
    await until("it works", () => caller.of(id, "acked").length >= 2);
    rig.venue.faults.add({ kind: "restSlow", ms: 3_000, on: `/v2/orders/${sent.brokerId}`, count: 2 });
    const reply = await caller.replace(id, sent.brokerId, "101");
    expect(reply.outcome).toBe("unknown");
    expect(await caller.event(id, "replaced")).toMatchObject({ clientId: id, attempt: 1 });
    const found = await caller.find(id);
    expect(found).toMatchObject({ found: "order", order: { clientId: id, terms: { limit: "101" } } });
    // Another attempt under the same number has an id of its own.
    expect((await caller.replace(id, sent.brokerId, "102")).outcome).toBe("acked");
  });

  it("a look at many orders asks for the list, not for each; what is gone is still found", async () => {
    const caller = await connect();
    const ids = Array.from({ length: 6 }, newClientId);
    for (const id of ids) await caller.submit(id, terms({ limit: "100" }));
    const [gone] = ids as [string];
    await caller.cancel(gone, null);
    await caller.event(gone, "cancelled");
    const asked = async (): Promise<number> => {
      const state = await fetch(`http://127.0.0.1:${rig.venue.port}/_venue/state`);
      const { attemptsPerMinute } = (await state.json()) as { attemptsPerMinute: Record<string, number> };
      return attemptsPerMinute["rest /v2/orders:by_client_order_id"] ?? 0;
    };
    const later = await connect();
    const before = await asked();
    const found = await Promise.all(ids.map((id) => later.find(id)));
    const status = found.map((f) => (f.found === "order" ? f.order.status : f.found));
    expect(status).toEqual(["cancelled", "working", "working", "working", "working", "working"]);
    expect(found.map((f) => (f.found === "order" ? f.order.clientId : null))).toEqual(ids);
    expect((await asked()) - before).toBe(1);
  });

  it("a cancel that is taken and not done is pointed out", async () => {
    const caller = await connect({}, { ...QUICK, cancelMs: 100, pollMs: 50 });
    const id = newClientId();
    await caller.submit(id, terms({ limit: "100" }));
    rig.venue.faults.add({ kind: "cancelSilent", ms: 3_000, count: 1 });
    expect((await caller.cancel(id, null)).outcome).toBe("asked");
    await until("the reminder", () => logs.some((l) => l.includes(`${id} is not cancelled yet`)));
    await caller.event(id, "cancelled");
  });

  it("a package can't get a new limit: that is said, and the order stays", async () => {
    const caller = await connect();
    const id = newClientId();
    const legs = rig.pack?.legs.map((l) => ({ ...l, intent: "open" as const })) ?? [];
    const sent = await caller.submit(id, terms({ legs, limit: "0.01" }));
    if (sent.outcome !== "acked") throw new Error(sent.reason);
    const reply = await caller.replace(id, sent.brokerId, "0.02");
    expect(reply).toMatchObject({ outcome: "rejected", reason: expect.stringContaining("packages") });
    expect((await caller.openOrders()).find((o) => o.clientId === id)?.terms).toMatchObject({
      side: "buy",
      limit: "0.01",
      legs: legs.map(({ instrument, ratio }) => ({ instrument, ratio })),
    });
  });

  it("a package that is filled in parts: every execution of every leg, at the prices of the account's own list", async () => {
    const caller = await connect();
    const id = newClientId();
    const legs = rig.pack?.legs.map((l) => ({ ...l, intent: "open" as const })) ?? [];
    const sent = await caller.submit(id, terms({ legs, limit: "20", qty: "400" }));
    expect(sent).toMatchObject({ outcome: "acked" });
    const of = (leg: number) => caller.fills(id).filter((f) => f.legIndex === leg);
    await caller.filled(id, 400, -400);
    expect(of(0).length).toBeGreaterThan(1);
    const found = await caller.find(id);
    const listed = found.found === "order" ? found.order.fills : [];
    const told = (fills: typeof listed) => fills.map((f) => `${f.execId} ${f.qty} ${f.price}`).sort();
    expect(told(caller.fills(id))).toEqual(told(listed));
  });
});

describe("whose money it is", () => {
  const read = (rest: string, more: object = {}) => {
    const body = {
      account_number: "PA3",
      status: "ACTIVE",
      cash: "1.50000019",
      currency: "USD",
      equity: "2",
      ...more,
    };
    const reads = { json: async () => body } as unknown as Reads;
    return new Account(reads, rest, instrumentsOf([]), systemClock, () => 0);
  };

  it("the vendor's host says it, at another address the number of the account", async () => {
    expect((await read("https://paper-api.alpaca.markets").read()).paper).toBe(true);
    expect((await read("https://api.alpaca.markets").read()).paper).toBe(false);
    expect((await read("http://127.0.0.1:1").read()).paper).toBe(true);
    expect((await read("http://127.0.0.1:1", { account_number: "12" }).read()).paper).toBe(false);
  });

  it("an account that may not trade says why", async () => {
    const account = read("http://127.0.0.1:1", { trading_blocked: true });
    expect(await account.read()).toMatchObject({
      cash: [{ ccy: "USD", amount: "1.500000" }],
      netLiquidation: 2,
    });
    expect(account.trouble).toContain("blocked trading");
  });
});
