/** What the warehouse has of a symbol: days, sources, strikes from day to day, daily candles. */
import { YEAR_SESSIONS } from "./history.ts";
import { TABLES, type TableName } from "./migrations.ts";
import { LAST, type SeriesOf } from "./past.ts";
import type { Warehouse } from "./warehouse.ts";

/** Days a symbol has rows of in a table, oldest first. */
export async function storedDays(w: Warehouse, table: TableName, of: SeriesOf): Promise<string[]> {
  const { day } = TABLES[table];
  const rows = await w.rows(
    `select distinct ${day}::VARCHAR d from ${table} where symbol = ? and provider = ? order by d`,
    [of.symbol, of.provider],
  );
  return rows.map((r) => String(r["d"]));
}

/** Sources a symbol has rows of in a table, the one with the most days first. */
export async function providersOf(w: Warehouse, table: TableName, symbol: string): Promise<string[]> {
  const { day } = TABLES[table];
  const rows = await w.rows(
    `select provider p from ${table} where symbol = ? group by p order by count(distinct ${day}) desc, p`,
    [symbol],
  );
  return rows.map((r) => String(r["p"]));
}

export interface StrikeDifference {
  readonly strike: number;
  readonly net: number | null;
  readonly then: number | null;
  readonly change: number | null;
  /** Change of open interest, calls and puts together. */
  readonly openInterest: number | null;
}

/** Net gamma and open interest by strike of a day less those of an earlier stored one, expiries summed. Null without two days. */
export async function strikeDifferences(
  w: Warehouse,
  of: SeriesOf,
  day: string = LAST,
  then: string = LAST,
): Promise<{
  readonly day: string;
  readonly thenDay: string;
  readonly strikes: readonly StrikeDifference[];
} | null> {
  const rows = await w.rows(
    `with s as (select as_of as day, strike, sum(net_gex) net, sum(coalesce(call_oi, 0) + coalesce(put_oi, 0)) oi
        from dealer_exposure_strikes where symbol = ? and provider = ? and as_of <= ?::DATE group by all),
      a as (select max(day) as d from s), b as (select max(s.day) as d from s, a where s.day < a.d and s.day <= ?::DATE),
      t as (select s.* from s, a where s.day = a.d), p as (select s.* from s, b where s.day = b.d)
    select coalesce(t.strike, p.strike) strike, a.d::VARCHAR d1, b.d::VARCHAR d2, t.net v, p.net w,
      t.net - p.net c, t.oi - p.oi oi
    from t full join p on t.strike = p.strike, a, b where b.d is not null order by strike`,
    [of.symbol, of.provider, day, then],
  );
  const first = rows[0];
  if (first === undefined) return null;
  const known = (v: unknown): number | null => (typeof v === "number" ? v : null);
  return {
    day: String(first["d1"]),
    thenDay: String(first["d2"]),
    strikes: rows.map((r) => ({
      strike: Number(r["strike"]),
      net: known(r["v"]),
      then: known(r["w"]),
      change: known(r["c"]),
      openInterest: known(r["oi"]),
    })),
  };
}

export interface StoredCandle {
  readonly day: string;
  readonly open: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly close: number;
  readonly volume: number | null;
}

/** Daily candles up to a day, oldest first, of one source; `adjusted` as it was stored. */
export async function storedCandles(
  w: Warehouse,
  of: SeriesOf & { readonly adjusted: boolean },
  to: string = LAST,
  sessions = YEAR_SESSIONS + 1,
): Promise<StoredCandle[]> {
  const rows = await w.rows(
    `select as_of::VARCHAR as day, open, high, low, close, volume from daily
      where symbol = ? and provider = ? and adjusted = ? and as_of <= ?::DATE and close is not null order by as_of desc limit ?`,
    [of.symbol, of.provider, of.adjusted, to, sessions],
  );
  return rows.reverse() as unknown as StoredCandle[];
}
