import type { InstrumentId } from "../../../engines/market/index.ts";

/** Where the names of the model come from and how they move. Levels are round inventions near those of late 2026, not data. */

/** Common causes of movement. A name's own is added to them. */
export const FACTORS = ["market", "tech", "vol", "coin", "dollar", "europe"] as const;
export type Factor = (typeof FACTORS)[number];

export interface OptionLook {
  readonly root: string;
  /** Vol of a month at the money, and of years. Per 1.00. */
  readonly nearVol: number;
  readonly longVol: number;
  /** How strongly its vol follows the vol factor. */
  readonly volBeta: number;
  /** Slope and width of the smile (SSVI): −1..1, and eta(1+|rho|) < 2. */
  readonly rho: number;
  readonly eta: number;
  /** `daily`: every session of the coming week; `weekly`: Fridays; `coin`: days, Fridays and quarters at 08:00 UTC. */
  readonly expiries: "daily" | "weekly" | "coin";
  /** Strike distance at the money. */
  readonly step: number;
  /** Quote changes a second of the busiest contract at noon, and trades. */
  readonly quotes: number;
  readonly trades: number;
}

export interface Asset {
  readonly id: InstrumentId;
  readonly symbol: string;
  readonly name: string;
  readonly price: number;
  /** Realised vol per year of the path. */
  readonly vol: number;
  readonly loads: Readonly<Partial<Record<Factor, number>>>;
  /** Dividend yield, continuous. */
  readonly yield: number;
  readonly spreadBps: number;
  readonly quotes: number;
  readonly trades: number;
  /** Typical size of a trade. */
  readonly size: number;
  readonly options?: OptionLook;
  /** Instead of a path of its own: a value made from another asset's. */
  readonly made?: Made;
}

export type Made =
  | { readonly of: string; readonly how: "scale"; readonly factor: number }
  /** Vol index of 30 days of an asset's options, in points. */
  | { readonly of: string; readonly how: "volIndex" };

export interface FutureLook {
  readonly root: string;
  readonly on: string;
  readonly name: string;
  /** Months ahead that are listed, and whether quarterly only. */
  readonly months: number;
  readonly quarterly: boolean;
  /** `carry` grows with the rate; `vol` pulls towards its long level. */
  readonly how: "carry" | "vol";
  readonly spreadTicks: number;
  readonly quotes: number;
  readonly trades: number;
}

export const RATE = 0.0375;

const id = (text: string): InstrumentId => text as InstrumentId;

function stock(
  symbol: string,
  name: string,
  price: number,
  vol: number,
  tech: number,
  busy: number,
  step: number,
  near = vol * 1.05,
): Asset {
  return {
    id: id(`EQ/${symbol}/USD`),
    symbol,
    name,
    price,
    vol,
    loads: { market: 0.6, tech },
    yield: 0.004,
    spreadBps: 1.2,
    quotes: 8 * busy,
    trades: 1.5 * busy,
    size: 80,
    options: {
      root: symbol,
      nearVol: near,
      longVol: near * 0.95,
      volBeta: 0.55,
      rho: -0.35,
      eta: 1.1,
      expiries: "weekly",
      step,
      quotes: 1.2 * busy,
      trades: 0.08 * busy,
    },
  };
}

/** The S&P 500's vol factor: not quoted itself, its moves are those of volatility. */
export const VOL_PATH = "~VOL";

