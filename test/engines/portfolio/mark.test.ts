import fc from "fast-check";
import { expect, test } from "vitest";
import type { OptionInstrument } from "../../../engines/market/index.ts";
import {
  explainMark,
  type MarketInput,
  type MarkPolicy,
  type MarkSource,
  type ModelInput,
  markOption,
  markSpot,
  type OptionMarkInput,
  skipReasons,
  trackMove,
} from "../../../engines/portfolio/index.ts";
import type { MarkSource as ShownSource } from "../../../src/desk/protocol.ts";
import { equity, NOW, option, quote } from "./samples.ts";

// The screen's words for a source and the engine's are one set.
const shown: ShownSource = "mid" as MarkSource;
const engine: MarkSource = "mid" as ShownSource;
void [shown, engine];

const C760 = option("GOOG", "2016-01-15", "C", 760);
const S = 10_000_000;
const prior = { price: 8.74, day: "2015-12-23", sessionsOld: 1, source: "end of day" };
const model: ModelInput = { price: 8.2, sigma: 0.18, vega: 70, source: "own quote", ageUs: 1000 };

interface Case {
  market?: Partial<MarketInput> & { bid?: number | null; ask?: number | null };
  spot?: OptionMarkInput["spot"];
  model?: ModelInput | null;
  side?: 1 | -1 | 0;
  entry?: number | null;
  policy?: MarkPolicy;
  instrument?: OptionInstrument;
  carry?: OptionMarkInput["carry"];
}
function input(c: Case): OptionMarkInput {
  return {
    instrument: c.instrument ?? C760,
    market: { ...quote(8.1, 8.5), prior, ...c.market },
    spot: c.spot === undefined ? { price: 748.16, ageUs: 1, movedUs: NOW - 60 * S } : c.spot,
    model: c.model === undefined ? model : c.model,
    carry: c.carry ?? null,
    position: { side: c.side ?? 1, entry: c.entry === undefined ? 9.3 : c.entry },
    nowUs: NOW,
    policy: c.policy ?? "neutral",
  };
}
const mark = (c: Case) => markOption(input(c));
const stale = { quoteUs: NOW - 94_000_000 };

