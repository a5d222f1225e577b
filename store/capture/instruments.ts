/** Instruments that the source files name but do not define: made here from root, expiry, strike and right. */
import type {
  Ccy,
  Instrument,
  InstrumentId,
  IsoDay,
  Micros,
  OptionType,
} from "../../engines/market/index.ts";
import { CaptureError } from "./errors.ts";
import { wallUs } from "./zones.ts";

const CENT = [{ from: 0, tick: 0.01 }];

export function equity(symbol: string): Instrument {
  return {
    kind: symbol === "SPY" ? "etf" : "equity",
    id: equityId(symbol) as InstrumentId,
    symbol,
    ccy: "USD" as Ccy,
    calendar: "NYSE",
    ticks: CENT,
    multiplier: 1,
  };
}
export const equityId = (symbol: string): string => `EQ/${symbol}/USD`;

const HALF_DAYS = new Set(["2014-11-28", "2014-12-24", "2015-11-27", "2015-12-24"]);

/** A US equity option: 100 shares, American, physical. `strike` is the source's own text. */
export function equityOption(root: string, expiry: string, right: string, strike: string): Instrument {
  const k = Number(strike);
  if ((right !== "C" && right !== "P") || !(k > 0) || !/^\d{4}-\d\d-\d\d$/.test(expiry))
    throw new CaptureError("CAP-017", `${root} ${expiry} ${right} ${strike}`, "Check the source file's row.");
  const expiryUs = wallUs(expiry, HALF_DAYS.has(expiry) ? "13:00" : "16:00", "America/New_York") as Micros;
  return {
    kind: "option",
    id: equityOptionId(root, expiry, right, k) as InstrumentId,
    symbol: root,
    ccy: "USD" as Ccy,
    calendar: "CBOE",
    ticks: [
      { from: 0, tick: 0.01 },
      { from: 3, tick: 0.05 },
    ],
    underlying: equityId(root) as InstrumentId,
    type: right as OptionType,
    strike: k,
    expiry: expiry as IsoDay,
    style: "american",
    settlement: { time: "PM", how: "physical" },
    lastTradeUs: expiryUs,
    expiryUs,
    multiplier: 100,
    premiumStyle: "upfront",
    deliverable: 1,
  };
}
export const equityOptionId = (root: string, expiry: string, right: string, strike: number): string =>
  `OPT/${root}/${expiry}/${right}/${strike}/USD/1`;
