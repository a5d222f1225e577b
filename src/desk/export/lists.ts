import { BookRow, type Instrument, isoTime, type Slot } from "../../../engines/market/index.ts";
import type { LogEntry, LogView, WatchRow, WatchView } from "../protocol-desk.ts";
import type { OrderRow, OrdersView } from "../protocol-orders.ts";
import type { QuoteOf } from "./chain.ts";
import type { At } from "./studies.ts";
import { type ColumnOf, type ExportTable, qualityName, tableOf } from "./table.ts";

/** Orders and staged tickets; quantities signed by the side. */
export function ordersTable(view: OrdersView, at: At): ExportTable {
  const signed = (r: OrderRow, n: number | null): number | null =>
    n === null ? null : r.side === "sell" ? -Math.abs(n) : Math.abs(n);
  const columns: readonly ColumnOf<OrderRow>[] = [
    ["time", "text", () => isoTime(at.nowUs, at.offsetMin)],
    ["account", "text", () => view.account],
    ["id", "text", (r) => r.id],
    ["state", "text", (r) => r.state],
    ["side", "text", (r) => r.side],
    ["what", "text", (r) => r.what],
    ["underlying", "text", (r) => r.underlying],
    ["quantity_contracts_or_shares", "number", (r) => signed(r, r.qty)],
    ["filled_contracts_or_shares", "number", (r) => signed(r, r.filled)],
    ["limit_price", "number", (r) => r.limit],
    ["mid_price", "number", (r) => r.mid],
    ["average_fill_price", "number", (r) => r.avgFill],
    ["time_in_force", "text", (r) => r.tif],
    ["age_s", "number", (r) => (r.ageMs === null ? null : r.ageMs / 1000)],
    ["external", "boolean", (r) => r.external],
    ["note", "text", (r) => r.note],
  ];
  return tableOf("orders", columns, view.rows);
}

/** A watch list with its quotes as they stand. */
export function watchTable(
  view: WatchView,
  quoteOf: QuoteOf,
  instrumentOf: (slot: Slot) => Instrument | undefined,
  at: At,
): ExportTable {
  const rows = view.rows.map((row) => {
    const quote = new BookRow();
    quoteOf(row.slot, quote);
    return { row, quote, instrument: instrumentOf(row.slot) };
  });
  type Row = { readonly row: WatchRow; readonly quote: BookRow; readonly instrument: Instrument | undefined };
  const columns: readonly ColumnOf<Row>[] = [
    ["time", "text", () => isoTime(at.nowUs, at.offsetMin)],
    ["list", "text", () => view.name],
    ["instrument", "text", (r) => r.instrument?.id],
    ["ccy", "text", (r) => r.instrument?.ccy],
    ["bid_price", "number", (r) => r.quote.bid],
    ["bid_size", "number", (r) => r.quote.bidSize],
    ["ask_price", "number", (r) => r.quote.ask],
    ["ask_size", "number", (r) => r.quote.askSize],
    [
      "quote_time",
      "text",
      (r) => isoTime(r.quote.confirmUs > 0 ? r.quote.confirmUs : r.quote.quoteUs, at.offsetMin),
    ],
    [
      "quote_quality",
      "text",
      (r) => (Number.isNaN(r.quote.quoteUs) ? null : qualityName(r.quote.quoteQuality)),
    ],
    ["last_price", "number", (r) => r.quote.last],
    ["volume", "number", (r) => r.quote.volume],
    ["prior_settlement_price", "number", (r) => r.row.prior],
    ["iv_per_year", "number", (r) => r.row.iv],
  ];
  return tableOf("watch", columns, rows);
}

/** The desk's messages, oldest first. */
export function logTable(view: LogView, at: At): ExportTable {
  const columns: readonly ColumnOf<LogEntry>[] = [
    ["time", "text", (e) => isoTime(e.us, at.offsetMin)],
    ["level", "text", (e) => e.level],
    ["source", "text", (e) => e.source],
    ["code", "text", (e) => e.code],
    ["text", "text", (e) => e.text],
    ["what_to_do", "text", (e) => e.advice],
  ];
  return tableOf("log", columns, view.entries);
}