test.each<[string, Case, Partial<ReturnType<typeof mark>>, string[]]>([
  [
    "fresh two-sided mid",
    {},
    { price: 8.3, source: "mid", estimated: false, stale: false, ageUs: 200_000 },
    [],
  ],
  [
    "a stale quote gives way to the model",
    { market: stale },
    { price: 8.2, source: "model", estimated: true, stale: false },
    ["quote older than its limit"],
  ],
  [
    "a confirm keeps an unchanged quote fresh",
    { market: { ...stale, confirmUs: NOW - 1 } },
    { price: 8.3, source: "mid", ageUs: 1 },
    [],
  ],
  [
    "a wide quote gives way to the model",
    { market: { bid: 5, ask: 11 } },
    { price: 8.2, source: "model" },
    ["spread wider than its limit"],
  ],
  ["25 % of mid is not wide", { market: { bid: 7, ask: 9 }, model: null }, { price: 8, source: "mid" }, []],
  [
    "4 ticks are not wide",
    { market: { bid: 0.05, ask: 0.25 }, model: null },
    { price: 0.15, source: "mid" },
    [],
  ],
  ["3 vol points are not wide", { market: { bid: 7, ask: 9.09 } }, { price: 8.045, source: "mid" }, []],
  [
    "a crossed quote is no quote",
    { market: { bid: 9, ask: 8 } },
    { price: 8.2, source: "model" },
    ["bid above ask"],
  ],
  ["a locked quote is one", { market: { bid: 8.2, ask: 8.2 } }, { price: 8.2, source: "mid" }, []],
  [
    "no bid, long: half the ask if the model is dearer",
    { market: { bid: 0, ask: 0.1 } },
    { price: 0.05, source: "mid", estimated: true },
    ["no bid"],
  ],
  [
    "no bid, long: the model if it is cheaper",
    { market: { bid: 0, ask: 20 } },
    { price: 8.2, source: "model" },
    ["no bid"],
  ],
  [
    "no bid, short, conservative: the ask",
    { market: { bid: 0, ask: 20 }, side: -1, policy: "conservative" },
    { price: 20, source: "ask" },
    ["no bid"],
  ],
  [
    "a bid that never was seen is unknown, not 0",
    { market: { bid: null, ask: 0.1 } },
    { price: 8.2, source: "model" },
    ["no bid"],
  ],
  ["no ask", { market: { ask: null } }, { price: 8.2, source: "model" }, ["no ask"]],
  ["halted", { market: { status: "halted" } }, { price: 8.2, source: "model" }, ["trading is halted"]],
  [
    "last print younger than the underlying's last move",
    { market: { ...stale, last: 8.05, lastUs: NOW - 30 * S }, model: null },
    { price: 8.05, source: "last", ageUs: 30 * S },
    ["quote older than its limit", "no model price"],
  ],
  [
    "last print older than that move: prior settlement",
    { market: { ...stale, last: 8.05, lastUs: NOW - 61 * S }, model: null },
    { price: 8.74, source: "settlement", stale: true },
    ["quote older than its limit", "no model price", "last print older than its limit"],
  ],
  [
    "an old settlement: entry",
    { market: { ...stale, prior: { ...prior, sessionsOld: 4 } }, model: null },
    { price: 9.3, source: "entry" },
    [
      "quote older than its limit",
      "no model price",
      "no last print",
      "prior settlement older than its limit",
    ],
  ],
  [
    "nothing: unknown, never 0",
    { market: { bid: null, ask: null, prior: null }, model: null, entry: null },
    { price: null, source: "none" },
    ["no quote", "no model price", "no last print", "no prior settlement", "no entry price"],
  ],
  [
    "non-finite and negative prices are missing",
    { market: { bid: -1, ask: Number.NaN }, model: { ...model, price: Number.NaN } },
    { price: 8.74, source: "settlement" },
    ["no quote", "no model price", "no last print"],
  ],
  [
    "mid below intrinsic is raised (American)",
    { spot: { price: 770, ageUs: 1, movedUs: 0 } },
    { price: 10, source: "mid", clamped: "lower" },
    [],
  ],
  [
    "model above the underlying is lowered",
    { market: stale, model: { ...model, price: 800 } },
    { price: 748.16, clamped: "upper" },
    ["quote older than its limit"],
  ],
  ["conservative long: the bid", { policy: "conservative", side: 1 }, { price: 8.1, source: "bid" }, []],
  [
    "conservative short: the ask, never below entry",
    { policy: "conservative", side: -1, entry: 9.3 },
    { price: 9.3, source: "ask", clamped: "entry" },
    [],
  ],
  [
    "conservative short above entry: the ask",
    { policy: "conservative", side: -1, entry: 3 },
    { price: 8.5, source: "ask" },
    [],
  ],
  [
    "conservative long never above entry",
    { policy: "conservative", side: 1, entry: 3 },
    { price: 3, clamped: "entry" },
    [],
  ],
  [
    "intrinsic",
    { policy: "intrinsic", spot: { price: 770, ageUs: 5, movedUs: 0 } },
    { price: 10, source: "intrinsic", ageUs: 5, estimated: false },
    [],
  ],
  [
    "intrinsic without the underlying: settlement",
    { policy: "intrinsic", spot: null },
    { price: 8.74, source: "settlement" },
    ["no price of the underlying"],
  ],
  ["model policy", { policy: "bs_model" }, { price: 8.2, source: "model", estimated: false }, []],
  [
    "model policy without a model: intrinsic, with the reason",
    { policy: "bs_model", model: null, spot: { price: 770, ageUs: 5, movedUs: 0 } },
    { price: 10, source: "intrinsic", estimated: true },
    ["no model price"],
  ],
  ["model floored at 0", { policy: "bs_model", model: { ...model, price: -0.01 } }, { price: 0 }, []],
])("option mark: %s", (_, c, want, skipped) => {
  const m = mark(c);
  const { price, ...rest } = want;
  expect(m).toMatchObject(rest);
  if (price === null || price === undefined) expect(m.price).toBe(price);
  else expect(m.price).toBeCloseTo(price, 12);
  expect(skipReasons(m.skips)).toEqual(skipped);
});

test("a 400 put bought at 5 is never marked at its premium against the strike when the underlying is unknown", () => {
  const put = option("XYZ", "2016-01-15", "P", 400);
  const m = mark({
    instrument: put,
    market: { bid: null, ask: null, prior: null },
    spot: null,
    model: null,
    entry: 5,
    policy: "intrinsic",
  });
  expect(m).toMatchObject({ price: 5, source: "entry" });
});

test("European bounds use forward and discount: a deep put may be worth less than K − S", () => {
  const put = option("SPX", "2016-06-17", "P", 1000, { style: "european" });
  const at = (style: OptionInstrument) =>
    mark({
      instrument: style,
      market: { bid: 185, ask: 187, prior: null },
      spot: { price: 800, ageUs: 0, movedUs: 0 },
      carry: { forward: 816, df: 0.98 },
    });
  expect(at(put).price).toBe(186);
  expect(at({ ...put, style: "american" })).toMatchObject({ price: 200, clamped: "lower" });
});

test("inverse contracts are worth their intrinsic in coin and are not clamped by dollars", () => {
  const i = option("BTC", "2026-01-30", "C", 80_000, {
    premiumStyle: "inverse",
    style: "european",
    ccy: "BTC" as never,
  });
  const m = mark({ instrument: i, policy: "intrinsic", spot: { price: 100_000, ageUs: 0, movedUs: 0 } });
  expect(m.price).toBeCloseTo(0.2, 12);
});

const spotMark = (m: Partial<MarketInput>, policy: MarkPolicy = "neutral", side: 1 | -1 | 0 = 1) =>
  markSpot({
    instrument: equity("GOOG"),
    market: { ...quote(747.98, 748.34), ...m },
    position: { side, entry: 752.1 },
    nowUs: NOW,
    policy,
  });

