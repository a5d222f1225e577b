import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatPrice,
  gridDecimals,
  isOnGrid,
  MarketError,
  roundToGrid,
  roundToTick,
  stepTicks,
  type TickStep,
  tickAt,
  ticksBetween,
} from "../../../engines/market/index.ts";

const stock: TickStep[] = [
  { from: 0, tick: 0.0001 },
  { from: 1, tick: 0.01 },
];
const penny: TickStep[] = [
  { from: 0, tick: 0.01 },
  { from: 3, tick: 0.05 },
];
const nickel: TickStep[] = [
  { from: 0, tick: 0.05 },
  { from: 3, tick: 0.1 },
];
const coin: TickStep[] = [
  { from: 0, tick: 0.0001 },
  { from: 0.005, tick: 0.0005 },
];
const grids = fc.constantFrom(stock, penny, nickel, coin);
const prices = fc.integer({ min: -2_000_000, max: 2_000_000 }).map((k) => k / 1e5);

describe("price grids", () => {
  it("round to the patient side: a buy down, a sell up", () => {
    expect(roundToTick(nickel, 8.34, "buy")).toBe(8.3);
    expect(roundToTick(nickel, 8.34, "sell")).toBe(8.4);
    expect(roundToTick(nickel, 2.97, "sell")).toBe(3);
    expect(roundToTick(penny, 3.02, "buy")).toBe(3);
    expect(roundToTick(stock, 748.155, "buy")).toBe(748.15);
    expect(roundToTick(stock, 0.99995, "sell")).toBe(1);
    expect(roundToTick(nickel, 0.15, "buy")).toBe(0.15);
    expect(roundToTick(nickel, 0.1 + 0.05, "sell")).toBe(0.15);
    // A net credit of 1.22: the buyer bids 1.25 credit, that is -1.25.
    expect([roundToTick(nickel, -1.22, "buy"), roundToTick(nickel, -1.22, "sell")]).toEqual([-1.25, -1.2]);
  });

  it("rounding brackets the price by one tick, stays on the grid, and leaves grid prices alone", () => {
    fc.assert(
      fc.property(grids, prices, (grid, price) => {
        const down = roundToGrid(grid, price, "down");
        const up = roundToGrid(grid, price, "up");
        expect(down).toBeLessThanOrEqual(price + 1e-9);
        expect(up).toBeGreaterThanOrEqual(price - 1e-9);
        expect(isOnGrid(grid, down) && isOnGrid(grid, up)).toBe(true);
        expect(roundToGrid(grid, down, "up")).toBe(down);
        expect(roundToGrid(grid, up, "down")).toBe(up);
        expect(ticksBetween(grid, down, up)).toBeCloseTo(isOnGrid(grid, price) ? 0 : 1, 9);
      }),
      { numRuns: 2000 },
    );
  });

  it("steps there and back, across borders, one tick at a time", () => {
    expect(stepTicks(penny, 2.99, 1)).toBe(3);
    expect(stepTicks(penny, 3, 1)).toBe(3.05);
    expect(stepTicks(penny, 3.05, -2)).toBe(2.99);
    expect(stepTicks(nickel, 0, -1)).toBe(-0.05);
    expect(stepTicks(nickel, 8.34, 1)).toBe(8.4);
    fc.assert(
      fc.property(grids, prices, fc.integer({ min: 0, max: 40 }), (grid, price, n) => {
        const start = roundToGrid(grid, price, "down");
        const there = stepTicks(grid, start, n);
        expect(ticksBetween(grid, start, there)).toBeCloseTo(n, 9);
        expect(stepTicks(grid, there, -n)).toBe(start);
      }),
      { numRuns: 500 },
    );
  });

  it("measures spreads in ticks", () => {
    expect(ticksBetween(nickel, 8.1, 8.5)).toBeCloseTo(4, 9);
    expect(ticksBetween(nickel, 2.9, 3.2)).toBeCloseTo(4, 9);
    expect(ticksBetween(nickel, 5, 5)).toBe(0);
    expect(ticksBetween(nickel, 5, 4)).toBe(0);
    expect(ticksBetween(nickel, -0.1, 0.1)).toBeCloseTo(4, 9);
    expect(tickAt(nickel, 3)).toBe(0.1);
    expect(tickAt(nickel, 2.99)).toBe(0.05);
  });

  it("decides decimals, and shows half a tick where there is one", () => {
    expect([gridDecimals(nickel, 8.3), gridDecimals(penny, 0.07), gridDecimals(stock, 748.16)]).toEqual([
      2, 2, 2,
    ]);
    expect([gridDecimals(stock, 0.5), gridDecimals(stock, null), gridDecimals(coin, 0.05)]).toEqual([
      4, 2, 4,
    ]);
    expect(gridDecimals([{ from: 0, tick: 1 }], 5000)).toBe(0);
    expect([
      formatPrice(8.3, 2),
      formatPrice(748.155, 2),
      formatPrice(748.157, 2),
      formatPrice(-0.001, 2),
    ]).toEqual(["8.30", "748.155", "748.16", "0.00"]);
    expect(formatPrice(-1.205, 2)).toBe("-1.205");
  });

  it("refuses what is no price or no grid", () => {
    for (const wrong of [
      () => roundToTick(nickel, NaN, "buy"),
      () => roundToTick([], 1, "buy"),
      () => tickAt([{ from: 0, tick: 0 }], 1),
      () => stepTicks(nickel, 1, 0.5),
      () => stepTicks(nickel, 1, 1e9),
    ]) {
      expect(wrong).toThrow(MarketError);
    }
  });
});
