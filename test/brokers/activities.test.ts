import { afterAll, beforeAll, expect, it } from "vitest";
import { openPositions } from "../../engines/portfolio/index.ts";
import type { BookingRequest } from "../../src/venue/orders/bookings.ts";
import { until } from "../harness/until.ts";
import { alpacaRig, KEYS } from "./alpaca/rig.ts";
import { DeskAtVenue } from "./contract/desk.ts";
import type { BrokerRig } from "./contract/rig.ts";
import { deribitRig } from "./deribit/rig.ts";
import { ibkrRig } from "./ibkr/rig.ts";

/** What the account books by itself is in the desk's books too, once, and nothing differs; each desk on a venue of its own. */

let rigs: { alpaca: BrokerRig; ibkr: BrokerRig; deribit: BrokerRig };
beforeAll(async () => {
  rigs = { alpaca: await alpacaRig(), ibkr: await ibkrRig(), deribit: await deribitRig() };
});
afterAll(async () => {
  for (const rig of Object.values(rigs)) await rig.close();
});

async function desk(name: keyof typeof rigs, account: string): Promise<DeskAtVenue> {
  const at = await DeskAtVenue.start({ ...rigs[name], account });
  return at;
}

/** Looks at the books until `good`; the differences are named where they never are. */
async function looked(at: DeskAtVenue, what: string, good: () => boolean, adopt = false): Promise<void> {
  let askedMs = Number.NEGATIVE_INFINITY;
  const look = (): boolean => {
    if (performance.now() - askedMs > 300) {
      askedMs = performance.now();
      at.command({ name: "reconcile", adopt });
    }
    return good();
  };
  await until(what, look).catch((error: Error) => {
    const said = at.desk.differences.map((d) => d.text).join("; ");
    throw new Error(`${error.message}; ${said}; ${at.desk.book.tradingReason}`);
  });
}
const agree = async (at: DeskAtVenue, heard: number): Promise<void> => {
  await looked(at, `${heard} bookings`, () => at.desk.book.heard.size === heard);
  // Two looks that begin after the booking: what differs twice would have been acted on.
  for (let n = 0; n < 2; n++) {
    const before = at.desk.differences;
    await looked(at, "another look", () => at.desk.differences !== before);
  }
  expect(at.desk.differences.map((d) => d.text)).toEqual([]);
  expect([at.desk.book.trading, at.desk.book.tradingReason]).toEqual(["active", null]);
};
const taken = async (at: DeskAtVenue): Promise<void> => {
  await looked(at, "the books taken over", () => at.desk.book.heardUs !== null && agreed(at), true);
};
const agreed = (at: DeskAtVenue): boolean =>
  at.desk.book.booked.length > 0 && at.desk.differences.length === 0;
const held = (at: DeskAtVenue): Record<string, number> =>
  Object.fromEntries(
    openPositions(at.desk.world.context().desk.held).map((p) => [
      `${p.instrument} ${p.strategy}`,
      p.qty / 1e8,
    ]),
  );

