import { expect, it } from "vitest";
import type { Fact, PlannedOrder } from "../../engines/orders/index.ts";
import type { Broker, FindReply } from "../../src/brokers/broker.ts";
import { Executions } from "../../src/orders/executions.ts";
import { OrderBook } from "../../src/orders/order-book.ts";
import type { Recorder } from "../../src/orders/recorder.ts";

const ID = "EQ/SPY/USD" as never;
const fill = (execId: string, qty = "1") => ({
  execId,
  legIndex: 0,
  instrument: ID,
  qty,
  price: "600",
  fees: "0",
  feeCcy: "USD",
  us: 2e6 as never,
});
const order = {
  id: "O1",
  clientId: "c",
  terms: { side: "buy", legs: [{ instrument: ID, ratio: 1, intent: "open" }], qty: "2", limit: "600" },
  groups: [],
  makes: null,
} as unknown as PlannedOrder;

/** A book with one order and its fills, and a broker that lists what it is told to. */
function at(known: readonly string[], listed: readonly string[], found: (look: number) => FindReply) {
  const book = new OrderBook("A", "A@x");
  const written: Fact[] = [];
  const notes: string[] = [];
  const later: (() => void)[] = [];
  const write = (facts: readonly Fact[]): void => {
    for (const fact of facts) book.apply({ ...fact, us: 2e6, seq: 1, scope: "s" } as never);
    written.push(...facts);
  };
  write([{ k: "planned", order }, ...known.map((x): Fact => ({ k: "fill", id: "O1", fill: fill(x) }))]);
  written.length = 0;
  let looks = 0;
  let list = (to: (r: unknown) => void) =>
    to({ ok: true, value: listed.map((x) => ({ clientId: "c", fill: fill(x) })) });
  const broker = {
    traits: { settleUs: 1e6, corrects: (a: string, b: string) => a[0] === b[0] && a > b },
    executionsSince: (_: number, to: (r: unknown) => void) => list(to),
    find: (_: string, to: (r: FindReply) => void) => to(found(++looks)),
  } as unknown as Broker;
  const hands = {
    nowUs: () => 9e6,
    after: (_: number, run: () => void) => later.push(run),
    note: (_: string, text: string) => notes.push(text),
  };
  const executions = new Executions(broker, { write } as unknown as Recorder, hands as never, () => book);
  const listing = (by: typeof list) => {
    list = by;
  };
  return { executions, written, notes, later, book, write, listing };
}
const has = (...ids: readonly string[]): FindReply => ({
  found: "order",
  order: {
    clientId: "c",
    brokerId: "1",
    status: "filled",
    terms: null,
    fills: ids.map((x) => fill(x)),
    reason: null,
  },
});

it("an execution that neither the list nor the order has, twice, is a bust by its name", () => {
  const t = at(["a1", "b1"], ["b1"], () => has("b1"));
  t.executions.ask(0 as never);
  expect(t.written).toEqual([]);
  t.later[0]?.();
  expect(t.written).toEqual([{ k: "bust", id: "O1", execId: "a1" }]);
  expect(t.notes[0]).toContain("a1 was taken back");
  expect(t.book.booked.at(-1)?.event).toMatchObject({ kind: "bust", execId: "a1" });
});

it.each([
  ["the order has it after all", () => has("a1"), 1],
  ["the order has it at the second look", (n: number) => (n === 1 ? has() : has("a1")), 1],
  ["nobody answers", (): FindReply => ({ found: "unanswered", reason: "429" }), 1],
  ["the order is not known any more", (): FindReply => ({ found: "none" }), 1],
] as const)("%s: nothing is taken back", (_, found, n) => {
  const t = at(["a1"], [], found);
  t.executions.ask(0 as never);
  t.later[0]?.();
  expect(t.written).toEqual([]);
  expect(t.book.orders.get("O1")?.fills.size).toBe(n);
});

it("the broker knows neither order nor execution: that is said once, the positions count", () => {
  const t = at(["a1"], [], () => ({ found: "none" }));
  for (let i = 0; i < 3; i++) t.executions.ask(0 as never);
  expect(t.notes).toEqual([
    "O1: the broker lists neither execution a1 nor its order any more; its positions count",
  ]);
});

it("a fee that came after its execution goes with it when that is busted, and does not come again", () => {
  const t = at(["a1"], [], () => has());
  const told = (fees: string) => ({ ok: true, value: [{ clientId: "c", fill: { ...fill("a1"), fees } }] });
  t.listing((to) => to(told("1.05")));
  t.executions.ask(0 as never);
  t.listing((to) => to(told("1.25")));
  t.executions.ask(0 as never);
  const fees = () =>
    t.book.booked.flatMap(({ event }) => (event.kind === "cash" ? [[event.id, event.amount]] : []));
  expect(fees()).toEqual([
    ["fee:a1:1.05", "-1.05"],
    ["fee:a1:1.25", "-0.2"],
  ]);
  t.write([{ k: "bust", id: "O1", execId: "a1" }]);
  expect(fees().slice(2)).toEqual([
    ["bust:fee:a1:1.05", "1.05"],
    ["bust:fee:a1:1.25", "0.2"],
  ]);
  t.write([{ k: "bust", id: "O1", execId: "a1" }]);
  t.executions.ask(0 as never);
  expect(fees()).toHaveLength(4);
});

it("older executions than were asked for are not missed", () => {
  const t = at(["a1"], [], () => has());
  t.executions.ask(3e6 as never);
  expect(t.later).toEqual([]);
});

it("a corrected execution takes the place of the one before, once, whichever is listed besides", () => {
  const t = at(["a1"], ["a1", "a2"], () => has("a2"));
  t.executions.ask(0 as never);
  expect(t.written).toEqual([
    { k: "bust", id: "O1", execId: "a1" },
    { k: "fill", id: "O1", fill: fill("a2") },
  ]);
  t.executions.ask(0 as never);
  expect(t.written).toHaveLength(2);
});
