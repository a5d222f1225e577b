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

/** Roots of index options: their index, and whether they settle on the opening of their last day or at its close. */
const INDEX_ROOTS: Readonly<Record<string, { readonly index: string; readonly time: "AM" | "PM" }>> = {
  SPX: { index: "SPX", time: "AM" },
  SPXW: { index: "SPX", time: "PM" },
};

/** What an option root, or a symbol that may be one, stands for. */
export function underlyingOf(root: string): Instrument {
  const own = INDEX_ROOTS[root];
  return own === undefined ? equity(root) : indexById(own.index);
}

/** An option of a US root, as the source's row names it. @throws CaptureError CAP-017 when that is no contract. */
export function listedOption(root: string, expiry: string, right: string, strike: string): Instrument {
  const stock = equityOption(root, expiry, right, strike);
  const own = INDEX_ROOTS[root];
  if (own === undefined || stock.kind !== "option") return stock;
  const at = (day: string, time: string): Micros => wallUs(day, time, "America/New_York") as Micros;
  const am = own.time === "AM";
  return {
    ...stock,
    calendar: "CBOE-SPX",
    ticks: [
      { from: 0, tick: 0.05 },
      { from: 3, tick: 0.1 },
    ],
    underlying: `IDX/${own.index}` as InstrumentId,
    style: "european",
    settlement: { time: own.time, how: "cash" },
    expiryUs: at(expiry, am ? "09:30" : "16:00"),
    lastTradeUs: am ? at(weekdayBefore(expiry), "16:15") : at(expiry, "16:00"),
  };
}

function weekdayBefore(day: string): string {
  const at = new Date(`${day}T00:00Z`);
  do at.setUTCDate(at.getUTCDate() - 1);
  while (at.getUTCDay() === 0 || at.getUTCDay() === 6);
  return at.toISOString().slice(0, 10);
}

