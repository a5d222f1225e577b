/** The history file of a name out of the warehouse: of each kind the source with the most days. */
import { YEAR_SESSIONS } from "../warehouse/history.ts";
import { providersOf, storedCandles } from "../warehouse/stored.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";
import { HISTORY_VERSION, type HistoryFile } from "./file.ts";

/** Sessions kept: a recorded session years back has its own past. */
const MOST_SURFACES = 10 * YEAR_SESSIONS;
const MOST_CANDLES = 20 * YEAR_SESSIONS;
const MOST_STRIPS = 20 * YEAR_SESSIONS;

/** Null where the warehouse has nothing of the name. */
export async function historyOf(w: Warehouse, symbol: string): Promise<HistoryFile | null> {
  const surface = await surfacesOf(w, symbol);
  const daily = await candlesOf(w, symbol);
  const futures = await futuresOf(w, symbol);
  if (surface === null && daily === null && futures === null) return null;
  return { schema: "voldesk.history", version: HISTORY_VERSION, symbol, surface, daily, futures };
}

/** Names that the warehouse has surfaces or daily candles of. */
export async function historySymbols(w: Warehouse): Promise<string[]> {
  const rows = await w.rows(
    `select distinct symbol s from (select symbol from iv_surface_tenor union all select symbol from daily
      union all select symbol from vol_futures) order by s`,
  );
  return rows.map((r) => String(r["s"]));
}

async function surfacesOf(w: Warehouse, symbol: string): Promise<HistoryFile["surface"]> {
  // The compatible mode has other definitions: its figures do not belong beside the desk's.
  const provider = (await providersOf(w, "iv_surface_tenor", symbol)).find((p) => !p.endsWith(" compat"));
  if (provider === undefined) return null;
  const rows = await w.rows(
    `select as_of::VARCHAR d, tenor_target_dte t, atm_iv, skew_25d_pp, fly_25d_pp from iv_surface_tenor
      where symbol = ? and provider = ? and as_of in (
        select distinct as_of from iv_surface_tenor where symbol = ? and provider = ? order by as_of desc limit ?)
      order by d, t`,
    [symbol, provider, symbol, provider, MOST_SURFACES],
  );
  const days = [...new Set(rows.map((r) => String(r["d"])))];
  const tenors = [...new Set(rows.map((r) => Number(r["t"])))].sort((a, b) => a - b);
  const column = (name: string, of: (x: number) => number): (number | null)[][] => {
    const out = tenors.map(() => days.map((): number | null => null));
    for (const r of rows) {
      const value = r[name];
      const line = out[tenors.indexOf(Number(r["t"]))];
      if (line && typeof value === "number") line[days.indexOf(String(r["d"]))] = of(value);
    }
    return out;
  };
  return {
    provider,
    tenors,
    days,
    atm: column("atm_iv", (x) => x),
    // A skew is put less call, a risk reversal call less put.
    riskReversal25: column("skew_25d_pp", (x) => -x / 100),
    butterfly25: column("fly_25d_pp", (x) => x / 100),
  };
}

/** Daily candles of a name, of the source with the most days, unadjusted ones first. Null without any. */
export async function candlesOf(w: Warehouse, symbol: string): Promise<HistoryFile["daily"]> {
  const rows = await w.rows(
    "select provider p, adjusted a from daily where symbol = ? group by all order by a, count(*) desc, p limit 1",
    [symbol],
  );
  const [best] = rows;
  if (best === undefined) return null;
  const of = { symbol, provider: String(best["p"]), adjusted: best["a"] === true };
  const candles = await storedCandles(w, of, undefined, MOST_CANDLES);
  const column = (key: "open" | "high" | "low" | "close" | "volume") => candles.map((c) => c[key]);
  return {
    provider: of.provider,
    adjusted: of.adjusted,
    days: candles.map((c) => c.day),
    open: column("open"),
    high: column("high"),
    low: column("low"),
    close: column("close"),
    volume: column("volume"),
  };
}

async function futuresOf(w: Warehouse, symbol: string): Promise<HistoryFile["futures"]> {
  const provider = (await providersOf(w, "vol_futures", symbol))[0];
  if (provider === undefined) return null;
  const rows = await w.rows(
    `select as_of::VARCHAR d, list(expiry::VARCHAR order by expiry) e, list(settle order by expiry) v from vol_futures
      where symbol = ? and provider = ? and settle > 0 group by as_of order by as_of desc limit ?`,
    [symbol, provider, MOST_STRIPS],
  );
  const inOrder = rows.reverse();
  return {
    provider,
    days: inOrder.map((r) => String(r["d"])),
    expiries: inOrder.map((r) => JSON.parse(String(r["e"])) as string[]),
    settle: inOrder.map((r) => JSON.parse(String(r["v"])) as number[]),
  };
}
