import { describe, expect, it } from "vitest";
import { idOfName } from "../../src/brokers/deribit/names.ts";
import { orderRow as deribitOrder, tradeRow as deribitTrade } from "../../src/brokers/deribit/rows.ts";
import { saidOf } from "../../src/brokers/ibkr/chain.ts";
import { OrderQueue } from "../../src/brokers/ibkr/queue.ts";
import { orderRow, tradeRow } from "../../src/brokers/ibkr/rows.ts";
import { SharedLook } from "../../src/brokers/ibkr/shared-look.ts";
import { Told } from "../../src/brokers/told.ts";
import { decimalOf } from "../../src/brokers/wire-values.ts";
import { systemClock } from "../../src/shell/clock.ts";
import { until } from "../harness/until.ts";

describe("decimals", () => {
  it.each([
    [0.1 + 0.2, "0.3"],
    ["1,234.50", "1234.5"],
    [1e-7, "0.0000001"],
    ["100.00", "100"],
    [-0, "0"],
    ["-0.000000001", "0"],
    ["", null],
    ["12.3M", null],
    [Number.NaN, null],
    [null, null],
  ])("%j is %j", (value, text) => expect(decimalOf(value)).toBe(text));
});

describe("what Interactive Brokers' gateway answers to an order", () => {
  it.each([
    [200, [{ order_id: "12", order_status: "Submitted" }], "done"],
    [200, [{ order_id: 12 }], "done"],
    [200, [{ id: "x", message: ["<b>Sure?</b>"], messageIds: ["o163"] }], "question"],
    [200, { error: "no" }, "refused"],
    [400, { error: "no" }, "refused"],
    [401, null, "refused"],
    [400, { error: "Bad Request: no bridge", statusCode: 400 }, "refused"],
    [400, { error: "Order couldn't be submitted: Local order ID=a is already registered." }, "unclear"],
    [400, { error: "reply id not found: 'x'" }, "unclear"],
    [429, { error: "Too Many Requests" }, "unclear"],
    [500, { error: "no" }, "unclear"],
    [503, { error: "Service Unavailable", statusCode: 503 }, "unclear"],
    [200, null, "unclear"],
    [200, [], "unclear"],
    [200, [{}], "unclear"],
    [200, { orderId: 5, reqId: "1", text: "advanced" }, "unclear"],
    [302, [{ something: 1 }], "unclear"],
  ])("%d %j is %s", (status, value, said) => expect(saidOf({ status, value }).said).toBe(said));

  it("tags are no part of a question", () => {
    const said = saidOf({
      status: 200,
      value: [{ id: "x", message: ["<h4>Sure?</h4> yes"], messageIds: [] }],
    });
    expect(said).toEqual({ said: "question", id: "x", ids: [], text: "Sure? yes" });
  });
});