export const ASSETS: readonly Asset[] = [
  {
    id: id("IDX/SPX"),
    symbol: "SPX",
    name: "S&P 500",
    price: 6700,
    vol: 0.15,
    loads: { market: 1 },
    yield: 0.012,
    spreadBps: 0.5,
    quotes: 1,
    trades: 0,
    size: 1,
    options: {
      root: "SPXW",
      nearVol: 0.165,
      longVol: 0.2,
      volBeta: 1,
      rho: -0.72,
      eta: 1.1,
      expiries: "daily",
      step: 5,
      quotes: 3,
      trades: 0.2,
    },
  },
  {
    id: id("EQ/SPY/USD"),
    symbol: "SPY",
    name: "SPDR S&P 500 ETF Trust",
    price: 668,
    vol: 0.15,
    loads: {},
    yield: 0.012,
    spreadBps: 0.15,
    quotes: 40,
    trades: 12,
    size: 150,
    made: { of: "SPX", how: "scale", factor: 0.0997 },
    options: {
      root: "SPY",
      nearVol: 0.165,
      longVol: 0.2,
      volBeta: 1,
      rho: -0.7,
      eta: 1.1,
      expiries: "daily",
      step: 1,
      quotes: 6,
      trades: 0.6,
    },
  },
  {
    id: id("EQ/QQQ/USD"),
    symbol: "QQQ",
    name: "Invesco QQQ Trust",
    price: 607,
    vol: 0.2,
    loads: { market: 0.85, tech: 0.5 },
    yield: 0.005,
    spreadBps: 0.2,
    quotes: 25,
    trades: 8,
    size: 120,
    options: {
      root: "QQQ",
      nearVol: 0.21,
      longVol: 0.235,
      volBeta: 0.9,
      rho: -0.62,
      eta: 1.1,
      expiries: "daily",
      step: 1,
      quotes: 4,
      trades: 0.4,
    },
  },
  {
    id: id("EQ/IWM/USD"),
    symbol: "IWM",
    name: "iShares Russell 2000 ETF",
    price: 241,
    vol: 0.22,
    loads: { market: 0.85 },
    yield: 0.011,
    spreadBps: 0.5,
    quotes: 12,
    trades: 3,
    size: 150,
    options: {
      root: "IWM",
      nearVol: 0.22,
      longVol: 0.24,
      volBeta: 0.8,
      rho: -0.55,
      eta: 1.1,
      expiries: "weekly",
      step: 1,
      quotes: 2,
      trades: 0.12,
    },
  },
  stock("AAPL", "Apple Inc.", 271, 0.26, 0.35, 2, 2.5),
  stock("MSFT", "Microsoft Corporation", 492, 0.24, 0.45, 1.5, 5),
  stock("GOOG", "Alphabet Inc. Class C", 289, 0.29, 0.4, 1.2, 2.5),
  stock("NVDA", "NVIDIA Corporation", 187, 0.42, 0.6, 3, 2.5),
  stock("AMZN", "Amazon.com, Inc.", 231, 0.3, 0.4, 1.5, 2.5),
  stock("META", "Meta Platforms, Inc.", 611, 0.33, 0.4, 1.2, 5),
  stock("TSLA", "Tesla, Inc.", 402, 0.55, 0.35, 2.5, 2.5),
  stock("AMD", "Advanced Micro Devices, Inc.", 214, 0.5, 0.55, 1.5, 2.5),
  {
    id: id("IDX/VIX"),
    symbol: "VIX",
    name: "Cboe Volatility Index",
    price: 17.5,
    vol: 0,
    loads: {},
    yield: 0,
    spreadBps: 0,
    quotes: 0.2,
    trades: 0,
    size: 1,
    made: { of: "SPX", how: "volIndex" },
  },
  {
    id: id("IDX/SX5E"),
    symbol: "SX5E",
    name: "EURO STOXX 50",
    price: 5580,
    vol: 0.16,
    loads: { market: 0.65, europe: 0.55 },
    yield: 0.028,
    spreadBps: 0.5,
    quotes: 1,
    trades: 0,
    size: 1,
    options: {
      root: "OESX",
      nearVol: 0.17,
      longVol: 0.195,
      volBeta: 0.95,
      rho: -0.68,
      eta: 1.1,
      expiries: "weekly",
      step: 25,
      quotes: 1,
      trades: 0.03,
    },
  },
  {
    id: id("IDX/V2TX"),
    symbol: "V2TX",
    name: "EURO STOXX 50 Volatility",
    price: 18,
    vol: 0,
    loads: {},
    yield: 0,
    spreadBps: 0,
    quotes: 0.2,
    trades: 0,
    size: 1,
    made: { of: "SX5E", how: "volIndex" },
  },
  {
    id: id("FX/EURUSD"),
    symbol: "EURUSD",
    name: "Euro",
    price: 1.1525,
    vol: 0.075,
    loads: { dollar: -0.8, market: 0.2 },
    yield: 0.019,
    spreadBps: 0.2,
    quotes: 4,
    trades: 0,
    size: 1_000_000,
  },
  {
    id: id("FX/USDJPY"),
    symbol: "USDJPY",
    name: "Dollar Yen",
    price: 154.2,
    vol: 0.095,
    loads: { dollar: 0.7, market: 0.25 },
    yield: 0,
    spreadBps: 0.3,
    quotes: 4,
    trades: 0,
    size: 1_000_000,
  },
  {
    id: id("FX/GBPUSD"),
    symbol: "GBPUSD",
    name: "Sterling",
    price: 1.312,
    vol: 0.08,
    loads: { dollar: -0.75, market: 0.25 },
    yield: 0.037,
    spreadBps: 0.3,
    quotes: 3,
    trades: 0,
    size: 1_000_000,
  },
  {
    id: id("CRYPTO/BTC-USD"),
    symbol: "BTC/USD",
    name: "Bitcoin",
    price: 93_000,
    vol: 0.48,
    loads: { coin: 0.85, market: 0.3 },
    yield: 0,
    spreadBps: 2,
    quotes: 5,
    trades: 1,
    size: 0.08,
    options: {
      root: "BTC",
      nearVol: 0.46,
      longVol: 0.5,
      volBeta: 0.5,
      rho: -0.12,
      eta: 0.9,
      expiries: "coin",
      step: 1000,
      quotes: 1.5,
      trades: 0.03,
    },
  },
  {
    id: id("CRYPTO/ETH-USD"),
    symbol: "ETH/USD",
    name: "Ether",
    price: 3050,
    vol: 0.65,
    loads: { coin: 0.85, market: 0.25 },
    yield: 0,
    spreadBps: 3,
    quotes: 4,
    trades: 0.8,
    size: 0.9,
    options: {
      root: "ETH",
      nearVol: 0.62,
      longVol: 0.66,
      volBeta: 0.5,
      rho: -0.08,
      eta: 0.9,
      expiries: "coin",
      step: 50,
      quotes: 1.2,
      trades: 0.02,
    },
  },
  {
    id: id("CRYPTO/SOL-USD"),
    symbol: "SOL/USD",
    name: "Solana",
    price: 138,
    vol: 0.8,
    loads: { coin: 0.75, market: 0.2 },
    yield: 0,
    spreadBps: 5,
    quotes: 2,
    trades: 0.4,
    size: 12,
  },
  {
    id: id("CRYPTO/BTC-PERPETUAL"),
    symbol: "BTC-PERPETUAL",
    name: "Bitcoin perpetual",
    price: 93_020,
    vol: 0.48,
    loads: {},
    yield: 0,
    spreadBps: 0.1,
    quotes: 8,
    trades: 2,
    size: 4_000,
    made: { of: "BTC/USD", how: "scale", factor: 1.0002 },
  },
  {
    id: id("CRYPTO/ETH-PERPETUAL"),
    symbol: "ETH-PERPETUAL",
    name: "Ether perpetual",
    price: 3051,
    vol: 0.65,
    loads: {},
    yield: 0,
    spreadBps: 0.2,
    quotes: 6,
    trades: 1.5,
    size: 2_500,
    made: { of: "ETH/USD", how: "scale", factor: 1.0002 },
  },
];

/** Volatility of volatility: the path behind every asset's `volBeta`. */
export const VOL_ASSET: Asset = {
  id: id("IDX/VOL"),
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