test.each<[string, Partial<MarketInput>, number | null, MarkSource]>([
  ["mid", {}, 748.16, "mid"],
  [
    "quotes far apart before the open: last",
    { bid: 726, ask: 764, last: 750.3, lastUs: NOW - S },
    750.3,
    "last",
  ],
  ["no quote: last", { bid: null, ask: null, last: 750.3, lastUs: NOW - S }, 750.3, "last"],
  [
    "no quote, yesterday's print: close",
    { bid: null, ask: null, last: 750.3, lastUs: NOW - 9 * 360 * S, prior: { ...prior, price: 748.54 } },
    748.54,
    "settlement",
  ],
  ["nothing but entry", { bid: null, ask: null }, 752.1, "entry"],
  ["bid without ask is no mid", { ask: null }, 752.1, "entry"],
])("spot mark: %s", (_, m, price, source) => {
  const got = spotMark(m);
  expect(got.source).toBe(source);
  expect(got.price).toBeCloseTo(price as number, 12);
});

test("conservative stock leaves on its side of the market", () => {
  expect(spotMark({}, "conservative", 1)).toMatchObject({ price: 747.98, source: "bid" });
  expect(spotMark({}, "conservative", -1)).toMatchObject({ price: 748.34, source: "ask" });
  expect(spotMark({}, "conservative", 0)).toMatchObject({ source: "mid" });
});

const maybe = (a: fc.Arbitrary<number>) =>
  fc.oneof(
    { weight: 4, arbitrary: a },
    { weight: 1, arbitrary: fc.constantFrom(null, 0, -1, Number.NaN, Number.POSITIVE_INFINITY) },
  );
test("whatever comes in: a mark is null or finite, not negative, inside the bounds of mid and model, and says why", () => {
  fc.assert(
    fc.property(
      maybe(fc.double({ min: 0.01, max: 50, noNaN: true })),
      maybe(fc.double({ min: 0.01, max: 50, noNaN: true })),
      maybe(fc.double({ min: 0.01, max: 50, noNaN: true })),
      maybe(fc.double({ min: 600, max: 900, noNaN: true })),
      fc.constantFrom<MarkPolicy>("neutral", "conservative", "intrinsic", "bs_model"),
      fc.constantFrom<1 | -1 | 0>(1, -1, 0),
      fc.constantFrom("C" as const, "P" as const),
      (bid, ask, modelPrice, spot, policy, side, type) => {
        const c = input({
          market: { bid, ask },
          model: modelPrice === null ? null : { ...model, price: modelPrice },
          spot: spot === null ? null : { price: spot, ageUs: 0, movedUs: 0 },
          policy,
          side,
          instrument: option("GOOG", "2016-01-15", type, 760),
        });
        const m = markOption(c);
        expect(m.price === null).toBe(m.source === "none");
        if (m.price !== null) expect(m.price >= 0 && Number.isFinite(m.price)).toBe(true);
        if (
          (m.source === "mid" || m.source === "model") &&
          m.clamped !== "entry" &&
          spot !== null &&
          spot > 0 &&
          spot < 1e4
        ) {
          const low = Math.max(type === "C" ? spot - 760 : 760 - spot, 0);
          expect(m.price).toBeGreaterThanOrEqual(low - 1e-9);
        }
        const worse = policy === "conservative" && side !== 0 && m.price !== null;
        if (worse) expect(side > 0 ? m.price <= 9.3 : m.price >= 9.3).toBe(true);
        const why = explainMark(m, c);
        expect(why.lines.length).toBeGreaterThan(1);
        if (m.estimated) expect(m.skips).not.toBe(0);
      },
    ),
    { numRuns: 3000, seed: 3 },
  );
});

test("the last 0.25 % move: anchored, not drifting", () => {
  let s = trackMove(null, 100, 1);
  expect(s).toEqual({ anchor: 100, movedUs: 1 });
  for (const [price, at] of [
    [100.2, 2],
    [100.1, 3],
    [Number.NaN, 4],
    [0, 5],
  ] as const)
    s = trackMove(s, price, at);
  expect(s).toEqual({ anchor: 100, movedUs: 1 });
  s = trackMove(s, 100.26, 6);
  expect(s).toEqual({ anchor: 100.26, movedUs: 6 });
});

test("explain names the step, what was passed over and every input with its age", () => {
  const c = input({ market: { ...stale, prior } });
  const why = explainMark(markOption(c), c);
  expect(why.lines[0]).toBe("model price at the current underlying");
  expect(why.lines[1]).toBe("earlier steps: quote older than its limit");
  expect(why.lines).toContain("spread 0.4 of at most 2.1");
  expect(why.inputs.find((x) => x.name === "bid")).toEqual({
    name: "bid",
    value: 8.1,
    unit: "price",
    ageUs: 94_000_000,
    source: "book",
  });
  expect(why.inputs.find((x) => x.name === "prior settlement")).toMatchObject({
    value: 8.74,
    source: "end of day of 2015-12-23",
  });
});
