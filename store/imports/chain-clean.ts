/** Raw rows judged: what cannot be a contract is refused, what cannot be a quote becomes null, each by name. */
import {
  type IsoDay,
  isIsoDay,
  isoDayAt,
  isoToDay,
  lastSession,
  type Micros,
  wallToUs,
} from "../../engines/market/index.ts";
import type { RawChain, RawRow } from "./chain-raw.ts";
import type { ChainRow } from "./chain-row.ts";
import { contractParts, underlyingOf } from "./contracts.ts";
import type { SideField } from "./mapping.ts";
import type { Reporter } from "./report.ts";
import { dayOf, instantOf, numberOf, typeOf } from "./values.ts";

type Days = Map<number | string, IsoDay | null>;

export interface CleanContext {
  readonly symbol: string | null;
  readonly asOf: IsoDay | null;
}

/** A median implied volatility above this is no fraction: 300 % in the middle of a chain. */
const FRACTION_MEDIAN = 3;
/** Above this a single volatility is a mistake of unit or of the source, 500 %. */
const MOST_IV = 5;
/** Sources print such values where they found none. */
const LEAST_IV = 0.001;

/**
 * Rows in order of symbol, day, expiry, root, strike, type. Two rows of one contract and day: the later quote stays, else the first.
 */
export function cleanRows(raw: RawChain, context: CleanContext, report: Reporter): ChainRow[] {
  const scale = ivScale(raw, report);
  const kept = new Map<string, ChainRow>();
  const days: Days = new Map();
  let timeless = 0;
  for (const source of raw.rows) {
    const row = cleanRow(source, raw, context, scale, days, report);
    if (row === null) continue;
    if (row.quoteUs === null) timeless++;
    const key = `${row.symbol}\t${row.asOf ?? ""}\t${row.expiry}\t${row.root}\t${row.strike}\t${row.type}`;
    const before = kept.get(key);
    if (before !== undefined) {
      report.refuse("duplicate", "the contract stands twice on one day; the later quote stays", source.where);
      if ((row.quoteUs ?? 0) <= (before.quoteUs ?? 0)) continue;
    }
    kept.set(key, row);
  }
  if (timeless > 0) report.tell("no_quote_time", "rows do not say when they were quoted", null, timeless);
  return [...kept.values()].sort(inOrder);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const inOrder = (a: ChainRow, b: ChainRow): number =>
  compare(a.symbol, b.symbol) ||
  compare(a.asOf ?? "", b.asOf ?? "") ||
  compare(a.expiry, b.expiry) ||
  compare(a.root, b.root) ||
  a.strike - b.strike ||
  compare(a.type, b.type);

/** What to multiply volatilities with. The file's own numbers decide; what the format is known for only where they cannot. */
function ivScale(raw: RawChain, report: Reporter): number {
  const ivs = raw.rows
    .map((r) => numberOf(r.iv ?? ""))
    .filter((v): v is number => v !== null && v > LEAST_IV)
    .sort((a, b) => a - b);
  const median = ivs[ivs.length >> 1];
  if (median === undefined) {
    report.tell("missing_iv", "no row has an implied volatility");
    return 1;
  }
  const percent = median > FRACTION_MEDIAN;
  const said = raw.ivUnit;
  if (percent && said !== "percent")
    report.tell(
      "iv_percent",
      `implied volatilities are in percent (median ${median}) and were divided by 100`,
    );
  if (!percent && said === "percent")
    report.tell("iv_fraction", `implied volatilities are fractions (median ${median}), percent was expected`);
  return percent ? 0.01 : 1;
}

function cleanRow(
  source: RawRow,
  raw: RawChain,
  context: CleanContext,
  ivFactor: number,
  days: Days,
  report: Reporter,
): ChainRow | null {
  const { where } = source;
  const refuse = (reason: string, means: string): null => {
    report.refuse(reason, means, where);
    return null;
  };
  const named = source.contract === undefined ? null : contractParts(source.contract);
  const expiry = source.expiry === undefined ? (named?.expiry ?? null) : expiryOf(source.expiry);
  if (expiry === null) return refuse("bad_expiry", "the expiry is missing or no day");
  const strike = source.strike === undefined ? (named?.strike ?? null) : numberOf(source.strike);
  if (strike === null || !(strike > 0)) return refuse("bad_strike", "the strike is missing or not positive");
  const type = source.type === undefined ? (named?.type ?? null) : typeOf(source.type);
  if (type === null) return refuse("bad_type", "neither call nor put");
  if (named !== null && (named.expiry !== expiry || named.strike !== strike || named.type !== type))
    return refuse("contract_differs", "the contract's name and its columns say different things");
  const symbol = source.symbol?.toUpperCase() ?? (named === null ? context.symbol : underlyingOf(named.root));
  if (symbol === null) return refuse("no_symbol", "the underlying is not told; name it with --symbol");
  const quoteUs = source.quote_time === undefined ? raw.quoteUs : instantOf(source.quote_time, raw.zone);
  if (source.quote_time !== undefined && quoteUs === null)
    report.mend(source, "bad_time", "the time of the quote cannot be read or names no zone", where);
  const asOf = context.asOf ?? dayOfQuote(source, quoteUs, raw.premium === "coin", days);
  const expiryUs = source.expiry === undefined ? null : exactExpiry(source.expiry);
  if (asOf !== null && expiry < asOf)
    return refuse("expired", "the contract had expired before the day of the quotes");
  if (expiredAt(expiry, expiryUs, quoteUs))
    report.tell(
      "expires_that_day",
      "the contract had expired by the time of the quotes, on their day",
      where,
    );
  const fields = cleanFields(source, ivFactor, raw.premium === "coin", report);
  const spot = positive(source.spot === undefined || raw.spot !== null ? raw.spot : numberOf(source.spot));
  if (spot === null) report.tell("no_spot", "the underlying's price is not told", where);
  return {
    symbol,
    root: named?.root ?? symbol,
    contract: source.contract ?? null,
    asOf,
    expiry,
    expiryUs: expiryUs as Micros | null,
    type,
    strike,
    ...fields,
    spot,
    quoteUs: quoteUs as Micros | null,
  };
}

const positive = (v: number | null): number | null => (v !== null && v > 0 ? v : null);

const expiryOf = (text: string): IsoDay | null => {
  if (/^\d{13}$/.test(text)) return isoDayAt("UTC", (Number(text) * 1000) as Micros);
  return dayOf(text);
};

const exactExpiry = (text: string): number | null =>
  /^\d{13}$/.test(text) || text.length > 10 ? instantOf(text, null) : null;

/** The trade date the quotes belong to: as told, else the last session that had opened; coins trade by the UTC day. */
function tradeDay(source: RawRow, quoteUs: number | null, coin: boolean): IsoDay | null {
  if (quoteUs !== null) {
    if (coin) return isoDayAt("UTC", quoteUs as Micros);
    try {
      return lastSession("NYSE", quoteUs as Micros)?.day ?? null;
    } catch {
      // Outside the years that the calendars cover.
      return isoDayAt("America/New_York", quoteUs as Micros);
    }
  }
  const told = source.as_of === undefined ? null : dayOf(source.as_of);
  return told !== null && isIsoDay(told) ? told : null;
}

/** Rows of one snapshot share their time, so the day of it is found once. */
function dayOfQuote(source: RawRow, quoteUs: number | null, coin: boolean, days: Days): IsoDay | null {
  const key = quoteUs ?? source.as_of ?? "";
  let day = days.get(key);
  if (day === undefined) {
    day = tradeDay(source, quoteUs, coin);
    days.set(key, day);
  }
  return day;
}

/** Without an instant of its own a contract lives until 16:00 in New York. */
function expiredAt(expiry: IsoDay, expiryUs: number | null, quoteUs: number | null): boolean {
  return quoteUs !== null && quoteUs > (expiryUs ?? wallToUs("America/New_York", isoToDay(expiry), 960));
}

type Fields = Pick<
  ChainRow,
  | "bid"
  | "ask"
  | "bidSize"
  | "askSize"
  | "last"
  | "volume"
  | "openInterest"
  | "iv"
  | "delta"
  | "gamma"
  | "theta"
  | "vega"
>;

function cleanFields(source: RawRow, ivFactor: number, coin: boolean, report: Reporter): Fields {
  const { where } = source;
  const mend = (reason: string, means: string): null => {
    report.mend(source, reason, means, where);
    return null;
  };
  const read = (field: SideField): number | null => {
    const text = source[field];
    if (text === undefined) return null;
    return numberOf(text) ?? mend(`bad_${field}`, "the cell is no number and counts as unknown");
  };
  const atLeastZero = (field: SideField): number | null => {
    const v = read(field);
    return v !== null && v < 0 ? mend(`negative_${field}`, "a negative value counts as unknown") : v;
  };
  let [bid, ask] = [atLeastZero("bid"), atLeastZero("ask")];
  if (ask === 0) {
    // An ask of 0 is none, and a bid of 0 beside it is no bid but no market.
    if (bid !== null && bid > 0) mend("no_ask", "an ask of 0 beside a bid counts as unknown");
    else {
      bid = null;
      report.tell("no_quote", "neither bid nor ask", where);
    }
    ask = null;
  }
  if (bid !== null && ask !== null && bid > ask) {
    mend("crossed", "the bid is above the ask; both count as unknown");
    [bid, ask] = [null, null];
  }
  const iv = ivOf(read("iv"), ivFactor, mend, report, where);
  let delta = read("delta");
  // Premium-adjusted Greeks of coin options pass these bounds rightly.
  if (!coin && delta !== null && Math.abs(delta) > 1.5)
    delta = mend("bad_delta", "a delta beyond 1.5 counts as unknown");
  let gamma = coin ? read("gamma") : atLeastZero("gamma");
  if (iv === null && delta === 0 && gamma === 0) {
    // The source had no volatility: its Greeks are blanks.
    [delta, gamma] = [null, null];
    report.tell("blank_greeks", "Greeks of 0 without a volatility count as unknown", where);
  }
  return {
    bid,
    ask,
    bidSize: atLeastZero("bid_size"),
    askSize: atLeastZero("ask_size"),
    last: positive(atLeastZero("last")),
    volume: atLeastZero("volume"),
    openInterest: atLeastZero("open_interest"),
    iv,
    delta,
    gamma,
    theta: read("theta"),
    vega: atLeastZero("vega"),
  };
}

function ivOf(
  value: number | null,
  factor: number,
  mend: (reason: string, means: string) => null,
  report: Reporter,
  where: string,
): number | null {
  if (value === null) return null;
  if (value < 0) return mend("negative_iv", "a negative value counts as unknown");
  // Divided, not multiplied by 0.01: 65.75 becomes 0.6575 and not a digit beside it.
  const iv = factor === 1 ? value : value / 100;
  if (iv < LEAST_IV) {
    report.tell("blank_iv", "a volatility under 0.1 % is a blank and counts as unknown", where);
    return null;
  }
  return iv > MOST_IV ? mend("iv_above_500pct", "a volatility above 500 % counts as unknown") : iv;
}
