import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BAR_US, MinuteSeries } from "../../src/desk/series.ts";

interface Print {
  readonly us: number;
  readonly price: number;
  readonly size: number;
}

const prints = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 0, max: 90_000_000 }),
      price: fc.integer({ min: 1, max: 100_000 }).map((cents) => cents / 100),
      size: fc.integer({ min: 1, max: 500 }),
    }),
    { minLength: 1, maxLength: 200 },
  )
  .map((steps) => {
    let us = 0;
    return steps.map(({ gap, price, size }): Print => {
      us += gap;
      return { us, price, size };
    });
  });

function play(list: readonly Print[]): MinuteSeries {
  const series = new MinuteSeries();
  for (const { us, price, size } of list) series.addTrade(us, price, size);
  return series;
}

describe("minute series", () => {
  it("agrees with bars made the slow way, at any width", () => {
    fc.assert(
      fc.property(prints, fc.constantFrom(1, 5, 15), (list, minutes) => {
        const { bars, vwap } = play(list).view(minutes, 0, 0);
        const groups = new Map<number, Print[]>();
        for (const print of list) {
          const start = Math.floor(print.us / (minutes * BAR_US)) * minutes * BAR_US;
          groups.set(start, [...(groups.get(start) ?? []), print]);
        }
        expect([...bars.startUs]).toEqual([...groups.keys()]);
        let notional = 0;
        let shares = 0;
        [...groups.values()].forEach((group, i) => {
          const prices = group.map((p) => p.price);
          expect(bars.open[i]).toBe(prices[0]);
          expect(bars.high[i]).toBe(Math.max(...prices));
          expect(bars.low[i]).toBe(Math.min(...prices));
          expect(bars.close[i]).toBe(prices.at(-1));
          expect(bars.volume[i]).toBe(group.reduce((sum, p) => sum + p.size, 0));
          for (const p of group) {
            notional += p.price * p.size;
            shares += p.size;
          }
          expect(vwap[i]).toBeCloseTo(notional / shares, 9);
        });
      }),
    );
  });

  it("comes back to the same bars after a restore and the same prints", () => {
    fc.assert(
      fc.property(prints, fc.nat(), (list, at) => {
        const cut = at % list.length;
        const straight = play(list);
        const jumped = play(list.slice(0, cut));
        const saved = jumped.snapshot();
        for (const { us, price, size } of list.slice(cut)) jumped.addTrade(us, price, size);
        jumped.restore(saved);
        for (const { us, price, size } of list.slice(cut)) jumped.addTrade(us, price, size);
        expect(jumped.view(1, 0, 0)).toEqual(straight.view(1, 0, 0));
      }),
    );
  });

  it("gives no VWAP before the anchor and where nothing traded", () => {
    const series = new MinuteSeries();
    series.addTrade(0, 10, 100);
    series.addTrade(BAR_US, 20, 0);
    series.addTrade(2 * BAR_US, 30, 50);
    const { vwap } = series.view(1, 0, BAR_US);
    expect([...vwap]).toEqual([Number.NaN, Number.NaN, 30]);
  });

  const BARS = [0, 1, 2].map((m) => [m * BAR_US, 10, 12, 9, 11, 30] as const);

  it("takes a vendor's bars of before it looked, in front of what it has seen, with their part of VWAP", () => {
    const whole = new MinuteSeries();
    for (const bar of BARS) whole.setBar(...bar);
    whole.addTrade(3 * BAR_US, 20, 10);
    const late = new MinuteSeries();
    late.addTrade(3 * BAR_US, 20, 10);
    for (const bar of BARS) late.fillBar(...bar);
    // The minute that it has begun itself is its own.
    late.fillBar(3 * BAR_US, 1, 1, 1, 1, 1);
    expect(late.view(1, 0, 0)).toEqual(whole.view(1, 0, 0));
    const early = new MinuteSeries();
    for (const bar of BARS) early.fillBar(...bar);
    early.addTrade(3 * BAR_US, 20, 10);
    expect(early.view(1, 0, 0)).toEqual(whole.view(1, 0, 0));
  });

  it("changes no finished bar: a jump in a replay relies on them", () => {
    const series = new MinuteSeries();
    series.addTrade(BAR_US, 10, 10);
    series.addTrade(2 * BAR_US, 20, 10);
    const before = series.snapshot();
    for (const bar of BARS) series.fillBar(...bar);
    expect(series.snapshot()).toEqual(before);
  });

  it("prints that came back make the bars of the minutes that a gap swallowed, and fill up the one before", () => {
    const all: readonly [number, number, number][] = [
      [0, 10, 10],
      [1, 30, 20],
      [BAR_US + 1, 50, 10],
      [BAR_US + 2, 40, 10],
      [3 * BAR_US + 1, 60, 5],
      [4 * BAR_US, 20, 10],
    ];
    const whole = new MinuteSeries();
    for (const print of all) whole.addTrade(...print);
    const series = new MinuteSeries();
    series.addTrade(...(all[0] as [number, number, number]));
    series.addTrade(...(all[5] as [number, number, number]));
    const before = series.snapshot();
    for (const print of all.slice(1, 5)) series.fillTrade(...print);
    expect(series.view(1, 0, 0)).toEqual(whole.view(1, 0, 0));
    // A jump back to before they came, and on again.
    series.restore(before);
    for (const print of all.slice(1, 5)) series.fillTrade(...print);
    expect(series.view(1, 0, 0)).toEqual(whole.view(1, 0, 0));
  });

  it("of minutes before the last finished one VWAP alone hears; of the one in the making the bar, but not its close", () => {
    const series = new MinuteSeries();
    for (const [m, price] of [10, 15, 20].entries()) series.addTrade(m * BAR_US, price, 10);
    series.fillTrade(1, 30, 20);
    series.fillTrade(2 * BAR_US + 1, 50, 10);
    const { bars, vwap } = series.view(1, 0, 0);
    expect([bars.high[0], bars.volume[0]]).toEqual([10, 10]);
    expect([bars.high[2], bars.close[2], bars.volume[2]]).toEqual([50, 20, 20]);
    expect(vwap[2]).toBeCloseTo((100 + 150 + 200 + 600 + 500) / 60, 9);
  });
});
