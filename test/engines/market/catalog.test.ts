import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { loadInstruments, parseInstruments } from "../../../config/instruments.ts";
import {
  buildFuture,
  buildInstrument,
  buildOption,
  buildSpot,
  type Catalog,
  type Ccy,
  formatOcc,
  type InstrumentId,
  type IsoDay,
  MarketError,
  type Micros,
  optionRoots,
  parseOcc,
} from "../../../engines/market/index.ts";

const path = fileURLToPath(new URL("../../../config/instruments.yaml", import.meta.url));
const loaded = loadInstruments(path);
if (loaded.kind !== "ok") throw new Error(loaded.message);
const catalog: Catalog = loaded.catalog;

const day = (text: string): IsoDay => text as IsoDay;
const id = (text: string): InstrumentId => text as InstrumentId;
const today = day("2015-12-24");
const at = (us: Micros, zone = "America/New_York"): string =>
  new Temporal.ZonedDateTime(BigInt(us) * 1000n, zone).toPlainDateTime().toString();
const option = (root: string, expiry: string, ccy = "USD") =>
  buildOption(catalog, { root, expiry: day(expiry), type: "C", strike: 100, ccy: ccy as Ccy }, today);

describe("instruments of the shipped file", () => {
  it("builds a share option whole", () => {
    const terms = { root: "GOOG", expiry: day("2016-01-15"), type: "C" as const, strike: 760 };
    expect(buildOption(catalog, terms, today)).toEqual({
      kind: "option",
      id: "OPT/GOOG/2016-01-15/C/760/USD/1",
      symbol: "GOOG",
      ccy: "USD",
      calendar: "CBOE",
      ticks: [
        { from: 0, tick: 0.05 },
        { from: 3, tick: 0.1 },
      ],
      underlying: "EQ/GOOG/USD",
      type: "C",
      strike: 760,
      expiry: "2016-01-15",
      style: "american",
      settlement: { time: "PM", how: "physical" },
      lastTradeUs: Date.UTC(2016, 0, 15, 21) * 1000,
      expiryUs: Date.UTC(2016, 0, 15, 21) * 1000,
      multiplier: 100,
      premiumStyle: "upfront",
      deliverable: 1,
    });
  });

  it("ends contracts when their exchange does", () => {
    const ends = (root: string, expiry: string, ccy?: string, zone?: string): [string, string] => {
      const o = option(root, expiry, ccy);
      return [at(o.lastTradeUs, zone), at(o.expiryUs, zone)];
    };
    // The weekly of a half day ends at 13:00.
    expect(ends("GOOG", "2015-12-24")).toEqual(["2015-12-24T13:00:00", "2015-12-24T13:00:00"]);
    // SPX: settled on the opening, traded until the evening before; SPXW of the same day ends 16:00, not 16:15.
    expect(ends("SPX", "2021-01-15")).toEqual(["2021-01-14T16:15:00", "2021-01-15T09:30:00"]);
    expect(ends("SPXW", "2021-01-15")).toEqual(["2021-01-15T16:00:00", "2021-01-15T16:00:00"]);
    expect(ends("SPXW", "2024-11-29")[1]).toBe("2024-11-29T13:00:00");
    expect(ends("SPY", "2023-08-04")[1]).toBe("2023-08-04T16:15:00");
    // The Friday is Good Friday: AM settlement moves to Thursday, trading ends on Wednesday.
    expect(ends("SPX", "2014-04-18")).toEqual(["2014-04-16T16:15:00", "2014-04-17T09:30:00"]);
    // Until 2015 the symbol named the Saturday after the last day.
    expect(ends("AAPL", "2014-06-21")[0]).toBe("2014-06-20T16:00:00");
    expect(ends("VIX", "2016-01-20")).toEqual(["2016-01-19T16:15:00", "2016-01-20T09:30:00"]);
    expect(ends("OESX", "2014-12-19", "EUR", "Europe/Berlin")[1]).toBe("2014-12-19T12:00:00");
    expect(ends("BTC", "2020-06-08", "BTC", "UTC")[1]).toBe("2020-06-08T08:00:00");
  });

  it("keeps SPX and SPXW of one day apart, both on the index", () => {
    expect(option("SPX", "2021-01-15").expiryUs).not.toBe(option("SPXW", "2021-01-15").expiryUs);
    expect(optionRoots(catalog, id("IDX/SPX"))).toEqual(["SPX", "SPXW"]);
    expect(option("SPX", "2021-01-15").style).toBe("european");
  });

  it("takes the tick table of the day", () => {
    const ticks = (root: string, d: string): number[] =>
      buildOption(catalog, { root, expiry: day("2025-01-17"), type: "P", strike: 20 }, day(d)).ticks.map(
        (t) => t.tick,
      );
    expect(ticks("VIX", "2022-11-28")).toEqual([0.05, 0.1]);
    expect(ticks("VIX", "2022-11-29")).toEqual([0.01, 0.05]);
    expect(ticks("SPY", "2023-08-03")).toEqual([0.01]);
    expect(ticks("GOOG", "2015-12-24")).toEqual([0.05, 0.1]);
  });

  it("never guesses what it does not know", () => {
    expect(() => option("ZZZZ", "2016-01-15")).toThrow(/multiplier is unknown/);
    expect(() =>
      buildOption(catalog, { root: "GOOG", expiry: today, type: "C", strike: 5, deliverable: 2 }, today),
    ).toThrow(/multiplier of GOOG deliverable 2/);
    expect(() => option("ES", "2024-06-21")).toThrow(/no underlying/);
    expect(() => buildSpot(catalog, id("EQ/ZZZZ/USD"), today)).toThrow(MarketError);
    expect(() => buildFuture(catalog, "ZZ", today, today)).toThrow(MarketError);
    expect(() => buildInstrument(catalog, id("nonsense"), today)).toThrow(MarketError);
    expect(() => option("GOOG", "2041-01-18")).toThrow(MarketError);
  });

  it("builds options on futures with the future they deliver, inverse ones in coin", () => {
    const future = buildFuture(catalog, "ES", day("2024-06-21"), day("2024-05-09"));
    expect([future.id, future.multiplier, at(future.expiryUs)]).toEqual([
      "FUT/ES/2024-06-21/USD",
      50,
      "2024-06-21T09:30:00",
    ]);
    const on = buildInstrument(catalog, id("OPT/ES/2024-06-21/P/5230/USD/1"), day("2024-05-09"), future.id);
    expect(on).toMatchObject({ kind: "option", underlying: future.id, multiplier: 50 });
    expect(option("BTC", "2020-06-26", "BTC")).toMatchObject({
      premiumStyle: "inverse",
      ccy: "BTC",
      multiplier: 1,
    });
    expect(buildSpot(catalog, id("EQ/GOOG/USD"), today)).toMatchObject({
      kind: "equity",
      calendar: "NYSE",
      multiplier: 1,
    });
  });

  it("gives every id that it can build back, and every listed root an OCC symbol where it is American-listed", () => {
    const roots = [...catalog.options.values()].filter((o) => o.underlying !== null);
    fc.assert(
      fc.property(
        fc.constantFrom(...roots),
        fc.constantFrom("C" as const, "P" as const),
        fc.integer({ min: 1, max: 9e6 }),
        (spec, type, k) => {
          const terms = { root: spec.root, ccy: spec.ccy, expiry: day("2016-01-15"), type, strike: k / 1000 };
          const built = buildOption(catalog, terms, today);
          expect(buildInstrument(catalog, built.id, today)).toEqual(built);
          expect(built.lastTradeUs).toBeLessThanOrEqual(built.expiryUs);
          if (spec.ccy === "USD") {
            expect(parseOcc(formatOcc({ ...terms, deliverable: built.deliverable }))).toMatchObject({
              root: spec.root,
              strike: terms.strike,
            });
          }
        },
      ),
    );
  });
});

