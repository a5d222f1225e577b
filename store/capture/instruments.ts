/**
 * The instruments that source files and messages name, defined from the product catalog. What money depends on (multiplier, style,
 * settlement, expiry) is never guessed: an option or future of a root that the catalog does not know is an error. A stock, pair or
 * coin that it does not know is defined plainly: its multiplier is 1 by nature.
 */
import {
  buildFuture,
  buildOption,
  buildSpot,
  type Catalog,
  type Ccy,
  type Instrument,
  type InstrumentId,
  type IsoDay,
  MarketError,
  type OccParts,
  type OptionTerms,
  type OptionType,
  type SpotInstrument,
} from "../../engines/market/index.ts";
import { CaptureError } from "./errors.ts";

const USD = "USD" as Ccy;
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const QUARTERS: Readonly<Record<string, number>> = { H: 3, M: 6, U: 9, Z: 12 };
const QUOTE_COINS = ["USDT", "USDC", "BUSD", "FDUSD", "TUSD", "USD", "EUR", "BTC", "ETH", "BNB"];

/** `BTCUSDT` or `BTC/USDT` → `CRYPTO/BTC-USDT`; null when the quote coin is not known. */
export function cryptoPairId(symbol: string): InstrumentId | null {
  const quote = QUOTE_COINS.find((q) => symbol.endsWith(q) && symbol.length > q.length);
  if (quote === undefined || !/^[A-Z0-9/]+$/.test(symbol)) return null;
  return `CRYPTO/${symbol.slice(0, -quote.length).replace("/", "")}-${quote}` as InstrumentId;
}

interface GlobexNames {
  readonly instrument: Instrument;
  readonly future: Instrument;
}

/** Defines instruments as they were on one session day. */
/** Names of a stream that are remembered, whether or not something could be made of them. */
const MOST_NAMES = 20_000;

export class Definitions {
  private readonly catalog: Catalog;
  private readonly day: IsoDay;
  /** Messages name the same few instruments over and over. */
  private readonly deribitNames = new Map<string, Instrument | null>();
  private readonly globexNames = new Map<string, GlobexNames | null>();

  constructor(catalog: Catalog, day: IsoDay) {
    this.catalog = catalog;
    this.day = day;
  }

  /** `EQ/…`, `IDX/…`, `FX/…` or `CRYPTO/…`. @throws CaptureError CAP-017 when the id is none of these. */
  spot(id: string): Instrument {
    if (this.catalog.spots.has(id as InstrumentId))
      return this.made(id, () => buildSpot(this.catalog, id as InstrumentId, this.day));
    const plain = plainSpot(id);
    if (plain === null)
      throw new CaptureError(
        "CAP-017",
        `"${id}"`,
        "Name it as EQ/AAPL/USD, IDX/SPX, FX/EURUSD or CRYPTO/BTC-USD.",
      );
    return plain;
  }

  /** What options of a US root stand on. */
  underlyingOf(root: string): Instrument {
    return this.spot(this.catalog.options.get(`${root}/USD`)?.underlying ?? `EQ/${root}/USD`);
  }

  /** An option of a US root by the source's own texts. @throws CaptureError CAP-017 when the catalog cannot define it. */
  listedOption(root: string, expiry: string, right: string, strike: string): Instrument {
    const k = Number(strike);
    const what = `${root} ${expiry} ${right} ${strike}`;
    if ((right !== "C" && right !== "P") || !(k > 0))
      throw new CaptureError("CAP-017", what, "Check the source file's row.");
    return this.option({ root, expiry: expiry as IsoDay, type: right, strike: k }, what);
  }

  /** An option by what its OCC symbol says. @throws CaptureError CAP-017 when the catalog cannot define it. */
  occ(parts: OccParts): Instrument {
    const { root, expiry, type, strike, deliverable } = parts;
    return this.option({ root, expiry, type, strike, deliverable }, `${root} ${expiry} ${strike} ${type}`);
  }

  /** A Deribit perpetual or inverse option, e.g. `BTC-8JUN20-8750-P`; null for what else Deribit lists. */
  deribit(name: string): Instrument | null {
    let known = this.deribitNames.get(name);
    if (known === undefined) {
      known = this.newDeribit(name);
      // A stream that makes up names must not fill the memory.
      if (known !== null || this.deribitNames.size < MOST_NAMES) this.deribitNames.set(name, known);
    }
    return known;
  }

