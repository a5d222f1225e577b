import { describe, expect, it } from "vitest";
import type { InstrumentId, Micros } from "../../engines/market/index.ts";
import {
  type Confirmed,
  confirm,
  type Execution,
  hashOf,
  type PlannedOrder,
  type Sent,
} from "../../engines/orders/index.ts";
import type {
  Broker,
  BrokerEvent,
  BrokerOrder,
  CancelReply,
  FindReply,
  SubmitReply,
} from "../../src/brokers/broker.ts";
import { OrderBook } from "../../src/orders/order-book.ts";
import { Recorder } from "../../src/orders/recorder.ts";
import { Sender } from "../../src/orders/sender.ts";
import type { OrderWorld } from "../../src/orders/world.ts";
import { Brake } from "../../src/shell/brake.ts";

const sha = (text: string) => text;
const terms = (qty: string) => ({
  account: "paper",
  mode: "replay" as const,
  side: "buy" as const,
  legs: [{ instrument: "EQ/GOOG/USD" as InstrumentId, ratio: 1, intent: "open" as const }],
  qty,
  limit: "748",
  tif: "day" as const,
  strategy: "desk",
});

function planned(id: string, qty: string): { confirmed: Confirmed; order: PlannedOrder } {
  const net = { bid: 1, mid: 1, ask: 1, bidUnits: null, askUnits: null, spread: 0 };
  const row = { staged: { ticket: id, runId: id }, terms: terms(qty), guards: [], net, tick: 0.01 };
  const hash = hashOf(sha, [row]);
  const shown = { rows: [row], hash, atUs: 0, lifeUs: 15e6, accepted: new Set<string>() };
  const key = { hash, shownMs: 300, typedQty: null };
  const answer = confirm(sha, shown, [row], 0, key, { shownMs: 300, mustType: null });
  if (!answer.ok) throw new Error(answer.text);
  return {
    confirmed: answer.confirmed[0] as Confirmed,
    order: {
      id,
      clientId: `c-${id}`,
      runId: id,
      ordinal: 0,
      ticket: null,
      terms: terms(qty),
      what: "GOOG",
      underlying: null,
      previewHash: hash,
      multiplier: 1,
      arrivalMid: 748,
      groups: [null],
      makes: null,
    },
  };
}

const execution = (execId: string, qty: string): Execution => ({
  execId,
  legIndex: 0,
  instrument: "EQ/GOOG/USD" as InstrumentId,
  qty,
  price: "748",
  fees: "0",
  feeCcy: "USD",
  us: 1 as Micros,
});

/** O1 works for 10; O2 is to take its place with `size`. The test says when the cancel comes and what the broker then tells of O1. */
function desk(told: () => BrokerOrder["status"] | null, toldFills: () => readonly Execution[] = () => []) {
  const book = new OrderBook("paper", "USD");
  let nowUs = 0;
  const brake = new Brake();
  const asked: string[] = [];
  let hear: (event: BrokerEvent) => void = () => undefined;
  const submitted: string[] = [];
  const world = {
    nowUs: () => nowUs,
    seq: () => 1,
    changed: () => undefined,
    note: () => undefined,
    after: () => () => undefined,
    stopped: () => brake.pulled,
  } as unknown as OrderWorld;
  const broker = {
    traits: { settleUs: 0, name: "x" },
    submit: (order: Sent, reply: (r: SubmitReply) => void) => {
      submitted.push(order.clientId);
      reply({ outcome: "acked", brokerId: `b-${order.clientId}` });
    },
    replace: (_target: unknown, limit: string, reply: (r: SubmitReply) => void) => {
      asked.push(limit);
      reply({ outcome: "acked", brokerId: "b-c-O1" });
    },
    cancel: (_target: unknown, reply: (r: CancelReply) => void) => reply({ outcome: "asked", reason: null }),
    find: (clientId: string, reply: (r: FindReply) => void) => {
      const status = told();
      if (status === null) return reply({ found: "unanswered", reason: "no line" });
      const order = { clientId, brokerId: "b-c-O1", status, terms: null, fills: toldFills(), reason: null };
      reply({ found: "order", order });
    },
    onEvent: (listener: (event: BrokerEvent) => void) => {
      hear = listener;
    },
  } as unknown as Broker;
  const recorder = new Recorder(
    { append: (_records, done) => done(null) },
    world,
    { book, scope: "s", base: "s" },
    () => undefined,
    () => undefined,
    () => null,
  );
  const sender = new Sender(broker, recorder, world, () => book);
  sender.send([planned("O1", "10")], []);
  const old = () => book.orders.get("O1") as NonNullable<ReturnType<typeof book.orders.get>>;
  sender.sendAfter(planned("O2", "6"), old(), 15e6 as Micros, []);
  return {
    sender,
    submitted,
    asked,
    brake,
    old,
    hear: (event: BrokerEvent) => hear(event),
    at: (us: number) => {
      nowUs = us;
    },
    state: () => book.orders.get("O2"),
  };
}
const cancelled = { k: "cancelled", clientId: "c-O1", reason: "asked" } as const;

