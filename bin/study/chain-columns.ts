import type { ExposureColumns, ExposureExpiry } from "../../engines/exposure/index.ts";
import { previousSession, sessionOn } from "../../engines/market/index.ts";
import { fitForward, type PairQuote, yearFraction } from "../../engines/pricing/index.ts";
import type { Chain, ChainRow } from "../../store/imports/chain.ts";

const CALENDAR = "NYSE";
/** Roots of index options that settle at the open of their expiry day. */
const MORNING = new Set(["SPX", "NDX", "RUT", "VIX"]);
/** Pairs nearest to spot that a forward is read from. */
const PAIRS = 8;

export interface ChainColumns {
  readonly columns: ExposureColumns;
  /** When the quotes were taken: what the file says, else the close of its day. */
  readonly chainUs: number;
  readonly oiDay: string | null;
}

/** Expiry instant where the file does not tell: the close of its day, the open for morning-settled indices. */
function expiryUsOf(row: ChainRow): number {
  if (row.expiryUs !== null) return row.expiryUs;
  const session = sessionOn(CALENDAR, row.expiry) ?? previousSession(CALENDAR, row.expiry);
  return MORNING.has(row.root) ? session.openUs : session.closeUs;
}

/** A chain of a file as the exposure engine takes it, forwards by put-call parity at the strikes around spot. */
export function chainColumns(
  chain: Chain,
  spot: number,
  multiplier: number,
  rate: (years: number) => number,
): ChainColumns {
  const { rows, asOf } = chain;
  const day = asOf === null ? null : (sessionOn(CALENDAR, asOf) ?? previousSession(CALENDAR, asOf));
  const chainUs = chain.quoteUs ?? day?.closeUs ?? Number.NaN;
  const place = new Map<string, number>();
  const groups: ChainRow[][] = [];
  const at = rows.map((r) => {
    const key = `${r.root} ${r.expiry}`;
    let k = place.get(key);
    if (k === undefined) {
      k = groups.push([]) - 1;
      place.set(key, k);
    }
    groups[k]?.push(r);
    return k;
  });
  const number = (of: (r: ChainRow) => number | null): Float64Array =>
    Float64Array.from(rows, (r) => of(r) ?? Number.NaN);
  return {
    chainUs,
    oiDay: asOf === null ? null : previousSession(CALENDAR, asOf).day,
    columns: {
      n: rows.length,
      expiries: groups.map((group) => expiryOf(group, chainUs, spot, rate)),
      expiry: Int32Array.from(at),
      strike: number((r) => r.strike),
      put: Uint8Array.from(rows, (r) => (r.type === "P" ? 1 : 0)),
      openInterest: number((r) => r.openInterest),
      multiplier: new Float64Array(rows.length).fill(multiplier),
      iv: number((r) => r.iv),
      gamma: number((r) => r.gamma),
      delta: number((r) => r.delta),
    },
  };
}

function expiryOf(
  group: readonly ChainRow[],
  chainUs: number,
  spot: number,
  rate: (years: number) => number,
): ExposureExpiry {
  const first = group[0] as ChainRow;
  const expiryUs = expiryUsOf(first);
  const years = yearFraction(chainUs, expiryUs);
  const df = Math.exp(-rate(years) * years);
  const puts = new Map(group.filter((r) => r.type === "P").map((r) => [r.strike, r]));
  const pairs = group
    .filter((r) => r.type === "C" && puts.has(r.strike))
    .sort((a, b) => Math.abs(a.strike - spot) - Math.abs(b.strike - spot))
    .slice(0, PAIRS)
    .map((call): PairQuote => {
      const put = puts.get(call.strike) as ChainRow;
      const known = (x: number | null): number => x ?? Number.NaN;
      return {
        K: call.strike,
        callBid: known(call.bid),
        callAsk: known(call.ask),
        putBid: known(put.bid),
        putAsk: known(put.ask),
      };
    });
  const fit = years > 0 ? fitForward({ pairs, S: spot, T: years, df, style: "european" }) : null;
  const forward = fit?.kind === "ok" ? fit.F : null;
  return { root: first.root, day: first.expiry, expiryUs, forward: forward ?? Number.NaN, df };
}
