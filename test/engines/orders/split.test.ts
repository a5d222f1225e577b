import { describe, expect, it } from "vitest";
import { type KnownLeg, splitLimit, splitPackage } from "../../../engines/orders/index.ts";

const option = (strike: number, ratio: number, type = "C", underlying = "EQ/A/USD"): KnownLeg =>
  ({
    instrument: {
      id: `${type}${strike}@${underlying}`,
      kind: "option",
      underlying,
      type,
      strike,
      expiryUs: 1,
      multiplier: 100,
    },
    ratio,
  }) as unknown as KnownLeg;
const stock = {
  instrument: { id: "EQ/A/USD", kind: "equity", multiplier: 1 },
  ratio: 100,
} as unknown as KnownLeg;
const RULES = { maxLegs: 4, stockWithOptions: false };
const ids = (parts: ReturnType<typeof splitPackage>) =>
  parts.map((p) => p.legs.map((l) => `${l.ratio * p.units} ${l.instrument}`));

describe("a package that a broker does not take as one order", () => {
  it("stays whole where the broker takes it", () => {
    expect(splitPackage([option(100, 1), option(110, -1)], "buy", RULES)).toHaveLength(1);
    expect(splitPackage([stock, option(100, -1)], "buy", { ...RULES, stockWithOptions: true })).toHaveLength(
      1,
    );
  });

  it("sends stock before the calls that it covers, or after when it is sold", () => {
    expect(ids(splitPackage([stock, option(100, -1)], "buy", RULES))).toEqual([
      ["100 EQ/A/USD"],
      ["-1 C100@EQ/A/USD"],
    ]);
    expect(ids(splitPackage([stock, option(100, -1)], "sell", RULES))).toEqual([
      ["-1 C100@EQ/A/USD"],
      ["100 EQ/A/USD"],
    ]);
  });

  it("keeps bought legs with the nearest sold one, and every leg once", () => {
    const legs = [90, 95, 100, 105, 110, 115].map((k, i) => option(k, i % 2 === 0 ? 1 : -1));
    const parts = splitPackage(legs, "buy", RULES);
    expect(parts.map((p) => p.legs.length)).toEqual([4, 2]);
    expect(ids(parts).flat().toSorted()).toEqual(legs.map((l) => `${l.ratio} ${l.instrument.id}`).toSorted());
    for (const part of parts) expect(part.legs.reduce((sum, l) => sum + l.ratio, 0)).toBe(0);
    expect(splitPackage(legs, "buy", { ...RULES, maxLegs: 1 })).toHaveLength(6);
    expect(splitPackage([option(1, 1), option(2, 1, "C", "EQ/B/USD")], "buy", RULES)).toHaveLength(2);
  });

  it("shares what the limit gives by the spreads, and the parts' limits add up to it", () => {
    const net = (mid: number, spread: number) => ({
      bid: mid - spread / 2,
      mid,
      ask: mid + spread / 2,
      bidUnits: null,
      askUnits: null,
      spread,
    });
    const parts = [
      { net: net(5, 0.3), weight: 1 },
      { net: net(-2, 0.1), weight: 2 },
    ];
    const limits = splitLimit(1.25, parts) as number[];
    expect((limits[0] ?? 0) + (limits[1] ?? 0) * 2).toBeCloseTo(1.25, 12);
    expect((limits[0] ?? 0) - 5).toBeCloseTo(0.25 * 0.6, 12);
    expect(splitLimit(1, [{ net: { ...net(1, 1), mid: null }, weight: 1 }])).toBeNull();
  });
});
