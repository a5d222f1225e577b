import { VoldeskError } from "../../config/errors.ts";
import type { InstrumentId, Slot } from "../../engines/market/index.ts";
import type { ExportSource } from "../../src/desk/export/collect.ts";
import type { FlowTrade, FlowView, LevelRow, LevelsView } from "../../src/desk/protocol.ts";
import { type ColumnOf, type Study, tableOf } from "./show.ts";

/** `GOOG` as the session knows it: slot and id of an underlying; null for the first one. @throws VoldeskError EXP-004. */
export function underlyingIn(
  source: ExportSource,
  symbol: string | undefined,
): { readonly slot: Slot; readonly id: InstrumentId } | null {
  if (symbol === undefined) return null;
  const known: string[] = [];
  for (let slot = 0; ; slot++) {
    const i = source.instrument(slot as Slot);
    if (i === undefined) break;
    if (i.kind === "option") continue;
    if (i.symbol.toUpperCase() === symbol.toUpperCase()) return { slot: slot as Slot, id: i.id };
    known.push(i.symbol);
  }
  throw new VoldeskError(
    "EXP-004",
    `there is no "${symbol}" in this session`,
    `It has ${known.join(", ")}.`,
    "--symbol",
  );
}

const LEVELS: readonly ColumnOf<LevelRow>[] = [
  ["level", "text", (r) => r.name],
  ["kind", "text", (r) => r.kind],
  ["price", "number", (r) => r.price],
  ["away", "number", (r) => r.distance],
  ["away_percent", "number", (r) => (r.fraction ?? Number.NaN) * 100],
  ["away_atr", "number", (r) => r.atr],
  ["away_day_moves", "number", (r) => r.dayMoves],
];

export function levelsStudy(view: LevelsView): Study {
  return {
    head: [
      `${view.label} levels, nearest first, spot ${view.spot === null ? "–" : Number(view.spot.toFixed(4))} ${view.ccy}; one day's implied move ${view.dayMove?.toFixed(2) ?? "–"}`,
      "walls and zero gamma assume dealers + calls, - puts: a HEURISTIC",
    ],
    tables: [tableOf("levels", LEVELS, view.rows)],
    foot: view.warnings.map((w) => `warning ${w}`),
  };
}

const TRADES: readonly ColumnOf<FlowTrade>[] = [
  ["us", "integer", (t) => t.us],
  ["contract", "text", (t) => t.label],
  ["price", "number", (t) => t.price],
  ["size", "number", (t) => t.size],
  ["side", "text", (t) => t.side],
  ["method", "text", (t) => t.method],
  ["confidence", "text", (t) => t.confidence],
  ["reason", "text", (t) => t.reason],
  ["bid", "number", (t) => t.bid],
  ["ask", "number", (t) => t.ask],
  ["dollar_delta", "number", (t) => t.dollarDelta],
  ["vega_per_vol_point", "number", (t) => t.vega],
];
const STRIKES: readonly ColumnOf<FlowView["byStrike"][number]>[] = [
  ["strike", "number", (b) => b.strike],
  ["trades", "integer", (b) => b.trades],
  ["buy", "number", (b) => b.buy],
  ["sell", "number", (b) => b.sell],
  ["unknown", "number", (b) => b.unknown],
  ["net_dollar_delta", "number", (b) => b.netDelta],
  ["net_vega_per_vol_point", "number", (b) => b.netVega],
];

/** Sums by strike; the trades themselves too where tables are written to files. */
export function flowStudy(view: FlowView, trades: boolean): Study {
  const t = view.totals;
  const percent = (x: number | null): string => (x === null ? "–" : `${(x * 100).toFixed(1)} %`);
  return {
    head: [
      `${view.label} option flow since the open${view.quality === "bar" ? ", minute bars: one side for each bar" : ""}`,
      `${t.trades} trades, contracts bought ${t.buyVolume}, sold ${t.sellVolume}, unknown ${t.unknownVolume}; quote cover ${percent(t.quoteCoverage)}`,
      `net delta ${Math.round(t.netDelta)} ${view.ccy}, net vega ${Math.round(t.netVega / 100)} ${view.ccy} per vol point`,
    ],
    tables: [
      ...(trades ? [tableOf("flow_trades", TRADES, view.trades)] : []),
      tableOf("flow_strikes", STRIKES, view.byStrike),
    ],
    foot: view.warnings.map((w) => `warning ${w}`),
  };
}
