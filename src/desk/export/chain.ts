import { BookRow, type Instrument, isoTime, type Slot } from "../../../engines/market/index.ts";
import type { ChainSide, ChainView } from "../protocol.ts";
import type { InstrumentOf } from "./positions.ts";
import { type ColumnOf, type ExportTable, qualityName, tableOf } from "./table.ts";

/** Reads the quote of a slot into a row; false where there is none. */
export type QuoteOf = (slot: Slot, into: BookRow) => boolean;

interface Listed {
  readonly view: ChainView;
  readonly side: ChainSide;
  readonly right: "C" | "P";
  readonly i: number;
  readonly instrument: Instrument | undefined;
  readonly quote: BookRow;
}

function listed(view: ChainView, quoteOf: QuoteOf, instrumentOf: InstrumentOf): Listed[] {
  const rows: Listed[] = [];
  for (let i = 0; i < view.strikes.length; i++) {
    for (const [right, side] of [
      ["C", view.calls],
      ["P", view.puts],
    ] as const) {
      const slot = side.slot[i] as Slot;
      if (slot < 0) continue;
      const quote = new BookRow();
      quoteOf(slot, quote);
      rows.push({ view, side, right, i, instrument: instrumentOf(slot), quote });
    }
  }
  return rows;
}

/** The listed options of the expiries given, a row each. */
export function chainTable(
  views: readonly ChainView[],
  quoteOf: QuoteOf,
  instrumentOf: InstrumentOf,
  nowUs: number,
  offsetMin: number,
): ExportTable {
  const expiry = ({ view }: Listed) => view.expiries.find((e) => e.key === view.expiry);
  const columns: readonly ColumnOf<Listed>[] = [
    ["time", "text", () => isoTime(nowUs, offsetMin)],
    ["underlying", "text", (r) => r.view.underlying],
    ["spot_price", "number", (r) => r.view.spot],
    ["root", "text", (r) => expiry(r)?.root],
    ["expiry", "text", (r) => expiry(r)?.expiry],
    ["days_to_expiry", "number", (r) => r.view.dteDays],
    ["forward_price", "number", (r) => r.view.forward],
    ["strike_price", "number", (r) => r.view.strikes[r.i]],
    ["right", "text", (r) => r.right],
    ["instrument", "text", (r) => r.instrument?.id],
    ["ccy", "text", (r) => r.instrument?.ccy],
    ["bid_price", "number", (r) => r.quote.bid],
    ["bid_size_contracts", "number", (r) => r.quote.bidSize],
    ["ask_price", "number", (r) => r.quote.ask],
    ["ask_size_contracts", "number", (r) => r.quote.askSize],
    [
      "quote_time",
      "text",
      (r) => isoTime(r.quote.confirmUs > 0 ? r.quote.confirmUs : r.quote.quoteUs, offsetMin),
    ],
    [
      "quote_quality",
      "text",
      (r) => (Number.isNaN(r.quote.quoteUs) ? null : qualityName(r.quote.quoteQuality)),
    ],
    ["last_price", "number", (r) => r.quote.last],
    ["last_time", "text", (r) => isoTime(r.quote.lastUs, offsetMin)],
    ["volume_contracts", "number", (r) => r.quote.volume],
    ["open_interest_contracts", "number", (r) => r.side.openInterest[r.i]],
    ["iv_per_year", "number", (r) => r.side.iv[r.i]],
    ["delta_per_share", "number", (r) => r.side.delta[r.i]],
    ["held_contracts", "number", (r) => r.side.held[r.i]],
  ];
  return tableOf(
    "chain",
    columns,
    views.flatMap((view) => listed(view, quoteOf, instrumentOf)),
  );
}
