import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Ccy,
  expiryCountdown,
  expiryLabel,
  formatInstrumentId,
  formatOcc,
  formatOccCompact,
  formatStrike,
  type IdParts,
  type IsoDay,
  isIsoDay,
  MarketError,
  optionLabel,
  optionLabelShort,
  parseInstrumentId,
  parseOcc,
} from "../../../engines/market/index.ts";

const day = (text: string): IsoDay => text as IsoDay;
const pad = (n: number): string => String(n).padStart(2, "0");
const isoDay = fc
  .tuple(
    fc.integer({ min: 2000, max: 2099 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 28 }),
  )
  .map(([y, m, d]) => day(`${y}-${pad(m)}-${pad(d)}`));
const root = fc.stringMatching(/^[A-Z]{1,5}$/);
const type = fc.constantFrom("C" as const, "P" as const);
const strike = fc.integer({ min: 1, max: 99_999_999 }).map((k) => k / 1000);
const ccy = fc.constantFrom("USD", "EUR", "BTC").map((c) => c as Ccy);

const parts: fc.Arbitrary<IdParts> = fc.oneof(
  fc.record({ kind: fc.constant("EQ" as const), symbol: root, ccy }),
  fc.record({
    kind: fc.constant("OPT" as const),
    root,
    expiry: isoDay,
    type,
    strike,
    ccy,
    deliverable: fc.integer({ min: 1, max: 99 }),
  }),
  fc.record({ kind: fc.constant("FUT" as const), root, expiry: isoDay, ccy }),
  fc.record({ kind: fc.constant("FX" as const), pair: fc.stringMatching(/^[A-Z]{6}$/) }),
  fc.record({ kind: fc.constant("IDX" as const), symbol: root }),
  fc.record({ kind: fc.constant("CRYPTO" as const), pair: fc.stringMatching(/^[A-Z]{3}-[A-Z]{3}$/) }),
);

