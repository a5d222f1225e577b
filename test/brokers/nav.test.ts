import { describe, expect, it } from "vitest";
import type { Instrument } from "../../engines/market/index.ts";
import type { BrokerAccount, BrokerPosition } from "../../src/brokers/broker.ts";
import { breakerStatus, navAtMarks, netInBase } from "../../src/orders/nav.ts";
import { equity, future, option } from "../engines/portfolio/samples.ts";

const SPY = equity("SPY");
const CALL = option("SPY", "2026-12-18", "C", 600);
const ES = future("ES", "2026-12-18", 50);
const EUN = equity("EUN", "EUR");
const rate = (ccy: string): number | null => ({ USD: 1, EUR: 1.1 })[ccy] ?? null;
const at = (instrument: Instrument, mark: number | null, qty = "1"): BrokerPosition => ({
  instrument: instrument.id,
  qty,
  mark,
  average: null,
});
const has = (instrument: Instrument, qty: number, avg: number | null = null) => ({ instrument, qty, avg });

describe("NAV at the broker's marks", () => {
  it.each([
    ["cash alone", [1000], [], [], 1000],
    ["shares at its mark, whatever ours is", [1000], [has(SPY, 3, 500)], [at(SPY, 600)], 2800],
    ["a short position takes away", [1000], [has(SPY, -1, 500)], [at(SPY, 600)], 400],
    ["an option by its multiplier", [0], [has(CALL, 2, 5)], [at(CALL, 7.5)], 1500],
    ["a future by what is not settled yet", [0], [has(ES, 2, 6000)], [at(ES, 6010)], 1000],
    ["a foreign share by its rate", [0], [has(EUN, 10, 90)], [at(EUN, 100)], 1100],
    ["two sleeves in one instrument", [0], [has(SPY, 3), has(SPY, -1)], [at(SPY, 600)], 1200],
    ["what is closed counts nothing, marked or not", [5], [has(SPY, 0)], [], 5],
    ["a mark that it does not tell: unknown", [1000], [has(SPY, 1)], [at(SPY, null)], null],
    ["a position that it has not got: unknown", [1000], [has(SPY, 1)], [], null],
    ["cash without a rate: unknown", [1000, null], [], [], null],
    ["a future without an entry: unknown", [0], [has(ES, 1, null)], [at(ES, 6000)], null],
  ] as const)("%s", (_, cash, positions, theirs, nav) => {
    const found = navAtMarks({ cash, positions }, theirs, rate);
    if (nav === null) expect(found).toBeNull();
    else expect(found).toBeCloseTo(nav, 9);
  });

  it("an instrument in a currency without a rate is unknown", () => {
    const yen = equity("SONY", "JPY");
    expect(navAtMarks({ cash: [], positions: [has(yen, 1)] }, [at(yen, 10)], rate)).toBeNull();
  });
});

describe("the circuit breaker", () => {
  it.each([
    [100_000, 100_000, "PASS"],
    [100_500, 100_000, "PASS"],
    [100_501, 100_000, "HALT"],
    [99_499, 100_000, "HALT"],
    [101_000, 100_000, "HALT"],
    [101_001, 100_000, "EMERGENCY"],
    [98_999, 100_000, "EMERGENCY"],
    // The diff is of the broker's figure: 1,000 of 99,000 is more than 1 %.
    [100_000, 99_000, "EMERGENCY"],
    [0, 100_000, "EMERGENCY"],
    [-5, 100_000, "EMERGENCY"],
    [100_000, 0, "ERROR"],
    [100_000, -1, "ERROR"],
    [null, -1, "ERROR"],
    [100_000, Number.NaN, "ERROR"],
    [Number.NaN, 100_000, "ERROR"],
    [null, 100_000, "PASS"],
    [100_000, null, "PASS"],
  ] as const)("%s here, %s at the broker: %s", (ours, theirs, status) => {
    expect(breakerStatus(ours, theirs)).toBe(status);
  });

  it.each([
    [{ netLiquidation: 100 }, 100],
    [{ netLiquidation: 100, netCcy: "USD" }, 100],
    [{ netLiquidation: 100, netCcy: "EUR" }, 110],
    [{ netLiquidation: 100, netCcy: "JPY" }, null],
    [{ netLiquidation: 100, netCcy: null }, null],
    [{ netLiquidation: null, netCcy: "USD" }, null],
  ] as const)("an account worth %s is %s in base currency", (told, base) => {
    const account: BrokerAccount = { id: "A", paper: null, cash: [], ...told };
    const found = netInBase(account, rate, "USD");
    if (base === null) expect(found).toBeNull();
    else expect(found).toBeCloseTo(base, 9);
  });
});
