/** The vendors' row formats that are kept in columns: their header as in the file, and how each column is packed. */
import type { ColumnSpec, NumberColumn } from "./table-codec.ts";

export interface SourceKind {
  /** Columns as they stand in the file, joined by commas. A text column may hold several of them. */
  readonly header: string;
  readonly columns: readonly ColumnSpec[];
}

const num = (
  name: string,
  places: number,
  predict: NumberColumn["predict"] = { by: "last" },
  empty: "" | "0" = "",
): NumberColumn => ({ name, type: "number", places, predict, empty });

const time = num("ms", 0);
const contract: ColumnSpec = { name: "expiry,right,strike", type: "text", steps: true };
const byContract = { by: "key", key: "expiry,right,strike" } as const;

/** open, high, low, close of one side. The close is packed first, so that the open is guessed from the last close's path. */
function bar(prefix: string, key: NumberColumn["predict"]): NumberColumn[] {
  const [o, h, l, c] = ["open", "high", "low", "close"].map((x) => prefix + x) as [
    string,
    string,
    string,
    string,
  ];
  return [
    num(o, 4, key),
    num(c, 4, { by: "max", of: [o] }),
    num(h, 4, { by: "max", of: [o, c] }),
    num(l, 4, { by: "min", of: [o, c] }),
  ];
}

const TRADE_TICKS = "ms,price,size,exchange,condition_hex,suspicious";
const TRADE_TICK_COLUMNS: readonly ColumnSpec[] = [
  time,
  num("price", 4),
  num("size", 0),
  { name: "exchange", type: "text" },
  { name: "condition_hex", type: "text" },
  num("suspicious", 0),
];

export const SOURCE_KINDS = {
  "lean.option.quotes-1m": {
    header:
      "ms,expiry,right,strike,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_low,ask_close,ask_size",
    columns: [
      time,
      contract,
      ...bar("bid_", byContract),
      num("bid_size", 0, byContract),
      ...bar("ask_", byContract),
      num("ask_size", 0, byContract),
    ],
  },
  "lean.option.trades-1m": {
    header: "ms,expiry,right,strike,open,high,low,close,volume",
    columns: [time, contract, ...bar("", byContract), num("volume", 0)],
  },
  "lean.option.openinterest": {
    header: "ms,expiry,right,strike,open_interest",
    columns: [time, contract, num("open_interest", 0)],
  },
  "lean.option.closes": {
    header: "date,expiry,strike,right,close",
    columns: [
      { name: "date", type: "text" },
      { name: "expiry,strike,right", type: "text", steps: true },
      num("close", 4),
    ],
  },
  "lean.equity.quotes-1m": {
    header:
      "date,ms,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_low,ask_close,ask_size",
    columns: [
      { name: "date", type: "text" },
      time,
      ...bar("bid_", { by: "last" }),
      num("bid_size", 0),
      ...bar("ask_", { by: "last" }),
      num("ask_size", 0),
    ],
  },
  "lean.equity.trades-1m": {
    header: "date,ms,open,high,low,close,volume",
    columns: [{ name: "date", type: "text" }, time, ...bar("", { by: "last" }), num("volume", 0)],
  },
  "lean.equity.quote-ticks": {
    header: "ms,bid,bid_size,ask,ask_size,exchange,condition_hex,suspicious",
    columns: [
      time,
      num("bid", 4, { by: "last" }, "0"),
      num("bid_size", 0, { by: "last" }, "0"),
      num("ask", 4, { by: "last" }, "0"),
      num("ask_size", 0, { by: "last" }, "0"),
      { name: "exchange", type: "text" },
      { name: "condition_hex", type: "text" },
      num("suspicious", 0),
    ],
  },
  "lean.equity.trade-ticks": { header: TRADE_TICKS, columns: TRADE_TICK_COLUMNS },
  /** The closing auction's print of the session before, out of that day's trade ticks. */
  "lean.equity.closing-prints": { header: TRADE_TICKS, columns: TRADE_TICK_COLUMNS },
} as const satisfies Record<string, SourceKind>;
export type SourceKindName = keyof typeof SOURCE_KINDS;

export const isSourceKind = (name: string): name is SourceKindName => Object.hasOwn(SOURCE_KINDS, name);
