import { expect, it } from "vitest";
import { PAPER_FEES } from "../../config/fees.ts";
import type { Instrument, InstrumentId, OptionInstrument } from "../../engines/market/index.ts";
import { grouped } from "../../engines/orders/guard-words.ts";
import {
  collarWidth,
  type Execution,
  legFees,
  netQuote,
  type PlannedOrder,
} from "../../engines/orders/index.ts";
import { marginOf, REG_T } from "../../engines/portfolio/index.ts";
import { type PayoffLeg, payoffInCoin } from "../../engines/scenario/index.ts";
import { rateNow } from "../../src/desk/coin-rate.ts";
import type { Desk } from "../../src/desk/desk.ts";
import type { MarketFacts } from "../../src/desk/market-facts.ts";
import { bookedFill, ratesOf } from "../../src/orders/booking.ts";
import { edited } from "../../src/orders/ticket.ts";

const leg = (kind: "C" | "P", strike: number, units: number): PayoffLeg => ({
  kind,
  strike,
  units,
  years: 0,
  sigma: 0,
  rate: 0,
  yield: 0,
});

const option = (type: "C" | "P", strike: number): OptionInstrument =>
  ({
    id: `OPT/BTC/2026-12-04/${type}/${strike}/BTC/1`,
    kind: "option",
    symbol: "BTC",
    ccy: "BTC",
    multiplier: 1,
    deliverable: 1,
    underlying: "CRYPTO/BTC-USD",
    type,
    strike,
    expiry: "2026-12-04",
    expiryUs: 1_796_371_200_000_000,
    style: "european",
    premiumStyle: "inverse",
    ticks: [
      { from: 0, tick: 0.0001 },
      { from: 0.005, tick: 0.0005 },
    ],
  }) as unknown as OptionInstrument;

it("a bought call in the coin can lose its premium and win a coin less the premium; it breaks even where the coin pays it back", () => {
  const p = payoffInCoin([leg("C", 84_000, 1)], 0.0455);
  expect(p?.worst).toBeCloseTo(-0.0455, 12);
  expect(p?.best).toBeCloseTo(1 - 0.0455, 12);
  expect(p?.breakEvens.map(Math.round)).toEqual([Math.round(84_000 / (1 - 0.0455))]);
});

it("a sold put in the coin has no bound, a put spread has the one of its lower strike", () => {
  expect(payoffInCoin([leg("P", 80_000, -1)], -0.03)?.worst).toBeNull();
  expect(payoffInCoin([leg("P", 80_000, 1)], 0.03)?.best).toBeNull();
  const spread = payoffInCoin([leg("P", 80_000, -1), leg("P", 78_000, 1)], -0.01);
  // At 0 both strikes are worth any number of coins, and the spread their difference of them.
  expect(spread?.worst).toBeNull();
  const calls = payoffInCoin([leg("C", 86_000, -1), leg("C", 88_000, 1)], -0.006);
  expect(calls?.worst).toBeCloseTo(0.006 - 2_000 / 88_000, 12);
  expect(calls?.best).toBeCloseTo(0.006, 12);
});

it("the collar of an option in the coin is counted in the coin", () => {
  const call = option("C", 84_000);
  const quote = {
    bid: 0.0445,
    ask: 0.046,
    bidSize: 1,
    askSize: 1,
    ageUs: 0,
    maxAgeUs: 1,
    quality: 0,
    status: "open",
  };
  const legs = [{ instrument: call as Instrument, ratio: 1 }];
  const net = netQuote(legs, [quote] as never);
  // Vega of 6,500 dollars is 0.077 of a coin at 84,000: 1.5 points of it are 0.00116.
  expect(collarWidth(legs, net, call.ticks, 6_500 / 84_000)).toBeCloseTo(0.00116, 5);
});

