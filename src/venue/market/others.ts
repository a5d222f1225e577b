import type { InstrumentId } from "../../../engines/market/index.ts";
import type { Asset, FutureLook } from "./universe.ts";

/** Volatility's own path: not quoted, its moves are those of every smile. */
export const VOL_PATH = "~VOL";

/** Volatility of volatility: the path behind every asset's `volBeta`. */
export const VOL_ASSET: Asset = {
  id: "IDX/VOL" as InstrumentId,
  symbol: VOL_PATH,
  name: "vol factor",
  price: 1,
  vol: 0.95,
  loads: { market: -0.75, vol: 0.65 },
  yield: 0,
  spreadBps: 0,
  quotes: 0,
  trades: 0,
  size: 0,
};

export const FUTURES: readonly FutureLook[] = [
  {
    root: "ES",
    on: "SPX",
    name: "E-mini S&P 500",
    months: 9,
    quarterly: true,
    how: "carry",
    spreadTicks: 1,
    quotes: 20,
    trades: 6,
  },
  {
    root: "VX",
    on: "VIX",
    name: "Cboe Volatility Index futures",
    months: 8,
    quarterly: false,
    how: "vol",
    spreadTicks: 1,
    quotes: 2,
    trades: 0.3,
  },
  {
    root: "FESX",
    on: "SX5E",
    name: "EURO STOXX 50 futures",
    months: 9,
    quarterly: true,
    how: "carry",
    spreadTicks: 1,
    quotes: 8,
    trades: 2,
  },
  {
    root: "FVS",
    on: "V2TX",
    name: "VSTOXX futures",
    months: 6,
    quarterly: false,
    how: "vol",
    spreadTicks: 1,
    quotes: 1,
    trades: 0.1,
  },
];
