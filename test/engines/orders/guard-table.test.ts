import { describe, expect, it } from "vitest";
import { type Instrument, type InstrumentId, type Micros, Quality } from "../../../engines/market/index.ts";
import {
  type GuardCode,
  type GuardInput,
  type GuardLeg,
  runGuards,
  SETTABLE,
  type Verdict,
} from "../../../engines/orders/index.ts";
import { ORDER_SETTINGS } from "../../shell/boot.ts";

const HOUR_US = 3_600_000_000;
const NOW = (1_450_972_800 * 1e6) as Micros;
const CALL = {
  kind: "option",
  id: "OPT/A/2016-03-18/C/100/USD/1" as InstrumentId,
  underlying: "EQ/A/USD" as InstrumentId,
  symbol: "A",
  ccy: "USD",
  type: "C",
  strike: 100,
  expiry: "2016-03-18",
  expiryUs: NOW + 60 * 24 * HOUR_US,
  lastTradeUs: NOW + 60 * 24 * HOUR_US,
  style: "american",
  deliverable: 1,
  multiplier: 100,
  calendar: "XNYS",
  ticks: [{ from: 0, tick: 0.05 }],
} as unknown as Extract<Instrument, { kind: "option" }>;

const LEG: GuardLeg = {
  instrument: CALL,
  label: "A 18mar 100 C",
  ratio: 1,
  qty: 2,
  intent: { ok: true, intent: "open" },
  quote: {
    bid: 5,
    ask: 5.2,
    bidSize: 50,
    askSize: 50,
    ageUs: 1e5,
    maxAgeUs: 5e6,
    quality: Quality.realtime,
    status: "open",
  },
  volume: 5000,
  openInterest: 9000,
  inTheMoney: false,
  extrinsic: 5,
  dividend: null,
  vega: 15,
  model: 5.1,
  opposite: null,
};

/** An order that every guard is content with. */
const WELL: GuardInput = {
  terms: {
    account: "a",
    mode: "live",
    side: "buy",
    legs: [{ instrument: CALL.id, ratio: 1, intent: "open" }],
    qty: "2",
    limit: "5.1",
    tif: "day",
    strategy: "desk",
  },
  by: "manual",
  side: "buy",
  tif: "day",
  qty: 2,
  limit: 5.1,
  legs: [LEG],
  net: { bid: 5, mid: 5.1, ask: 5.2, bidUnits: 50, askUnits: 50, spread: 0.2 },
  tick: 0.05,
  onGrid: true,
  collarEdge: 5.3,
  decimals: 2,
  trading: "active",
  deskMode: "live",
  deskAccount: "a",
  nowUs: NOW,
  sessionOpen: true,
  sessionShare: 0.5,
  cash: -1020,
  maxLoss: 1020,
  stress20: 1000,
  dollarDelta: 10_000,
  nav: 100_000,
  dayPnl: -500,
  nameLossNow: 0,
  nameLossAfter: 1020,
  availableNow: 60_000,
  availableAfter: 59_000,
  bookVegaAfter: 30,
  turnoverToday: 1020,
  twinAgeMs: null,
  ordersLastMinute: 0,
  unknownOrders: [],
  worth: { trade: true, reason: "worth its cost", told: true },
  dayVolume: 1_000,
  limits: ORDER_SETTINGS.limits,
};

const leg = (change: Partial<GuardLeg>): Partial<GuardInput> => ({ legs: [{ ...LEG, ...change }] });
const quote = (change: Partial<GuardLeg["quote"]>) => leg({ quote: { ...LEG.quote, ...change } });
const option = (change: object) => leg({ instrument: { ...CALL, ...change } as Instrument });

const ruled = (code: "COST" | "ADV", severity: "deny"): GuardInput["limits"] => ({
  ...ORDER_SETTINGS.limits,
  rules: { [code]: { severity, orders: null, by: null } },
});

/**
 * Code, what is wrong, and the verdict on a trader's opening order, on the same as a closing order, and on an automatic opening one; null
 * where the guard has nothing to say.
 */
