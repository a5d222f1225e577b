import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isoDayOfNumber } from "../engines/market/index.ts";
import { standing } from "../store/warehouse/history.ts";
import { type StoreRow, upsert } from "../store/warehouse/upsert.ts";
import { Warehouse } from "../store/warehouse/warehouse.ts";
import type { BenchRow } from "./row.ts";

const ROWS = 5_000;
const SESSIONS = 756;

async function median(rounds: number, f: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const t = performance.now();
    await f();
    times.push(performance.now() - t);
  }
  return times.sort((a, b) => a - b)[rounds >> 1] as number;
}

const tenors = (): StoreRow[] =>
  Array.from({ length: SESSIONS * 6 }, (_, i) => ({
    symbol: "SPY",
    as_of: isoDayOfNumber(20_000 + Math.floor(i / 6)),
    tenor_target_dte: [7, 14, 30, 60, 90, 180][i % 6] as number,
    provider: "bench",
    atm_iv: 0.2 + 0.05 * Math.sin(i * 1.3),
  }));

/** A chain written again over itself, against the same rows inserted by one statement; a rank out of three years, against `select 1`. */
export async function run(): Promise<BenchRow[]> {
  const dir = mkdtempSync(join(tmpdir(), "voldesk-bench-"));
  const w = await Warehouse.open(join(dir, "w.duckdb"), { create: true });
  try {
    await w.migrate(0);
    const chain: StoreRow[] = Array.from({ length: ROWS }, (_, i) => ({
      symbol: "SPY",
      as_of: "2026-08-18",
      provider: "bench",
      root: "SPY",
      expiry: "2026-09-18",
      option_type: i % 2 === 0 ? "C" : "P",
      strike: 100 + (i >> 1),
      bid: 1,
      ask: 1.1,
      iv: 0.2,
    }));
    await w.db.run("create temp table bare as select * from option_chains limit 0");
    const bare = await median(9, () =>
      w.db.run(`insert into bare (symbol, strike, iv) select 'SPY', i, 0.2 from range(${ROWS}) r(i)`),
    );
    const put = await median(9, () => upsert(w, "option_chains", chain, 0));
    await upsert(w, "iv_surface_tenor", tenors(), 0);
    const where = { tenor_target_dte: 30, provider: "bench" };
    const one = await median(21, () => w.table("select 1"));
    const rank = await median(21, () =>
      standing(w, { table: "iv_surface_tenor", symbol: "SPY", field: "atm_iv", where }),
    );
    const row = (name: string, value: number, base: number, reach: number | null): BenchRow => ({
      name,
      value,
      unit: "ms",
      ratio: value / base,
      reach,
      ok: reach === null ? null : value <= reach,
    });
    return [
      row("warehouse: a 5,000-row chain written over itself", put, bare, null),
      row("warehouse: rank over 252 of 756 sessions", rank, one, 100),
    ];
  } finally {
    w.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
