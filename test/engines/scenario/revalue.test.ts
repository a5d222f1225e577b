import { describe, expect, it } from "vitest";
import type {
  Ccy,
  InstrumentId,
  IsoDay,
  Micros,
  OptionInstrument,
  SpotInstrument,
} from "../../../engines/market/index.ts";
import {
  americanPrice,
  bsmPrice,
  flatCarry,
  ownQuoteVols,
  type VolProvider,
  yearFraction,
} from "../../../engines/pricing/index.ts";
import {
  revalue,
  type ScenarioMarket,
  type ScenarioPosition,
  type Shock,
} from "../../../engines/scenario/index.ts";

const DAY = 86_400e6;
const NOW = 1_450_000_000e6 as Micros;
const STOCK = "EQ/XYZ/USD" as InstrumentId;
const listed = { ccy: "USD" as Ccy, calendar: "NYSE", ticks: [{ from: 0, tick: 0.01 }] };
const stock: SpotInstrument = { ...listed, kind: "equity", id: STOCK, symbol: "XYZ", multiplier: 1 };
const option = (
  type: "C" | "P",
  strike: number,
  style: "american" | "european",
  over = {},
): OptionInstrument => ({
  ...listed,
  kind: "option",
  id: `OPT/XYZ/2016-03-18/${type}/${strike}/USD/1` as InstrumentId,
  symbol: "XYZ",
  underlying: STOCK,
  type,
  strike,
  expiry: "2016-03-18" as IsoDay,
  style,
  settlement: { time: "PM", how: "physical" },
  lastTradeUs: (NOW + 90 * DAY) as Micros,
  expiryUs: (NOW + 90 * DAY) as Micros,
  multiplier: 100,
  premiumStyle: "upfront",
  deliverable: 1,
  ...over,
});
const T = yearFraction(NOW, NOW + 90 * DAY);
const [S, r, q, sigma] = [100, 0.03, 0.01, 0.32];

const carries = flatCarry(
  { spot: (u) => (u === STOCK ? { price: S, ageUs: 0 } : null), rate: () => r, dividendYield: () => q },
  NOW,
);
const vols = (maxAgeUs = 5e6, seenUs = NOW): VolProvider =>
  ownQuoteVols(
    (i) => {
      const price = i.style === "american" ? americanPrice : bsmPrice;
      const left = yearFraction(seenUs, i.expiryUs);
      const mid = price(i.type === "C" ? 1 : -1, S, i.strike, left, r, q, sigma);
      return { mid, spot: S, seenUs, confirmUs: seenUs };
    },
    carries,
    NOW,
    maxAgeUs,
  );
const market: ScenarioMarket = { nowUs: NOW, spot: (u) => (u === STOCK ? S : null), vols: vols(), carries };
const position = (
  id: string,
  instrument: ScenarioPosition["instrument"],
  qty: number,
  fx: number | null = 1,
) => ({
  id,
  instrument,
  qty,
  fx,
});
const shock = (over: Partial<Shock> = {}): Shock => ({
  spotPct: 0,
  volPts: 0,
  days: 0,
  dynamics: "stickyStrike",
  ...over,
});

describe("providers", () => {
  it("an own quote gives its vol, fresh or previous, American by the American model", () => {
    for (const style of ["american", "european"] as const) {
      const answer = vols().vol(option("P", 110, style));
      expect(answer.source).toBe("ownQuote");
      expect(answer.sigma).toBeCloseTo(sigma, 7);
      expect(answer.ageUs).toBe(0);
    }
    const old = vols(5e6, (NOW - 60e6) as Micros).vol(option("C", 100, "european"));
    expect(old.source).toBe("previous");
    expect(old.sigma).toBeCloseTo(sigma, 9);
    expect(old.ageUs).toBe(60e6);
  });

  it("no quote, no underlying: none", () => {
    const none = ownQuoteVols(() => null, carries, NOW, 5e6).vol(option("C", 100, "european"));
    expect(none).toEqual({ sigma: null, source: "none", ageUs: null });
    expect(carries.carry("EQ/ABC/USD" as InstrumentId, NOW)).toBeNull();
    const c = carries.carry(STOCK, (NOW + 90 * DAY) as Micros);
    expect(c?.F).toBeCloseTo(S * Math.exp((r - q) * T), 12);
    expect(c?.df).toBeCloseTo(Math.exp(-r * T), 15);
  });
});