type Row = readonly [GuardCode, string, Partial<GuardInput>, Verdict | null, Verdict | null, Verdict | null];
const NAN = Number.NaN;
const TABLE: readonly Row[] = [
  ["STATE", "halted", { trading: "halted" }, "deny", "deny", "deny"],
  ["STATE", "reducing", { trading: "reducing" }, "deny", "pass", "deny"],
  ["ACCOUNT", "another account", { deskAccount: "b" }, "deny", "deny", "deny"],
  ["ACCOUNT", "another mode", { deskMode: "paper" }, "deny", "deny", "deny"],
  ["SESSION", "closed, day order", { sessionOpen: false }, "deny", "deny", "deny"],
  ["SESSION", "closed, waits", { sessionOpen: false, tif: "gtc" }, "warn", "warn", "warn"],
  ["QUOTE", "old", quote({ ageUs: 6e6 }), "deny", "deny", "deny"],
  ["QUOTE", "never quoted", quote({ ageUs: null }), "deny", "deny", "deny"],
  ["QUOTE", "halted", quote({ status: "halted" }), "deny", "deny", "deny"],
  ["QUOTE", "crossed", quote({ bid: 5.3 }), "deny", "deny", "deny"],
  ["QUOTE", "no offer", quote({ ask: null }), "deny", "confirm", "deny"],
  ["QUOTE", "no bid", quote({ bid: null }), "warn", "warn", "warn"],
  ["QUALITY", "delayed", quote({ quality: Quality.delayed }), "deny", "deny", "deny"],
  ["QUALITY", "frozen", quote({ quality: Quality.frozen }), "deny", "deny", "deny"],
  ["QUALITY", "indicative", quote({ quality: Quality.indicative }), "confirm", "confirm", "deny"],
  ["QUALITY", "one venue", quote({ quality: Quality.singleVenue }), "confirm", "confirm", "deny"],
  ["TICK", "off the grid", { onGrid: false }, "deny", "deny", "deny"],
  ["TICK", "below nothing", { limit: -1 }, "deny", "deny", "deny"],
  ["COLLAR", "above it", { limit: 5.35 }, "deny", "deny", "deny"],
  ["COLLAR", "nothing to measure by", { collarEdge: null }, "deny", "confirm", "deny"],
  ["COLLAR", "far on the patient side", { limit: 0.05 }, "pass", "pass", "pass"],
  ["FATFINGER", "far on the patient side", { limit: 0.05 }, "warn", "warn", "warn"],
  ["INTENT", "crosses zero", leg({ intent: { ok: false, closable: 1 } }), "deny", "deny", "deny"],
  ["OPPOSITE", "ours works there", leg({ opposite: "O3" }), "deny", "deny", "deny"],
  ["UNKNOWN", "an outcome unknown", { unknownOrders: ["O6"] }, "deny", "deny", "deny"],
  ["EXPIRY", "over", option({ lastTradeUs: NOW }), "deny", "deny", "deny"],
  ["EXPIRY", "last day", option({ lastTradeUs: NOW + HOUR_US }), "confirm", "warn", "deny"],
  ["ASSIGN", "short, no time value", leg({ qty: -2, extrinsic: 0, inTheMoney: true }), "warn", null, "warn"],
  ["LIQUIDITY", "wide", quote({ bid: 3 }), "warn", "warn", "deny"],
  ["LIQUIDITY", "volume unknown", leg({ volume: null }), "confirm", "warn", "deny"],
  ["LIQUIDITY", "open interest unknown", leg({ openInterest: null }), "confirm", "warn", "deny"],
  ["CONTRACT", "another multiplier", option({ multiplier: 10 }), "confirm", "warn", "deny"],
  ["CONTRACT", "adjusted", option({ deliverable: 1.5 }), "confirm", "warn", "deny"],
  ["FAIR", "over the model", leg({ model: 3 }), "warn", "warn", "deny"],
  ["SIZE", "too many", leg({ qty: 51 }), "deny", "warn", "deny"],
  ["PREMIUM", "too much", { cash: -25_001 }, "deny", "warn", "deny"],
  ["PREMIUM", "unknown", { cash: null }, "deny", "warn", "deny"],
  ["DELTA", "too much", { dollarDelta: -100_001 }, "confirm", "warn", "deny"],
  ["DELTA", "unknown", { dollarDelta: null }, "confirm", "warn", "deny"],
  ["LOSS", "too much", { maxLoss: 10_001 }, "confirm", "pass", "deny"],
  ["LOSS", "unbounded", { maxLoss: "unbounded" }, "confirm", "pass", "deny"],
  ["LOSS", "NAV unknown", { nav: null }, "confirm", "pass", "deny"],
  ["NAME", "too much", { nameLossAfter: 50_001 }, "confirm", "warn", "deny"],
  ["NAME", "unbounded", { nameLossAfter: "unbounded" }, "confirm", "warn", "deny"],
  ["MARGIN", "short of it", { availableAfter: -1, availableNow: 0 }, "deny", "warn", "deny"],
  ["MARGIN", "unknown", { availableAfter: null }, "confirm", "warn", "deny"],
  ["MARGIN", "frees some", { availableAfter: -1, availableNow: -2 }, "warn", "warn", "warn"],
  ["DUPLICATE", "the same just now", { twinAgeMs: 4999 }, "confirm", "confirm", "deny"],
  ["RATE", "too many a minute", { ordersLastMinute: 30 }, "deny", "deny", "deny"],
  ["TURNOVER", "too much", { turnoverToday: 200_001 }, "confirm", "warn", "deny"],
  ["GREEKS", "too much vega", { bookVegaAfter: -5001 }, "confirm", "warn", "deny"],
  ["GREEKS", "unknown", { bookVegaAfter: null }, "confirm", "warn", "deny"],
  ["DAYLOSS", "beyond the floor", { dayPnl: -5001 }, "deny", "warn", "deny"],
  ["DAYLOSS", "at the floor", { dayPnl: -5000 }, "pass", "pass", "pass"],
  ["DAYLOSS", "unknown", { dayPnl: null }, "deny", "warn", "deny"],
  ["DAYLOSS", "not a number", { dayPnl: NAN }, "deny", "warn", "deny"],
  ["DAYLOSS", "without end", { dayPnl: Number.NEGATIVE_INFINITY }, "deny", "warn", "deny"],
  ["DAYLOSS", "a gain without end", { dayPnl: Number.POSITIVE_INFINITY }, "deny", "warn", "deny"],
  ["DAYLOSS", "NAV unknown", { nav: null }, "deny", "warn", "deny"],
  ["DAYLOSS", "NAV not a number", { nav: NAN }, "deny", "warn", "deny"],
  [
    "COST",
    "told, and not worth it",
    { worth: { trade: false, reason: "costs more than it saves", told: true } },
    "warn",
    "warn",
    "warn",
  ],
  [
    "COST",
    "nothing told",
    { worth: { trade: false, reason: "benefit unknown", told: false } },
    null,
    null,
    null,
  ],
  [
    "COST",
    "nothing told where a setting asks for it",
    { worth: { trade: false, reason: "benefit unknown", told: false }, limits: ruled("COST", "deny") },
    "deny",
    "warn",
    "deny",
  ],
  [
    "COST",
    "cost unknown where a setting asks for it",
    { worth: null, limits: ruled("COST", "deny") },
    "deny",
    "warn",
    "deny",
  ],
  ["ADV", "over 1 % of a day", { dayVolume: 150 }, "warn", "warn", "warn"],
  ["ADV", "denied by a setting", { dayVolume: 150, limits: ruled("ADV", "deny") }, "deny", "warn", "deny"],
  ["ADV", "no volume known", { dayVolume: null }, null, null, null],
];