  private newDeribit(name: string): Instrument | null {
    if (/^(BTC|ETH)-PERPETUAL$/.test(name)) return this.spot(`CRYPTO/${name}`);
    const m = /^(BTC|ETH)-(\d{1,2})([A-Z]{3})(\d\d)-(\d+)-([CP])$/.exec(name);
    const month = MONTHS.indexOf(m?.[3] ?? "") + 1;
    if (m === null || month === 0) return null;
    const [, coin = "", date = "", , year = "", strike = "", type] = m;
    const expiry = `20${year}-${two(month)}-${date.padStart(2, "0")}` as IsoDay;
    const terms = { root: coin, ccy: coin as Ccy, expiry, type: type as OptionType, strike: Number(strike) };
    try {
      return this.option(terms, name);
    } catch {
      return null;
    }
  }

  /**
   * An E-mini S&P 500 future (`ESU4`) or quarterly option on one (`ESM4 P5230`) with the future it delivers, as Globex names them;
   * null for other names.
   */
  globex(symbol: string): GlobexNames | null {
    let known = this.globexNames.get(symbol);
    if (known === undefined) {
      known = this.newGlobex(symbol);
      this.globexNames.set(symbol, known);
    }
    return known;
  }

  private newGlobex(symbol: string): GlobexNames | null {
    const m = /^(ES)([HMUZ])(\d)(?: ([CP])(\d+(?:\.\d+)?))?$/.exec(symbol);
    if (m === null) return null;
    const [, root = "", quarter = "", digit = "", type, strike] = m;
    const expiry = thirdFriday(QUARTERS[quarter] as number, Number(digit), this.day);
    const future = this.made(symbol, () => buildFuture(this.catalog, root, expiry, this.day));
    if (type === undefined) return { instrument: future, future };
    const terms = { root, expiry, type: type as OptionType, strike: Number(strike), underlying: future.id };
    return { instrument: this.option(terms, symbol), future };
  }

  private option(terms: OptionTerms, what: string): Instrument {
    return this.made(what, () => buildOption(this.catalog, terms, this.day));
  }

  private made(what: string, build: () => Instrument): Instrument {
    try {
      return build();
    } catch (e) {
      if (!(e instanceof MarketError)) throw e;
      throw new CaptureError("CAP-017", what, "Add its symbol or root to instruments.yaml.", e.message);
    }
  }
}

const two = (n: number): string => String(n).padStart(2, "0");

/** A spot instrument that the catalog does not list. */
function plainSpot(id: string): SpotInstrument | null {
  const [kind, symbol = "", ccy] = id.split("/");
  const shared = { id: id as InstrumentId, symbol, multiplier: 1 } as const;
  const step = (tick: number): SpotInstrument["ticks"] => [{ from: 0, tick }];
  if (symbol === "") return null;
  if (kind === "EQ" && ccy !== undefined && /^[A-Z]{3}$/.test(ccy))
    return {
      ...shared,
      kind: "equity",
      ccy: ccy as Ccy,
      calendar: ccy === USD ? "NYSE" : "24H",
      ticks: step(0.01),
    };
  if (ccy !== undefined) return null;
  if (kind === "IDX") return { ...shared, kind: "index", ccy: USD, calendar: "NYSE", ticks: step(0.01) };
  if (kind === "FX" && /^[A-Z]{6}$/.test(symbol))
    return { ...shared, kind: "fx", ccy: symbol.slice(3) as Ccy, calendar: "FX", ticks: step(0.00001) };
  const coin = kind === "CRYPTO" ? symbol.split("-")[1] : undefined;
  return coin === undefined
    ? null
    : { ...shared, kind: "crypto", ccy: coin as Ccy, calendar: "24H", ticks: step(1e-8) };
}

/** The third Friday of `month` in the first year from the day's on that ends in `digit`. */
function thirdFriday(month: number, digit: number, day: string): IsoDay {
  let year = Number(day.slice(0, 4));
  while (year % 10 !== digit) year++;
  const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  return `${year}-${two(month)}-${two(15 + ((5 - first + 7) % 7))}` as IsoDay;
}
