import {
  buildOption,
  type Catalog,
  type Ccy,
  calendarZone,
  expiryInstants,
  type IsoDay,
  isoDayAt,
  isoToDay,
  type Micros,
  type OptionSpec,
  previousSession,
  type Session,
  sessionOn,
  wallToUs,
} from "../../engines/market/index.ts";
import { fitForward, type PairQuote, yearFraction } from "../../engines/pricing/index.ts";
import type { Chain, ChainRow } from "../../store/imports/chain.ts";

const CALENDAR = "NYSE";
/** Pairs nearest to spot that a forward is read from. */
const PAIRS = 8;
/** Coin options end at 08:00 UTC of their day. */
const COIN_HOUR = 8 * 60;

/** An expiry of a chain with what its class and its quotes say. */
export interface MarketExpiry {
  readonly root: string;
  readonly day: IsoDay;
  readonly expiryUs: Micros;
  readonly style: "european" | "american";
  readonly multiplier: number;
  /** From the rate curve; 1 for coins, whose premiums carry no discount of their own. */
  readonly df: number;
  /** By put-call parity at the strikes around spot; NaN unknown. */
  readonly forward: number;
}

/** A chain as the engines take it: premiums in currency per unit of underlying, expiries with instant, style, discount and forward. */
export interface ChainMarket {
  readonly symbol: string;
  readonly asOf: IsoDay;
  /** When the quotes were taken: what the file says, else the close of its day. */
  readonly chainUs: Micros;
  /** What figures are computed at: the file's, unless another was given. */
  readonly spot: number | null;
  /** The file's own. */
  readonly chainSpot: number | null;
  readonly oiDay: string | null;
  readonly expiries: readonly MarketExpiry[];
  readonly rows: readonly ChainRow[];
  /** Index into `expiries` of each row. */
  readonly at: Int32Array;
  /** Named: what was assumed because neither file nor catalog says it. */
  readonly assumptions: readonly string[];
  /** Where the discount comes from. */
  readonly rateSource: string;
}

export interface ChainContext {
  readonly catalog: Catalog;
  readonly premium: "currency" | "coin";
  readonly spot?: number | undefined;
  readonly multiplier?: number | undefined;
  readonly rate: (years: number) => number;
  readonly rateSource: string;
}

/** Maps a chain of a known day. Nothing throws for bad quotes: what is unknown is NaN, what is assumed is named. */
export function chainMarket(chain: Chain & { readonly asOf: IsoDay }, context: ChainContext): ChainMarket {
  const { asOf } = chain;
  const coin = context.premium === "coin";
  const said = new Set<string>();
  const day = sessionOn(CALENDAR, asOf) ?? previousSession(CALENDAR, asOf);
  const chainUs = coin ? (chain.quoteUs ?? day.closeUs) : quotedUs(chain.quoteUs, day, said);
  const place = new Map<string, number>();
  const groups: ChainRow[][] = [];
  const at = Int32Array.from(chain.rows, (r) => {
    const key = `${r.root} ${r.expiry}`;
    let k = place.get(key);
    if (k === undefined) {
      k = groups.push([]) - 1;
      place.set(key, k);
    }
    groups[k]?.push(r);
    return k;
  });
  const chainSpot = coin ? nearestSpot(chain, said) : chain.spot;
  const spot = context.spot ?? chainSpot;
  const units = new Float64Array(groups.length).fill(1);
  const expiries = groups.map((group, e): MarketExpiry => {
    const terms = termsOf(group[0] as ChainRow, context, said);
    const years = yearFraction(chainUs, terms.expiryUs);
    if (coin) {
      const forward = coinForward(group) ?? spot ?? Number.NaN;
      units[e] = forward;
      return { ...terms, df: 1, forward };
    }
    const df = Math.exp(-context.rate(years) * years);
    return { ...terms, df, forward: parityForward(group, spot ?? Number.NaN, years, df) };
  });
  return {
    symbol: chain.symbol,
    asOf,
    chainUs,
    spot,
    chainSpot,
    oiDay: coin ? asOf : previousSession(CALENDAR, asOf).day,
    expiries,
    rows: coin ? chain.rows.map((r, i) => inCurrency(r, units[at[i] as number] as number)) : chain.rows,
    at,
    assumptions: [...said].sort((a, b) => (a < b ? -1 : 1)),
    rateSource: coin ? "none: coin premiums carry no discount" : context.rateSource,
  };
}

/**
 * The instant that quotes are of. A table fetched on a later day, on a weekend or before the next open, shows the close of its session: taking
 * the time of the download would price options with less time than they were quoted with.
 */
function quotedUs(told: Micros | null, session: Session, said: Set<string>): Micros {
  if (told === null) said.add("quote_time_assumed_close");
  else if (isoDayAt(calendarZone(CALENDAR), told) <= session.day) return told;
  else said.add("quotes_of_last_close");
  return session.closeUs;
}

type Terms = Omit<MarketExpiry, "df" | "forward">;

/** A contract of OKX: a part of a coin, which part stands in none of its files. */
const OKX = /^[A-Z]+-USD-\d{6}-/;