describe("instrument ids", () => {
  it("writes the forms that were agreed", () => {
    const usd = "USD" as Ccy;
    expect(formatInstrumentId({ kind: "EQ", symbol: "SPY", ccy: usd })).toBe("EQ/SPY/USD");
    const option = {
      root: "GOOG",
      expiry: day("2016-01-15"),
      type: "C",
      strike: 762.5,
      ccy: usd,
      deliverable: 1,
    };
    expect(formatInstrumentId({ kind: "OPT", ...option, type: "C" })).toBe(
      "OPT/GOOG/2016-01-15/C/762.5/USD/1",
    );
    expect(formatInstrumentId({ kind: "FX", pair: "EURUSD" })).toBe("FX/EURUSD");
    expect(formatInstrumentId({ kind: "IDX", symbol: "VIX" })).toBe("IDX/VIX");
    expect(formatInstrumentId({ kind: "CRYPTO", pair: "BTC-USD" })).toBe("CRYPTO/BTC-USD");
  });

  it("go and come back", () => {
    fc.assert(
      fc.property(parts, (p) => {
        expect(parseInstrumentId(formatInstrumentId(p))).toEqual(p);
      }),
    );
  });

  it("have one spelling: whatever parses is written back the same", () => {
    const near = fc.oneof(
      parts.map((p) => formatInstrumentId(p) as string),
      fc.string(),
      parts.chain((p) => {
        const id = formatInstrumentId(p) as string;
        return fc.nat({ max: id.length - 1 }).map((i) => `${id.slice(0, i)}0${id.slice(i)}`);
      }),
    );
    fc.assert(
      fc.property(near, (text) => {
        const p = parseInstrumentId(text);
        if (p !== null) expect(formatInstrumentId(p)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    "",
    "EQ/SPY",
    "EQ//USD",
    "OPT/GOOG/2016-02-30/C/760/USD/1",
    "OPT/GOOG/2016-01-15/C/760.0/USD/1",
    "OPT/GOOG/2016-01-15/X/760/USD/1",
    "OPT/GOOG/2016-01-15/C/0/USD/1",
    "OPT/GOOG/2016-01-15/C/1e3/USD/1",
    "OPT/GOOG/2016-01-15/C/760/USD/0",
    "OPT/GOOG/2016-01-15/C/760/USD/1/x",
    "FX/EURUS",
    "FUT/ES/2024-13-01/USD",
  ])("refuses %s", (text) => expect(parseInstrumentId(text)).toBeNull());

  it("refuses to write what could not be read", () => {
    expect(() => formatInstrumentId({ kind: "IDX", symbol: "a/b" })).toThrow(MarketError);
    expect(() => formatStrike(NaN)).toThrow(MarketError);
    expect(() => formatStrike(1e-7)).toThrow(MarketError);
    expect(() => formatStrike(-5)).toThrow(MarketError);
  });

  it("knows the days of the calendar", () => {
    expect(["2016-02-29", "2000-02-29", "2015-12-31"].every(isIsoDay)).toBe(true);
    expect(["2015-02-29", "2100-02-29", "2015-04-31", "15-04-30", "2015-4-30"].some(isIsoDay)).toBe(false);
  });
});

describe("OCC symbols", () => {
  const occ = fc.record({ root, expiry: isoDay, type, strike, deliverable: fc.integer({ min: 1, max: 10 }) });

  it("go and come back in both forms, strikes exact to the thousandth", () => {
    fc.assert(
      fc.property(occ, (p) => {
        const padded = formatOcc(p);
        expect(padded).toHaveLength(21);
        expect(parseOcc(padded)).toEqual(p);
        expect(parseOcc(formatOccCompact(p))).toEqual(p);
        expect(formatOccCompact(p)).toBe(padded.replaceAll(" ", ""));
      }),
      { numRuns: 1000 },
    );
  });

  it("reads and writes real ones", () => {
    expect(parseOcc("GOOG  160115C00762500")).toEqual({
      root: "GOOG",
      expiry: "2016-01-15",
      type: "C",
      strike: 762.5,
      deliverable: 1,
    });
    expect(parseOcc("O:SPXW240119P04750000")?.root).toBe("SPXW");
    expect(parseOcc("GOOG1 140419C00500000")).toMatchObject({ root: "GOOG", deliverable: 2 });
    expect(formatOcc({ root: "F", expiry: day("2026-06-19"), type: "P", strike: 9.5, deliverable: 1 })).toBe(
      "F     260619P00009500",
    );
  });

  it.each([
    "",
    "GOOG160115C0076250",
    "GOOG160115X00762500",
    "GOOG161315C00762500",
    "GOOG160230C00762500",
    "GOOG160115C00000000",
    "goog160115C00762500",
    "GO OG 160115C00762500",
    " GOOG 160115C00762500",
    "TOOLONGROOT160115C00762500",
  ])("refuses %s", (text) => expect(parseOcc(text)).toBeNull());

  it("refuses what does not fit", () => {
    const p = { root: "F", expiry: day("2026-06-19"), type: "C" as const, strike: 10, deliverable: 1 };
    for (const bad of [
      { strike: 10.0005 },
      { strike: 100000 },
      { strike: NaN },
      { root: "ABCDEFG" },
      { root: "F.A" },
    ]) {
      expect(() => formatOcc({ ...p, ...bad })).toThrow(MarketError);
    }
    expect(() => formatOcc({ ...p, root: "ABCDEF", deliverable: 2 })).toThrow(MarketError);
  });
});

describe("labels", () => {
  const today = day("2015-12-24");
  const option = { root: "GOOG", expiry: day("2016-01-15"), type: "C" as const, strike: 760 };
  it("follow the house's words", () => {
    expect(optionLabel(option, today)).toBe("GOOG 15jan 760 C");
    expect(optionLabelShort(option)).toBe("15J760C");
    expect(expiryLabel(day("2016-12-23"), today)).toBe("23dec");
    expect(expiryLabel(day("2016-12-24"), today)).toBe("24dec16");
    expect(expiryLabel(day("2015-12-23"), today)).toBe("23dec15");
    expect(expiryCountdown(0, (2 * 60 + 26.9) * 60e6)).toBe("0d 2h26m");
    expect(expiryCountdown(5, 4)).toBe("0d 0h00m");
  });
});
