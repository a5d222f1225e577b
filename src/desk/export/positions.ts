import type { Instrument, Slot } from "../../../engines/market/index.ts";
import { isoTime } from "../../../engines/market/index.ts";
import type { PositionRow, PositionsView } from "../protocol.ts";
import { type ColumnOf, type ExportTable, qualityName, tableOf } from "./table.ts";

export type InstrumentOf = (slot: Slot) => Instrument | undefined;

/** Positions as on the screen, every row of the tree with its parent's key: sums stand beside what they are sums of. */
export function positionsTable(
  view: PositionsView,
  instrumentOf: InstrumentOf,
  offsetMin: number,
): ExportTable {
  const columns: readonly ColumnOf<PositionRow>[] = [
    ["time", "text", () => isoTime(view.nowUs, offsetMin)],
    ["key", "text", (r) => r.key],
    ["parent", "text", (r) => r.parent],
    ["kind", "text", (r) => r.kind],
    ["label", "text", (r) => r.label],
    ["instrument", "text", (r) => (r.slot === null ? null : instrumentOf(r.slot)?.id)],
    ["qty_contracts_or_shares", "number", (r) => r.qty],
    ["ccy", "text", (r) => r.ccy],
    ["avg_price", "number", (r) => r.avg],
    ["bid_price", "number", (r) => r.bid],
    ["ask_price", "number", (r) => r.ask],
    ["mid_price", "number", (r) => r.mid],
    ["mark_price", "number", (r) => r.mark],
    ["mark_source", "text", (r) => r.markSource],
    ["mark_quality", "text", (r) => qualityName(r.quality)],
    ["mark_estimated", "boolean", (r) => r.estimated],
    ["mark_stale", "boolean", (r) => r.stale],
    ["mark_age_s", "number", (r) => (r.ageUs === null ? null : r.ageUs / 1e6)],
    ["theo_price", "number", (r) => r.theo],
    ["iv_per_year", "number", (r) => r.iv],
    ["value_ccy", "number", (r) => r.value],
    ["day_pnl_ccy", "number", (r) => r.dayPnl],
    ["day_pnl_unknown_because", "text", (r) => r.dayPnlReason],
    ["pnl_ccy", "number", (r) => r.pnl],
    ["realised_ccy", "number", (r) => r.realised],
    ["unrealised_ccy", "number", (r) => r.unrealised],
    ["delta_shares", "number", (r) => r.delta],
    ["gamma_shares_per_point", "number", (r) => r.gamma],
    ["theta_ccy_per_day", "number", (r) => r.theta],
    ["vega_ccy_per_vol_point", "number", (r) => r.vega],
    ["dollar_delta_ccy", "number", (r) => r.dollarDelta],
    ["dollar_gamma_ccy_per_pct", "number", (r) => r.dollarGamma1pct],
  ];
  return tableOf("positions", columns, view.rows);
}