describe("an order that takes another's place", () => {
  it("goes out once, after the other's end, and not before", () => {
    const d = desk(() => "cancelled");
    expect(d.submitted).toEqual(["c-O1"]);
    expect(d.sender.waitsFor("O2")).toContain("O1");
    d.hear(cancelled);
    d.hear(cancelled);
    expect(d.submitted).toEqual(["c-O1", "c-O2"]);
    expect(d.state()?.status).toBe("ACKED");
  });

  it.each([
    ["a fill came before the end", () => "cancelled" as const, [], "1 more of O1"],
    [
      "the broker tells of a fill nobody heard of",
      () => "cancelled" as const,
      [execution("x2", "2")],
      "2 more of O1",
    ],
    ["the broker says it was filled", () => "filled" as const, [], "not cancelled"],
    ["the broker does not answer", () => null, [], "not found"],
  ])("is not sent when %s", (what, told, fills, reason) => {
    const d = desk(told, () => fills);
    if (what.startsWith("a fill")) d.hear({ k: "fill", clientId: "c-O1", fill: execution("x1", "1") });
    d.hear(cancelled);
    expect(d.submitted).toEqual(["c-O1"]);
    expect(d.state()).toMatchObject({ status: "DENIED" });
    expect(d.state()?.reason).toContain(reason);
  });

  it("is not sent after the preview's life, nor once the desk is halted", () => {
    const late = desk(() => "cancelled");
    late.at(16e6);
    late.hear(cancelled);
    expect(late.state()?.status).toBe("DENIED");
    const halted = desk(() => "cancelled");
    halted.sender.dropWaiting("key");
    halted.hear(cancelled);
    expect(halted.state()).toMatchObject({ status: "DENIED", reason: "halted by key" });
    expect([...late.submitted, ...halted.submitted]).toEqual(["c-O1", "c-O1"]);
  });
});

describe("the kill key, while word of it is still on its way to the desk", () => {
  it("lets nothing out: no order, no other limit", () => {
    const d = desk(() => "cancelled");
    d.brake.pull();
    d.sender.send([planned("O3", "1")], []);
    d.sender.replace(d.old(), "749");
    d.hear(cancelled);
    expect(d.submitted).toEqual(["c-O1"]);
    expect(d.asked).toEqual([]);
    expect(d.state()).toMatchObject({ status: "DENIED", reason: "halted before it was sent" });
  });

  it("holds until as many kills are carried out as were asked for; then the desk's own record says what may be sent", () => {
    const d = desk(() => "cancelled");
    d.brake.pull();
    d.brake.pull();
    d.brake.done();
    d.sender.send([planned("O3", "1")], []);
    expect(d.submitted).toEqual(["c-O1"]);
    d.brake.done();
    d.sender.send([planned("O4", "1")], []);
    expect(d.submitted).toEqual(["c-O1", "c-O4"]);
  });
});