describe("revalue", () => {
  it("a book that doesn't move gains nothing", () => {
    const book = [position("a", stock, 100), position("b", option("C", 105, "american"), -3)];
    expect(revalue(book, market, shock())).toEqual([
      { id: "a", pnl: 0, reason: null },
      { id: "b", pnl: 0, reason: null },
    ]);
  });

  it("prices the shocked state with the model of the style, times quantity, multiplier and fx", () => {
    const moved = shock({ spotPct: -5, volPts: 3, days: 7 });
    const left = yearFraction(NOW + 7 * DAY, NOW + 90 * DAY);
    const book = [
      position("stock", stock, 100, 0.9),
      position("euro", option("C", 105, "european"), -3),
      position("amer", option("P", 95, "american"), 2, 0.9),
    ];
    const [a, b, c] = revalue(book, market, moved);
    expect(a?.pnl).toBeCloseTo(100 * -5 * 0.9, 10);
    const call = bsmPrice(1, 95, 105, left, r, q, 0.35) - bsmPrice(1, 100, 105, T, r, q, 0.32);
    expect(b?.pnl).toBeCloseTo(-300 * call, 5);
    const put = americanPrice(-1, 95, 95, left, r, q, 0.35) - americanPrice(-1, 100, 95, T, r, q, 0.32);
    expect(c?.pnl).toBeCloseTo(200 * 0.9 * put, 4);
  });

  it("past expiry an option is worth its intrinsic value", () => {
    const [p] = revalue(
      [position("x", option("C", 90, "european"), 1)],
      market,
      shock({ days: 200, spotPct: 10 }),
    );
    expect(p?.pnl).toBeCloseTo(100 * (20 - bsmPrice(1, 100, 90, T, r, q, 0.32)), 5);
  });

  it("inverse premiums are in coin", () => {
    const coin = option("C", 100, "european", { premiumStyle: "inverse", multiplier: 1 });
    const [p] = revalue([position("x", coin, 1)], market, shock({ spotPct: 10 }));
    const inCoin = bsmPrice(1, 110, 100, T, r, q, 0.32) / 110 - bsmPrice(1, 100, 100, T, r, q, 0.32) / 100;
    expect(p?.pnl).toBeCloseTo(inCoin, 8);
  });

  it("what is missing is a null with its reason, and only there", () => {
    const other = option("C", 100, "european", { underlying: "EQ/ABC/USD" as InstrumentId });
    const book = [
      position("fx", stock, 1, null),
      position("carry", other, 1),
      position("spot", { ...stock, id: "EQ/ABC/USD" as InstrumentId }, 1),
      position("fine", stock, 1),
    ];
    expect(revalue(book, market, shock({ spotPct: 1 })).map((p) => p.reason)).toEqual([
      "no fx",
      "no carry",
      "no spot",
      null,
    ]);
    const one = [position("o", option("C", 100, "european"), 1)];
    const sticky = shock({ spotPct: 1, dynamics: "stickyMoneyness" });
    expect(revalue(one, market, sticky)[0]?.reason).toBe("no surface for sticky moneyness");
    expect(revalue(one, market, shock({ spotPct: -100 }))[0]?.reason).toBe("bad shock");
    const blind = { ...market, vols: ownQuoteVols(() => null, carries, NOW, 5e6) };
    expect(revalue(one, blind, shock())[0]).toEqual({ id: "o", pnl: null, reason: "no vol" });
  });

  it("sticky moneyness takes the vol of the strike that moved along", () => {
    const smile = (K: number): number => 0.3 + 0.002 * (100 - K);
    const surface: VolProvider = {
      vol: (i) => ({ sigma: smile(i.strike), source: "surface", ageUs: 0 }),
      volAt: (_, K) => ({ sigma: smile(K), source: "surface", ageUs: 0 }),
    };
    const one = [position("o", option("P", 95, "european"), 1)];
    const sticky = shock({ spotPct: -10, dynamics: "stickyMoneyness" });
    const [p] = revalue(one, { ...market, vols: surface }, sticky);
    const want = bsmPrice(-1, 90, 95, T, r, q, smile(95 / 0.9)) - bsmPrice(-1, 100, 95, T, r, q, smile(95));
    expect(p?.pnl).toBeCloseTo(100 * want, 8);
  });
});