/** Coins in a contract: one on Deribit. On OKX unknown until it is told, and named: a guess would scale every exposure. */
function coinSize({ contract }: ChainRow, said: Set<string>): number {
  if (!OKX.test(contract ?? "")) return 1;
  said.add("contract_size_unknown");
  return Number.NaN;
}

/** The class of a contract: from the catalog by its root, else that of US stock options, named. */
function termsOf(row: ChainRow, context: ChainContext, said: Set<string>): Terms {
  const { root, expiry: day } = row;
  if (context.premium === "coin") {
    const expiryUs = row.expiryUs ?? wallToUs("UTC", isoToDay(day), COIN_HOUR);
    return { root, day, expiryUs, style: "european", multiplier: context.multiplier ?? coinSize(row, said) };
  }
  const spec = optionSpec(context.catalog, root);
  if (spec === undefined) {
    said.add("american_style_assumed");
    if (context.multiplier === undefined) said.add("multiplier_assumed_100");
  }
  const expiryUs = row.expiryUs ?? expiryOf(spec, day);
  const multiplier = context.multiplier ?? spec?.multiplier ?? 100;
  return { root, day, expiryUs, style: spec?.style ?? "american", multiplier };
}

const optionSpec = (catalog: Catalog, root: string): OptionSpec | undefined =>
  catalog.options.get(`${root}/USD`) ?? catalog.options.get(`${root}/EUR`);

function expiryOf(spec: OptionSpec | undefined, day: IsoDay): Micros {
  if (spec !== undefined) return expiryInstants(spec.expires, spec.calendar, day).expiryUs;
  return (sessionOn(CALENDAR, day) ?? previousSession(CALENDAR, day)).closeUs;
}

/** Some coin files give each row the price of its own future: the spot is then that of the nearest expiry. */
function nearestSpot(chain: Chain, said: Set<string>): number | null {
  let best: ChainRow | null = null;
  const prices = new Set<number>();
  for (const r of chain.rows) {
    if (r.spot === null) continue;
    prices.add(r.spot);
    if (best === null || r.expiry < best.expiry) best = r;
  }
  if (best === null) return null;
  const [low, high] = [Math.min(...prices), Math.max(...prices)];
  if (high > low * 1.002) said.add("spot_of_nearest_expiry");
  return best.spot;
}

const middle = (r: ChainRow): number =>
  r.bid !== null && r.ask !== null && r.bid > 0 && r.ask >= r.bid ? (r.bid + r.ask) / 2 : Number.NaN;

interface Pair {
  readonly K: number;
  readonly call: ChainRow;
  readonly put: ChainRow;
}

function pairsOf(group: readonly ChainRow[]): Pair[] {
  const puts = new Map(group.filter((r) => r.type === "P").map((r) => [r.strike, r]));
  return group.flatMap((call) => {
    const put = call.type === "C" ? puts.get(call.strike) : undefined;
    return put === undefined ? [] : [{ K: call.strike, call, put }];
  });
}

/** Premiums in the coin are over the forward: c - p = 1 - K/F, so F = K / (1 - (c - p)); the median of the pairs nearest the money. */
function coinForward(group: readonly ChainRow[]): number | null {
  const gaps = pairsOf(group)
    .map(({ K, call, put }) => ({ K, gap: middle(call) - middle(put) }))
    .filter(({ gap }) => gap < 1)
    .sort((a, b) => Math.abs(a.gap) - Math.abs(b.gap) || a.K - b.K)
    .slice(0, PAIRS)
    .map(({ K, gap }) => K / (1 - gap))
    .sort((a, b) => a - b);
  return gaps[gaps.length >> 1] ?? null;
}

function inCurrency(r: ChainRow, unit: number): ChainRow {
  const worth = (x: number | null): number | null => (x === null || !(unit > 0) ? null : x * unit);
  return { ...r, bid: worth(r.bid), ask: worth(r.ask), last: worth(r.last) };
}

function parityForward(group: readonly ChainRow[], spot: number, years: number, df: number): number {
  if (!(years > 0) || !(spot > 0)) return Number.NaN;
  const known = (x: number | null): number => x ?? Number.NaN;
  const pairs = pairsOf(group)
    .sort((a, b) => Math.abs(a.K - spot) - Math.abs(b.K - spot) || a.K - b.K)
    .slice(0, PAIRS)
    .map(
      ({ K, call, put }): PairQuote => ({
        K,
        callBid: known(call.bid),
        callAsk: known(call.ask),
        putBid: known(put.bid),
        putAsk: known(put.ask),
      }),
    );
  const fit = fitForward({ pairs, S: spot, T: years, df, style: "european" });
  return fit.kind === "ok" ? (fit.F ?? Number.NaN) : Number.NaN;
}

/** The contract of a row as an instrument; null where the catalog lacks its root. */
export function instrumentOf(catalog: Catalog, row: ChainRow, coin: boolean, today: IsoDay) {
  const ccy = (coin ? row.root : "USD") as Ccy;
  if (!catalog.options.has(`${row.root}/${ccy}`)) return null;
  const { root, expiry, type, strike } = row;
  return buildOption(catalog, { root, expiry, type, strike, ccy }, today);
}