describe("rows", () => {
  it("numbers come as text and text as numbers; a word that nobody knows ends nothing", () => {
    const row = {
      orderId: "7",
      status: "Pondering",
      side: "SELL",
      conid: "265598",
      totalSize: "2",
      price: 1.5,
    };
    expect(orderRow(row)).toMatchObject({
      orderId: "7",
      state: "working",
      side: "sell",
      total: "2",
      filled: "0",
      price: "1.5",
      legs: [{ conid: 265598, ratio: 1 }],
    });
    expect(orderRow({ ...row, conidex: "28812380@SMART;;;1/2,3/-1", price: "" })).toMatchObject({
      legs: [
        { conid: 1, ratio: 2 },
        { conid: 3, ratio: -1 },
      ],
      price: null,
    });
    expect(orderRow({ ...row, totalSize: undefined })).toBeNull();
    const trade = {
      execution_id: "a.b.01.01",
      side: "S",
      size: "3",
      price: 2,
      conid: "5",
      trade_time_r: "1000",
    };
    expect(tradeRow(trade)).toMatchObject({ qty: "-3", price: "2", fees: "0", us: 1_000_000 });
    expect(tradeRow({ ...trade, sec_type: "BAG" })).toBeNull();
  });

  it("Deribit's market orders have no limit, a combo's own print is no execution, other contracts keep their names", () => {
    const row = {
      order_id: "ETH-1",
      order_state: "untriggered",
      direction: "buy",
      amount: 1,
      price: "market_price",
    };
    const named = { ...row, instrument_name: "ETH-8JUN26-2500-P" };
    expect(deribitOrder(named)).toMatchObject({
      state: "working",
      price: null,
      filled: "0",
      instrument: "OPT/ETH/2026-06-08/P/2500/ETH/1",
    });
    expect(deribitOrder(row)).toBeNull();
    const trade = {
      trade_id: "ETH-9",
      instrument_name: "ETH-8JUN26-2500-P",
      amount: 1,
      price: 0.05,
      direction: "sell",
    };
    const full = { ...trade, timestamp: 1_000, fee: 0.00031234567, fee_currency: "ETH" };
    expect(deribitTrade(full)?.fill).toMatchObject({ qty: "-1", fees: "0.000312", feeCcy: "ETH" });
    expect(deribitTrade({ ...full, legs: [] })).toBeNull();
    for (const name of ["BTC-PERPETUAL", "XRP_USDC-30JUN26-0d625-C", "BTC-25DEC26", "BTC-32DEC26-1-C"])
      expect(idOfName(name)).toBe(`DERIBIT/${name}`);
  });
});

describe("what is told", () => {
  const fill = { execId: "x.01", legIndex: 0, instrument: "EQ/SPY/USD", qty: "1", price: "1" };
  const one = { ...fill, fees: "0", feeCcy: "USD", us: 1 } as never;

  it("each thing once, an end too; a bust overtakes its execution", () => {
    const told = new Told();
    const heard: string[] = [];
    told.onEvent((e) => heard.push(e.k));
    for (let i = 0; i < 2; i++) {
      told.acked("a", "1");
      told.fill("a", one);
      told.ended("cancelled", "a", "why");
      told.bust("b", "x.01");
      told.fill("b", one);
    }
    expect(heard).toEqual(["acked", "fill", "cancelled", "bust"]);
    expect(told.live()).toEqual(["b"]);
  });
});

describe("one queue for the session", () => {
  it("one at a time, cancels first, what waits is called off, a close answers everybody", async () => {
    const queue = new OrderQueue();
    const done: string[] = [];
    let go: () => void = () => undefined;
    const gate = new Promise<void>((open) => {
      go = open;
    });
    const job = (name: string, wait?: Promise<void>) => async (): Promise<void> => {
      await wait;
      done.push(name);
    };
    const dropped = (name: string) => (): void => void done.push(`${name} dropped`);
    queue.send("a", job("a", gate), dropped("a"));
    queue.send("b", job("b"), dropped("b"));
    queue.send("c", job("c"), dropped("c"));
    queue.urgent(job("cancel"), dropped("cancel"));
    expect(queue.callOff("b")).toBe(true);
    expect(queue.callOff("a")).toBe(false);
    expect(queue.stopped("a")).toBe(true);
    go();
    await until("all of them", () => done.length === 4);
    expect(done).toEqual(["b dropped", "a", "cancel", "c"]);
    queue.close();
    queue.send("d", job("d"), dropped("d"));
    expect(done.at(-1)).toBe("d dropped");
  });

  it("a list is asked for once for all who want it, and again for who comes later", async () => {
    let looks = 0;
    const list = new SharedLook(systemClock, 5, () => Promise.resolve(++looks));
    expect(await Promise.all([list.ask(), list.ask(), list.ask()])).toEqual([1, 1, 1]);
    expect(await list.ask()).toBe(2);
    const late = list.ask();
    list.close();
    await expect(late).rejects.toThrow("closed");
    await expect(list.ask()).rejects.toThrow("closed");
  });
});
