import { MEASURES, type Measure } from "../../../engines/exposure/index.ts";
import type { Instrument, Slot } from "../../../engines/market/index.ts";
import { isoTime } from "../../../engines/market/index.ts";
import type {
  ExposureView,
  FlowTrade,
  FlowView,
  LevelRow,
  LevelsView,
  ScenariosView,
} from "../protocol-studies.ts";
import type { SurfaceExpiryRow, SurfaceView } from "../protocol-surface.ts";
import { type ColumnOf, type ExportTable, tableOf } from "./table.ts";

/** The instant of an export and the zone it is written in. */
export interface At {
  readonly nowUs: number;
  readonly offsetMin: number;
}

const secondsOf = (us: number | null): number | null => (us === null ? null : us / 1e6);

/** Every listed expiry, as fitted. Vols per 1.00 and year, deltas undiscounted forward. */
export function surfaceTable(view: SurfaceView, at: At): ExportTable {
  const columns: readonly ColumnOf<SurfaceExpiryRow>[] = [
    ["time", "text", () => isoTime(at.nowUs, at.offsetMin)],
    ["underlying", "text", () => view.underlying],
    ["spot_price", "number", () => view.spot],
    ["expiry", "text", (r) => r.label],
    ["days_to_expiry", "number", (r) => r.dteDays],
    ["forward_price", "number", (r) => r.forward],
    ["one_sigma_price", "number", (r) => r.oneSigma],
    ["straddle_price", "number", (r) => r.straddle],
    ["atm_vol_per_year", "number", (r) => r.atm],
    ["put25_vol_per_year", "number", (r) => r.put25],
    ["call25_vol_per_year", "number", (r) => r.call25],
    ["put10_vol_per_year", "number", (r) => r.put10],
    ["call10_vol_per_year", "number", (r) => r.call10],
    ["risk_reversal25_vol_per_year", "number", (r) => r.riskReversal25],
    ["butterfly25_vol_per_year", "number", (r) => r.butterfly25],
    ["fit", "text", (r) => r.kind],
    ["rmse_vol_per_year", "number", (r) => r.rmse],
    ["quotes_used", "integer", (r) => r.used],
    ["within_spread_fraction", "number", (r) => r.withinSpread],
    ["fit_age_s", "number", (r) => secondsOf(r.ageUs)],
    ["warnings", "text", (r) => (r.warnings.length === 0 ? null : r.warnings.join("; "))],
  ];
  return tableOf("surface", columns, view.expiries);
}

const MEASURE_UNIT: Readonly<Record<Measure, string>> = {
  gamma: "delta_ccy_per_1pct",
  vanna: "delta_ccy_per_vol_point",
  charm: "delta_ccy_per_day",
  delta: "ccy",
};

/** One slice by strike. Signed by the convention that the row names: who holds what is assumed, not known. */
export function exposureTable(view: ExposureView, at: At): ExportTable {
  const columns: ColumnOf<number>[] = [
    ["time", "text", () => isoTime(at.nowUs, at.offsetMin)],
    ["underlying", "text", () => view.underlying],
    ["ccy", "text", () => view.ccy],
    ["spot_price", "number", () => view.spot],
    ["slice", "text", () => view.slice],
    ["convention", "text", () => view.convention],
    ["open_interest_day", "text", () => view.oiDay],
    ["strike_price", "number", (i) => view.strikes[i]],
    ["call_open_interest_contracts", "number", (i) => view.callOi[i]],
    ["put_open_interest_contracts", "number", (i) => view.putOi[i]],
    ["open_interest_incomplete", "boolean", (i) => ((view.partial[i] ?? 0) & 1) !== 0],
    ["greeks_incomplete", "boolean", (i) => ((view.partial[i] ?? 0) & 2) !== 0],
  ];
  for (const measure of MEASURES)
    for (const side of ["call", "put", "net"] as const)
      columns.push([
        `${measure}_${side}_${MEASURE_UNIT[measure]}`,
        "number",
        (i) => view.measures[measure][side][i],
      ]);
  return tableOf("exposure", columns, Array.from(view.strikes.keys()));
}

/** Every trade of the flow with the side it is held to be, newest first. */
export function flowTable(
  view: FlowView,
  instrumentOf: (slot: Slot) => Instrument | undefined,
  at: At,
): ExportTable {
  const columns: readonly ColumnOf<FlowTrade>[] = [
    ["time", "text", (t) => isoTime(t.us, at.offsetMin)],
    ["instrument", "text", (t) => instrumentOf(t.slot)?.id],
    ["ccy", "text", () => view.ccy],
    ["price", "number", (t) => t.price],
    ["size_contracts", "number", (t) => t.size],
    ["side", "text", (t) => t.side],
    ["method", "text", (t) => t.method],
    ["confidence", "text", (t) => t.confidence],
    ["reason", "text", (t) => t.reason],
    ["bid_price", "number", (t) => t.bid],
    ["ask_price", "number", (t) => t.ask],
    ["customer_delta_ccy", "number", (t) => t.dollarDelta],
    ["customer_vega_ccy_per_vol_point", "number", (t) => t.vega],
    ["of_a_bar", "boolean", () => view.quality === "bar"],
  ];
  return tableOf("flow", columns, view.trades);
}

interface ScenarioCell {
  readonly spot: number;
  readonly vol: number;
  readonly day: number;
}

/** Every cell of the grid as a row, the legs' P&L summed. */
export function scenariosTable(view: ScenariosView, at: At): ExportTable {
  const cells: ScenarioCell[] = [];
  for (const spot of view.spotPct.keys())
    for (const vol of view.volPts.keys()) for (const day of view.days.keys()) cells.push({ spot, vol, day });
  const place = ({ spot, vol, day }: ScenarioCell): number =>
    (spot * view.volPts.length + vol) * view.days.length + day;
  const columns: readonly ColumnOf<ScenarioCell>[] = [
    ["time", "text", () => isoTime(at.nowUs, at.offsetMin)],
    ["of", "text", () => view.underlying ?? "book"],
    ["ccy", "text", () => view.ccy],
    ["dynamics", "text", () => view.dynamics],
    ["vol_term", "text", () => view.volTerm],
    ["spot_axis", "text", () => view.spotAxis],
    ["with_staged_tickets", "boolean", () => view.staged],
    ["spot_move_pct", "number", (c) => view.spotPct[c.spot]],
    ["vol_move_points", "number", (c) => view.volPts[c.vol]],
    ["days_from_now", "number", (c) => view.days[c.day]],
    ["pnl_ccy", "number", (c) => view.pnl[place(c)]],
    ["legs_without_price", "integer", () => view.missing],
  ];
  return tableOf("scenarios", columns, cells);
}

/** Price levels, nearest first. */
export function levelsTable(
  view: LevelsView,
  instrumentOf: (slot: Slot) => Instrument | undefined,
  at: At,
): ExportTable {
  const columns: readonly ColumnOf<LevelRow>[] = [
    ["time", "text", () => isoTime(at.nowUs, at.offsetMin)],
    ["instrument", "text", () => instrumentOf(view.slot)?.id],
    ["ccy", "text", () => view.ccy],
    ["spot_price", "number", () => view.spot],
    ["level", "text", (r) => r.name],
    ["kind", "text", (r) => r.kind],
    ["price", "number", (r) => r.price],
    ["distance_price", "number", (r) => r.distance],
    ["distance_fraction_of_spot", "number", (r) => r.fraction],
    ["distance_average_true_ranges", "number", (r) => r.atr],
    ["distance_daily_moves", "number", (r) => r.dayMoves],
  ];
  return tableOf("levels", columns, view.rows);
}