it("Alpaca: dividends, fees, interest, transfers, exercise, assignment and expiry are booked, once, over restarts", async () => {
  const rig = rigs.alpaca;
  const at = await desk("alpaca", "PA3VENUE0001");
  const [spy, first, second] = rig.instruments.map((i) => i.id) as [never, never, never];
  const book = (request: Omit<BookingRequest, "on">): void =>
    rig.venue.book({ on: "alpaca", ...request } as never);
  const filled = async (id: string): Promise<void> => {
    await until("the fill", () => at.state(id).status === "FILLED");
  };
  const symbol = (id: string): string => {
    const [, root, day, type, strike] = id.split("/") as [string, string, string, string, string];
    return `${root}${day.slice(2).replaceAll("-", "")}${type}${String(Number(strike) * 1000).padStart(8, "0")}`;
  };
  const url = `http://127.0.0.1:${rig.venue.port}/v2`;
  const headers = { "APCA-API-KEY-ID": KEYS.id, "APCA-API-SECRET-KEY": KEYS.secret };
  const elsewhere = async (order: Readonly<Record<string, string>>): Promise<void> => {
    const body = JSON.stringify({ ...order, type: "limit", time_in_force: "day" });
    expect((await fetch(`${url}/orders`, { method: "POST", headers, body })).status).toBe(200);
    await until(
      `the position in ${order["symbol"]}`,
      async () => (await fetch(`${url}/positions/${order["symbol"]}`, { headers })).ok,
    );
  };
  try {
    await filled(at.order({ ...rig.single, legs: [{ instrument: first, ratio: 1 }] }, "80", 3));
    await elsewhere({ symbol: "SPY", qty: "7", side: "buy", limit_price: "900" });
    await elsewhere({ symbol: symbol(second), qty: "2", side: "sell", limit_price: "0.01" });
    for (const [id, mid] of [
      [spy, 600],
      [first, 20],
      [second, 18],
    ] as const)
      at.mark(id, mid);
    await taken(at);
    await agree(at, 0);
    book({ kind: "dividend", symbol: "SPY", perShare: 1.777 });
    book({ kind: "fee", amount: -0.35 });
    book({ kind: "interest", amount: 1.25 });
    book({ kind: "transfer", amount: -500 });
    await agree(at, 4);
    const { cash } = at.desk.world.context().desk.held.books;
    const usd = [...cash.values()].find((c) => c.ccy === "USD");
    expect([usd?.dividends, usd?.financing]).toEqual([12.439e6, 1.25e6]);
    book({ kind: "exercise", symbol: symbol(first), contracts: 2 });
    await agree(at, 6);
    expect(held(at)).toEqual({
      [`${spy} external`]: 7,
      [`${spy} desk`]: 200,
      [`${first} desk`]: 1,
      [`${second} external`]: -2,
    });
    await at.restart();
    await agree(at, 6);
    book({ kind: "assign", symbol: symbol(second), contracts: 2 });
    await agree(at, 8);
    book({ kind: "expire", symbol: symbol(first) });
    await at.restart();
    await agree(at, 9);
    expect(held(at)).toEqual({ [`${spy} external`]: -193, [`${spy} desk`]: 200 });
    book({ kind: "split", symbol: "SPY", ratio: 1.1 });
    await looked(at, "closing only", () => at.desk.book.trading === "reducing");
    expect(at.desk.book.tradingReason).toMatch(
      /SPY.* 7 here, 7.7 at Alpaca .Alpaca booked SPLIT Stock Split SPY 0.7 /,
    );
    await looked(at, "the split taken over", () => at.desk.book.heard.size === 10 && agreed(at), true);
  } finally {
    at.end();
  }
}, 90_000);

it("Deribit: options that are delivered leave the books for what they paid; money that comes or goes is booked", async () => {
  const rig = rigs.deribit;
  const at = await desk("deribit", "1");
  const call = rig.instruments[1]?.id as never;
  const name = /OPT\/BTC\/2026-12-25\/C\/(\d+)/.exec(call)?.[1];
  const book = (request: Omit<BookingRequest, "on">): void =>
    rig.venue.book({ on: "deribit", ...request } as never);
  try {
    await taken(at);
    const id = at.order(rig.single, "0.5", 2);
    await until("the fill", () => at.state(id).status === "FILLED");
    book({ kind: "transfer", amount: 1.5 });
    await agree(at, 1);
    book({ kind: "settle", symbol: `BTC-25DEC26-${name}-C`, price: 0.0123 });
    await agree(at, 2);
    expect(held(at)).toEqual({});
  } finally {
    at.end();
  }
}, 60_000);

it("Interactive Brokers does not tell what it books: the difference says so, and what takes it over", async () => {
  const rig = rigs.ibkr;
  const at = await desk("ibkr", "DU1234567");
  try {
    await agree(at, 0);
    rig.venue.book({ on: "ibkr", kind: "fee", amount: -1.5 });
    await looked(at, "closing only", () => at.desk.book.trading === "reducing");
    expect(at.desk.book.tradingReason).toMatch(
      /cash 1000000 USD here, 999998.5 at ibkr \(ibkr does not list the fees/,
    );
    await looked(at, "the fee taken over", () => agreed(at), true);
  } finally {
    at.end();
  }
}, 60_000);

it("Interactive Brokers: a commission that comes after its execution is booked once, and nothing differs", async () => {
  const rig = await ibkrRig();
  const at = await DeskAtVenue.start({ ...rig, account: "DU1234567" });
  try {
    await agree(at, 0);
    const late = rig.venue.faults.add({ kind: "commissionLate" });
    const id = at.order(rig.single, "900", 2);
    await until("the fill", () => at.state(id).status === "FILLED");
    expect([...at.state(id).fills.values()].map((f) => f.fees)).toEqual(["0"]);
    rig.venue.faults.remove(late.id);
    const fees = (): number => at.desk.book.booked.filter((b) => b.event.id.startsWith("fee:")).length;
    await looked(at, "the commission", () => fees() === 1);
    await agree(at, 0);
    await at.restart();
    await agree(at, 0);
    expect(fees()).toBe(1);
  } finally {
    at.end();
    await rig.close();
  }
}, 60_000);
