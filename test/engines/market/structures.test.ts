import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadInstruments } from "../../../config/instruments.ts";
import {
  buildFuture,
  buildOption,
  buildSpot,
  type Instrument,
  type InstrumentId,
  type IsoDay,
  type Leg,
  MarketError,
  nameLegs,
  type OptionType,
  reduceLegs,
} from "../../../engines/market/index.ts";

const loaded = loadInstruments(fileURLToPath(new URL("../../../config/instruments.yaml", import.meta.url)));
if (loaded.kind !== "ok") throw new Error(loaded.message);
const { catalog } = loaded;
const today = "2015-12-24" as IsoDay;
const JAN = "2016-01-15";
const FEB = "2016-02-19";
const option = (strike: number, type: OptionType, expiry = JAN, root = "GOOG"): Instrument =>
  buildOption(catalog, { root, expiry: expiry as IsoDay, type, strike }, today);
const name = (...legs: [number, Instrument][]) =>
  nameLegs(
    legs.map(([ratio, instrument]) => ({ ratio, instrument })),
    today,
  );

describe("legs", () => {
  const leg = fc.record({
    instrument: fc.constantFrom("a", "b", "c", "d").map((s) => s as InstrumentId),
    ratio: fc.integer({ min: -60, max: 60 }),
  });
  const net = (legs: readonly Leg[], units = 1): Record<string, number> => {
    const sums: Record<string, number> = {};
    for (const l of legs) sums[l.instrument] = (sums[l.instrument] ?? 0) + l.ratio * units;
    return Object.fromEntries(Object.entries(sums).filter(([, n]) => n !== 0));
  };

  it("reduce to lowest terms and stand for the same quantities", () => {
    fc.assert(
      fc.property(fc.array(leg, { maxLength: 8 }), (legs) => {
        if (Object.keys(net(legs)).length === 0) {
          expect(() => reduceLegs(legs)).toThrow(MarketError);
          return;
        }
        const reduced = reduceLegs(legs);
        expect(net(reduced.legs, reduced.units)).toEqual(net(legs));
        expect(reduced.units).toBeGreaterThan(0);
        expect(reduceLegs(reduced.legs)).toEqual({ legs: reduced.legs, units: 1 });
        expect(new Set(reduced.legs.map((l) => l.instrument)).size).toBe(reduced.legs.length);
      }),
    );
  });

  it("refuse broken ratios", () => {
    expect(() => reduceLegs([{ instrument: "a" as InstrumentId, ratio: 0.5 }])).toThrow(MarketError);
    expect(() => reduceLegs([])).toThrow(MarketError);
  });
});

describe("names", () => {
  it("are those of the trade", () => {
    const cases: [ReturnType<typeof name>, string, string][] = [
      [
        name([1, option(760, "C")], [-1, option(780, "C")]),
        "15jan 760/780 CV",
        "GOOG 15jan16 760/780 call vertical",
      ],
      [
        name([-1, option(760, "C")], [1, option(780, "C")]),
        "15jan 780/760 CV",
        "GOOG 15jan16 780/760 call vertical",
      ],
      [
        name([1, option(740, "P")], [-1, option(720, "P")]),
        "15jan 740/720 PV",
        "GOOG 15jan16 740/720 put vertical",
      ],
      [name([1, option(750, "P")], [1, option(750, "C")]), "15jan 750 str", "GOOG 15jan16 750 straddle"],
      [
        name([-1, option(760, "C")], [-1, option(740, "P")]),
        "15jan 740/760 strg",
        "GOOG 15jan16 740/760 strangle",
      ],
      [
        name([1, option(740, "C")], [-2, option(760, "C")], [1, option(780, "C")]),
        "15jan 740/760/780 C fly",
        "GOOG 15jan16 740/760/780 call butterfly",
      ],
      [
        name([1, option(700, "P")], [-1, option(720, "P")], [-1, option(740, "P")], [1, option(760, "P")]),
        "15jan 700/720/740/760 P cond",
        "GOOG 15jan16 700/720/740/760 put condor",
      ],
      [
        name([1, option(700, "P")], [-1, option(720, "P")], [-1, option(780, "C")], [1, option(800, "C")]),
        "15jan 700/720/780/800 iron cond",
        "GOOG 15jan16 700/720/780/800 iron condor",
      ],
      [
        name([1, option(800, "C")], [-1, option(750, "C")], [-1, option(750, "P")], [1, option(700, "P")]),
        "15jan 700/750/800 iron fly",
        "GOOG 15jan16 700/750/800 iron butterfly",
      ],
      [
        name([-1, option(760, "C")], [1, option(760, "C", FEB)]),
        "15jan/19feb 760 C cal",
        "GOOG 15jan16/19feb16 760 call calendar",
      ],
      [
        name([1, option(760, "C", FEB)], [-1, option(780, "C")]),
        "15jan 780/19feb 760 C diag",
        "GOOG 15jan16 780/19feb16 760 call diagonal",
      ],
      [name([-1, option(720, "P")]), "15jan 720 P", "GOOG 15jan16 720 put"],
      [name([100, buildSpot(catalog, "EQ/GOOG/USD" as InstrumentId, today)]), "stock", "GOOG stock"],
      [name([1, buildFuture(catalog, "ES", "2016-03-18" as IsoDay, today)]), "ES 18mar", "ES 18mar16 future"],
    ];
    for (const [got, short, long] of cases) expect([got.short, got.long]).toEqual([short, long]);
  });

  it("do not claim what is not there", () => {
    const stock = buildSpot(catalog, "EQ/GOOG/USD" as InstrumentId, today);
    const customs = [
      name([1, option(760, "C")], [-2, option(780, "C")]),
      name([1, option(760, "C")], [1, option(780, "C")]),
      name([1, option(760, "P")], [1, option(740, "C")]),
      name([1, option(760, "C")], [-1, option(740, "P")]),
      name([100, stock], [-1, option(780, "C")]),
      name([1, option(740, "C")], [-2, option(760, "P")], [1, option(780, "C")]),
      name([1, option(760, "C")], [-1, option(780, "P", FEB)]),
      name([1, option(760, "C")], [1, option(760, "C", FEB)]),
      name([1, option(1900, "C", JAN, "SPX")], [-1, option(1950, "C", JAN, "SPXW")]),
    ];
    for (const c of customs) expect(c.pattern).toBe("custom");
    expect(customs[0]?.short).toBe("custom 2 legs");
    expect(customs.at(-1)?.long).toBe("SPX+SPXW custom 2 legs");
  });

  it("do not depend on the order of legs, nor on the side", () => {
    const legs: [number, Instrument][] = [
      [1, option(700, "P")],
      [-1, option(720, "P")],
      [-1, option(780, "C")],
      [1, option(800, "C")],
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(legs, { minLength: 4 }), fc.constantFrom(1, -1), (order, side) => {
        expect(name(...order.map(([r, i]): [number, Instrument] => [r * side, i]))).toEqual(name(...legs));
      }),
    );
  });
});