const closing = (i: GuardInput): GuardInput => ({
  ...i,
  legs: i.legs.map((l) => (l.intent.ok ? { ...l, intent: { ok: true, intent: "close" } } : l)),
});
const verdictOf = (i: GuardInput, code: GuardCode): Verdict | null =>
  runGuards(i).find((g) => g.code === code)?.verdict ?? null;

describe("guards", () => {
  it("have nothing against an order that is well", () => {
    expect(runGuards(WELL).filter((g) => g.verdict !== "pass")).toEqual([]);
  });

  it.each(TABLE)("%s %s", (code, _what, change, manual, close, automatic) => {
    const i = { ...WELL, ...change };
    expect(verdictOf(i, code)).toBe(manual);
    expect(verdictOf(closing(i), code)).toBe(close);
    expect(verdictOf({ ...i, by: "automatic" }, code)).toBe(automatic);
  });

  it("are all in this table", () => {
    const codes = new Set([...runGuards(WELL).map((g) => g.code), ...Object.keys(SETTABLE)]);
    expect([...codes].filter((code) => !TABLE.some(([c]) => c === code))).toEqual([]);
  });

  it("say how much of their bound is used, the worst first", () => {
    const guards = runGuards({ ...WELL, dayPnl: -4000 });
    expect(guards.find((g) => g.code === "DAYLOSS")).toMatchObject({ used: 0.8, verdict: "pass" });
    expect(guards[0]?.code).toBe("DAYLOSS");
  });

  it("take what a setting says, where a setting may say it", () => {
    const rules = { rule: { severity: "confirm", orders: null, by: null } } as const;
    const limits = { ...WELL.limits, rules: { DAYLOSS: rules.rule } };
    expect(verdictOf({ ...WELL, dayPnl: null, limits }, "DAYLOSS")).toBe("confirm");
    const opening = { severity: "off", orders: "opening", by: null } as const;
    const i = { ...WELL, limit: 0.05, limits: { ...WELL.limits, rules: { FATFINGER: opening } } };
    expect(verdictOf(i, "FATFINGER")).toBeNull();
  });
});
