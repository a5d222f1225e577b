import { isoTime } from "../../../engines/market/index.ts";
import type { ChartView, TapePrint, TapeView } from "../protocol.ts";
import type { InstrumentOf } from "./positions.ts";
import { type ColumnOf, type ExportTable, tableOf } from "./table.ts";

/** Prints, oldest first. */
export function tapeTable(view: TapeView, instrumentOf: InstrumentOf, offsetMin: number): ExportTable {
  const columns: readonly ColumnOf<TapePrint>[] = [
    ["seq", "integer", (p) => p.seq],
    ["time", "text", (p) => isoTime(p.us, offsetMin)],
    ["instrument", "text", (p) => instrumentOf(p.slot)?.id],
    ["label", "text", (p) => p.label],
    ["ccy", "text", (p) => instrumentOf(p.slot)?.ccy],
    ["price", "number", (p) => p.price],
    ["size_contracts_or_shares", "number", (p) => p.size],
    ["side_of_quote", "text", (p) => p.side],
    ["change", "text", (p) => p.change],
    ["is_bar", "boolean", (p) => p.bar],
  ];
  return tableOf("tape", columns, view.prints.toReversed());
}

/** Bars since the regular open with the VWAP at the end of each, one instrument after the other. */
export function barsTable(views: readonly ChartView[], instrumentOf: InstrumentOf): ExportTable {
  interface Bar {
    readonly view: ChartView;
    readonly i: number;
  }
  const rows = views.flatMap((view) => [...view.bars.close.keys()].map((i): Bar => ({ view, i })));
  const columns: readonly ColumnOf<Bar>[] = [
    ["start_time", "text", ({ view, i }) => isoTime(view.bars.startUs[i], view.zoneOffsetMin)],
    ["instrument", "text", ({ view }) => instrumentOf(view.slot)?.id],
    ["ccy", "text", ({ view }) => instrumentOf(view.slot)?.ccy],
    ["minutes", "integer", ({ view }) => view.barMinutes],
    ["basis", "text", ({ view }) => view.basis],
    ["open_price", "number", ({ view, i }) => view.bars.open[i]],
    ["high_price", "number", ({ view, i }) => view.bars.high[i]],
    ["low_price", "number", ({ view, i }) => view.bars.low[i]],
    ["close_price", "number", ({ view, i }) => view.bars.close[i]],
    ["volume_contracts_or_shares", "number", ({ view, i }) => view.bars.volume[i]],
    ["vwap_price", "number", ({ view, i }) => view.vwap[i]],
  ];
  return tableOf("bars", columns, rows);
}