describe("a bad instrument file", () => {
  const good = `
version: 1
ticks: { cent: [{ from: 2007-01-01, steps: [[0, 0.01]] }] }
spot: [{ symbols: [ABC], id: "EQ/{symbol}/USD", kind: equity, ccy: USD, calendar: NYSE, ticks: cent }]
futures: []
options:
  - roots: [ABC]
    underlying: "EQ/{root}/USD"
    ccy: USD
    style: american
    settlement: { time: PM, how: physical }
    calendar: CBOE
    ticks: cent
    multiplier: 100
    expires: { calendar: CBOE, at: close, lastTrade: expiry }
    adjusted: [{ deliverable: 2, multiplier: 150 }]
`;
  const message = (text: string): string => {
    const result = parseInstruments(text, "mine.yaml");
    return result.kind === "error" ? result.message : "accepted";
  };

  it("is accepted when it is good, adjusted deliverables with their own multiplier", () => {
    const result = parseInstruments(good, "mine.yaml");
    if (result.kind !== "ok") throw new Error(result.message);
    const terms = { root: "ABC", expiry: day("2016-01-15"), type: "C" as const, strike: 5, deliverable: 2 };
    expect(buildOption(result.catalog, terms, today).multiplier).toBe(150);
  });

  it.each([
    [
      "a missing multiplier",
      good.replace("    multiplier: 100\n", ""),
      /options\.0\.multiplier: a multiplier is needed/,
    ],
    [
      "an unknown calendar",
      good.replace("calendar: NYSE", "calendar: LSE"),
      /spot\.0\.calendar: expected a calendar: NYSE/,
    ],
    [
      "an unknown tick table",
      good.replace("ticks: cent }]", "ticks: dime }]"),
      /spot\.0\.ticks: no tick table "dime"/,
    ],
    [
      "an underlying that is not there",
      good.replace("EQ/{root}/USD", "EQ/XYZ/USD"),
      /EQ\/XYZ\/USD is not under spot/,
    ],
    ["a typo", good.replace("multiplier: 100", "multiplyer: 100"), /options\.0/],
    ["steps that do not ascend", good.replace("[[0, 0.01]]", "[[0, 0.01], [0, 0.05]]"), /steps ascend/],
    ["steps without a start", good.replace("[[0, 0.01]]", "[[1, 0.01]]"), /first step starts/],
    ["an expiry at no time", good.replace("at: close", "at: noon"), /expected open, close or HH:MM/],
    ["the same root twice", good.replace("roots: [ABC]", "roots: [ABC, ABC]"), /ABC stands here twice/],
    ["a broken id", good.replace("EQ/{symbol}/USD", "EQ/{symbol}"), /is no instrument id/],
    ["no YAML", "a: [1", /not YAML/],
  ])("is refused for %s", (_, text, why) => {
    expect(message(text)).toMatch(why);
    expect(message(text)).toMatch(/^mine\.yaml: .*Correct it and start again\.$/);
  });

  it("is refused when it cannot be read", () => {
    const result = loadInstruments("/nowhere/instruments.yaml");
    expect(result.kind === "error" && result.message).toMatch(/cannot be read/);
  });
});