it("a limit far over the coin's collar is refused when it is typed", () => {
  const at = {
    body: { side: "buy", legs: [], qty: null, price: { by: "limit", price: "0.045" }, tif: "day" },
    net: { bid: 0.0445, mid: 0.04525, ask: 0.046, bidUnits: 1, askUnits: 1, spread: 0.0015 },
    grid: option("C", 84_000).ticks,
    collarEdge: 0.0464,
  };
  const typed = edited(at as never, { edit: "price", price: { by: "limit", price: "0.45" } });
  expect(typed).toEqual({ ok: false, message: "0.45 is above the collar: 0.0460 at most" });
});

it("margin of a call spread in the coin is its width in dollars, not coins times dollars", () => {
  const positions = [
    { instrument: option("C", 86_000) as Instrument, qty: -1, mark: 0.037, spot: 84_000 },
    { instrument: option("C", 88_000) as Instrument, qty: 1, mark: 0.0285, spot: 84_000 },
  ];
  const fx = (ccy: string) => (ccy === "BTC" ? 84_000 : 1);
  const found = marginOf({ profile: REG_T, cash: 100_000, positions, orders: [], fx });
  expect(found.initial).toBeCloseTo(2_000, 6);
  expect(found.groups[0]?.worstLoss).toBeCloseTo(2_000 - (0.037 - 0.0285) * 84_000, 6);
});

it("sums of tenths of a coin are said without the dust of doubles", () => {
  expect(grouped(0.1 + 10.2 - 0.000000001)).toBe("10.3");
  expect(grouped(-1_234_567.25)).toBe("-1,234,567.25");
});

it("fees in a coin are of the coin", () => {
  const rows = PAPER_FEES.filter((r) => r.ccy === "BTC");
  const fee = legFees(rows, { instrument: option("C", 84_000), ratio: 1 }, 3);
  expect(fee.units / 1e8).toBeCloseTo(0.0009, 12);
});

it("a coin is worth its index while the feed tells it, else what is on file, else nobody knows", () => {
  const facts = (filed: number | null) =>
    ({
      fx: (ccy: string) =>
        ccy === "USD"
          ? { value: 1, source: "base" }
          : filed === null
            ? null
            : { value: filed, source: "file" },
    }) as unknown as MarketFacts;
  const desk = (index: number) =>
    ({
      slot: (id: InstrumentId) => (id === "CRYPTO/BTC-USD" ? 3 : null),
      book: { spot: () => index },
    }) as unknown as Desk;
  expect(rateNow(desk(84_000), facts(60_000), "BTC")).toBe(84_000);
  expect(rateNow(desk(Number.NaN), facts(60_000), "BTC")).toBe(60_000);
  expect(rateNow(desk(Number.NaN), facts(null), "BTC")).toBeNull();
  expect(rateNow(desk(84_000), facts(0.9), "EUR")).toBe(0.9);
});

it("an execution in a coin is booked at the coin's rate of then, whatever its fee is paid in", () => {
  const fill = (feeCcy: string): Execution => ({
    execId: "x",
    legIndex: 0,
    instrument: "OPT/BTC/2026-12-04/C/84000/BTC/1" as InstrumentId,
    qty: "1",
    price: "0.0455",
    fees: "0.0003",
    feeCcy,
    us: 1 as never,
  });
  const rate = (ccy: string) => (ccy === "BTC" ? 84_000 : null);
  expect(ratesOf(fill("BTC"), "BTC", "USD", rate)).toEqual({ fx: 84_000, feeFx: 84_000 });
  expect(ratesOf(fill("USD"), "BTC", "USD", rate)).toEqual({ fx: 84_000, feeFx: 1 });
  expect(ratesOf(fill("USD"), "EUR", "USD", rate)).toEqual({ fx: null, feeFx: 1 });
  expect(ratesOf(fill("USD"), "USD", "USD", rate)).toBeNull();
  const order = { id: "O1", groups: [], terms: { strategy: "desk" } } as unknown as PlannedOrder;
  const booked = bookedFill(order, fill("BTC"), "A", "USD", { fx: 84_000, feeFx: 84_000 });
  expect([booked.fx, booked.feeFx]).toEqual([84_000, 84_000]);
});