/** A US equity option: 100 shares, American, physical. `strike` is the source's own text. */
function equityOption(root: string, expiry: string, right: string, strike: string): Instrument {
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

const QUOTE_COINS = ["USDT", "USDC", "BUSD", "FDUSD", "TUSD", "USD", "EUR", "BTC", "ETH", "BNB"];

/** `BTCUSDT` or `BTC/USDT` → `CRYPTO/BTC-USDT`; null when the quote coin is not known. */
export function cryptoPairId(symbol: string): InstrumentId | null {
  const quote = QUOTE_COINS.find((q) => symbol.endsWith(q) && symbol.length > q.length);
  if (quote === undefined || !/^[A-Z0-9/]+$/.test(symbol)) return null;
  return `CRYPTO/${symbol.slice(0, -quote.length).replace("/", "")}-${quote}` as InstrumentId;
}

export function cryptoPair(id: InstrumentId): Instrument {
  const symbol = id.slice("CRYPTO/".length);
  const ccy = (symbol.split("-")[1] ?? "USD") as Ccy;
  return {
    kind: "crypto",
    id,
    symbol,
    ccy,
    calendar: "24H",
    ticks: [{ from: 0, tick: 1e-8 }],
    multiplier: 1,
  };
}

/** `EQ/<symbol>/<ccy>`. @throws CaptureError CAP-017 when the id is not one. */
export function equityById(id: string): Instrument {
  const m = /^EQ\/([^/]+)\/([A-Z]{3})$/.exec(id);
  if (m === null) throw new CaptureError("CAP-017", `"${id}"`, "Name it as EQ/<symbol>/<currency>.");
  const calendar = m[2] === "USD" ? "NYSE" : "24H";
  const [symbol, ccy] = [m[1] as string, m[2] as Ccy];
  return { kind: "equity", id: id as InstrumentId, symbol, ccy, calendar, ticks: CENT, multiplier: 1 };
}

export function fxPair(pair: string): Instrument {
  if (!/^[A-Z]{6}$/.test(pair)) throw new CaptureError("CAP-017", `"${pair}"`, "Name the pair as EURUSD.");
  const [id, ccy] = [`FX/${pair}` as InstrumentId, pair.slice(3) as Ccy];
  return {
    kind: "fx",
    id,
    symbol: pair,
    ccy,
    calendar: "24H",
    ticks: [{ from: 0, tick: 1e-5 }],
    multiplier: 1,
  };
}

/** An index by its name; its currency and calendar follow from it. */
export function indexById(symbol: string): Instrument {
  const european = symbol === "SX5E" || symbol === "V2TX";
  const ccy = (european ? "EUR" : "USD") as Ccy;
  const calendar = european ? "EUREX" : "CBOE";
  return {
    kind: "index",
    id: `IDX/${symbol}` as InstrumentId,
    symbol,
    ccy,
    calendar,
    ticks: CENT,
    multiplier: 1,
  };
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/** A Deribit perpetual or inverse option by the venue's name, e.g. `BTC-8JUN20-8750-P`; null for what else Deribit lists. */
export function deribitInstrument(name: string): Instrument | null {
  const perpetual = /^(BTC|ETH)-PERPETUAL$/.exec(name);
  if (perpetual !== null) {
    const tick = perpetual[1] === "BTC" ? 0.5 : 0.05;
    const [id, ccy] = [`CRYPTO/${name}` as InstrumentId, "USD" as Ccy];
    return {
      kind: "crypto",
      id,
      symbol: name,
      ccy,
      calendar: "24H",
      ticks: [{ from: 0, tick }],
      multiplier: 1,
    };
  }
  const m = /^(BTC|ETH)-(\d{1,2})([A-Z]{3})(\d\d)-(\d+)-([CP])$/.exec(name);
  const month = MONTHS.indexOf(m?.[3] ?? "") + 1;
  if (m === null || month === 0) return null;
  const coin = m[1] as Ccy;
  const expiry = `20${m[4]}-${String(month).padStart(2, "0")}-${(m[2] as string).padStart(2, "0")}` as IsoDay;
  const expiryUs = wallUs(expiry, "08:00", "UTC") as Micros;
  return {
    kind: "option",
    id: `OPT/${coin}/${expiry}/${m[6]}/${m[5]}/${coin}/1` as InstrumentId,
    symbol: coin,
    ccy: coin,
    calendar: "24H",
    ticks: [{ from: 0, tick: 0.0001 }],
    underlying: `CRYPTO/${coin}-USD` as InstrumentId,
    type: m[6] as OptionType,
    strike: Number(m[5]),
    expiry,
    style: "european",
    settlement: { time: "PM", how: "cash" },
    lastTradeUs: expiryUs,
    expiryUs,
    multiplier: 1,
    premiumStyle: "inverse",
    deliverable: 1,
  };
}

const QUARTERS: Readonly<Record<string, number>> = { H: 3, M: 6, U: 9, Z: 12 };

/** The first day from `day` on whose month is `month` and whose year ends in `digit`: its third Friday. */
function thirdFriday(month: number, digit: number, day: string): IsoDay {
  let year = Number(day.slice(0, 4));
  while (year % 10 !== digit) year++;
  const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  const date = 15 + ((5 - first + 7) % 7);
  return `${year}-${String(month).padStart(2, "0")}-${String(date).padStart(2, "0")}` as IsoDay;
}

/**
 * An E-mini S&P 500 future (`ESU4`) or quarterly option on one (`ESM4 P5230`) as Globex names it on `day`; null for other names.
 * The option is American and delivers the future; both end at 08:30 Chicago on the third Friday.
 */
export function globexInstrument(symbol: string, day: string): Instrument | null {
  const m = /^ES([HMUZ])(\d)(?: ([CP])(\d+(?:\.\d+)?))?$/.exec(symbol);
  if (m === null) return null;
  const expiry = thirdFriday(QUARTERS[m[1] as string] as number, Number(m[2]), day);
  const expiryUs = wallUs(expiry, "08:30", "America/Chicago") as Micros;
  const future = `FUT/ES/${expiry}/USD` as InstrumentId;
  const shared = {
    ccy: "USD" as Ccy,
    calendar: "24H",
    multiplier: 50,
    lastTradeUs: expiryUs,
    expiryUs,
    expiry,
  };
  if (m[3] === undefined)
    return {
      kind: "future",
      id: future,
      symbol: "ES",
      ticks: [{ from: 0, tick: 0.25 }],
      underlying: "IDX/SPX" as InstrumentId,
      ...shared,
    };
  return {
    kind: "option",
    id: `OPT/ES/${expiry}/${m[3]}/${Number(m[4])}/USD/1` as InstrumentId,
    symbol: "ES",
    ticks: [
      { from: 0, tick: 0.05 },
      { from: 10, tick: 0.25 },
    ],
    underlying: future,
    type: m[3] as OptionType,
    strike: Number(m[4]),
    style: "american",
    settlement: { time: "AM", how: "physical" },
    premiumStyle: "upfront",
    deliverable: 1,
    ...shared,
  };
}
