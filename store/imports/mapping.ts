/** How the columns of a chain table are called, for the formats known here and for a user's own in YAML. */
import { parse as parseYaml } from "yaml";
import * as z from "zod";
import { VoldeskError } from "../../config/errors.ts";
import { readSource } from "./source.ts";

/** Fields of one option in a table. */
export const SIDE_FIELDS = [
  "contract",
  "bid",
  "ask",
  "bid_size",
  "ask_size",
  "last",
  "volume",
  "open_interest",
  "iv",
  "delta",
  "gamma",
  "theta",
  "vega",
] as const;
export type SideField = (typeof SIDE_FIELDS)[number];
/** Fields that a row has once, whether it holds one option or a call and a put. */
export const ROW_FIELDS = ["symbol", "expiry", "strike", "type", "spot", "quote_time", "as_of"] as const;
export type RowField = (typeof ROW_FIELDS)[number];

const sideColumns = z.partialRecord(z.enum(SIDE_FIELDS), z.string().min(1));
const schema = z.strictObject({
  name: z.string().min(1).max(60),
  /** Column of each field. */
  columns: z.partialRecord(z.enum([...ROW_FIELDS, ...SIDE_FIELDS]), z.string().min(1)),
  /** Where a row holds a call and a put side by side: their own columns. */
  call: z.exactOptional(sideColumns),
  put: z.exactOptional(sideColumns),
  iv_unit: z._default(z.enum(["fraction", "percent", "auto"]), "auto"),
  /** Zone of times that name none. */
  zone: z.exactOptional(z.enum(["America/New_York", "America/Chicago", "Europe/Berlin", "UTC"])),
  /** Premiums in the underlying coin. */
  premium: z._default(z.enum(["currency", "coin"]), "currency"),
  /** Underlying of every row, where no column says it. */
  symbol: z.exactOptional(z.string().min(1).max(16)),
});
export type ChainMapping = z.infer<typeof schema>;

const plain = (
  name: string,
  columns: ChainMapping["columns"],
  more: Partial<ChainMapping> = {},
): ChainMapping => ({ name, columns, iv_unit: "auto", premium: "currency", ...more });

const side = (
  p: "c" | "p",
  columns: Partial<Record<SideField, string>>,
): Partial<Record<SideField, string>> =>
  Object.fromEntries(Object.entries(columns).map(([field, name]) => [field, name.replace("*", p)]));

const CBOE_SIDE = {
  contract: "* symbol",
  last: "* Last Sale",
  bid: "* Bid",
  ask: "* Ask",
  volume: "* Volume",
  iv: "* IV",
  delta: "* Delta",
  gamma: "* Gamma",
  open_interest: "* Open Interest",
};
/** The Cboe table once its two halves have names of their own. */
export const CBOE = plain(
  "cboe",
  { expiry: "Expiration Date", strike: "Strike" },
  { call: side("c", CBOE_SIDE), put: side("p", CBOE_SIDE), iv_unit: "fraction" },
);

const OPTIONSDX_SIDE = {
  bid: "[*_BID]",
  ask: "[*_ASK]",
  last: "[*_LAST]",
  volume: "[*_VOLUME]",
  iv: "[*_IV]",
  delta: "[*_DELTA]",
  gamma: "[*_GAMMA]",
  theta: "[*_THETA]",
  vega: "[*_VEGA]",
};
const upper = (columns: Partial<Record<SideField, string>>): Partial<Record<SideField, string>> =>
  Object.fromEntries(Object.entries(columns).map(([field, name]) => [field, name.toUpperCase()]));

/** Known tables: the first one whose every column the header has is taken, so the narrower stand first. */
export const KNOWN: readonly ChainMapping[] = [
  plain(
    "yfinance",
    {
      contract: "contractSymbol",
      expiry: "expiry",
      type: "type",
      strike: "strike",
      last: "lastPrice",
      bid: "bid",
      ask: "ask",
      volume: "volume",
      open_interest: "openInterest",
      iv: "impliedVolatility",
      spot: "spot",
      as_of: "session",
    },
    { iv_unit: "fraction" },
  ),
  plain(
    "deribit",
    {
      contract: "instrument_name",
      expiry: "expiry_datetime",
      type: "option_type",
      strike: "strike",
      bid: "bid_price",
      ask: "ask_price",
      iv: "implied_volatility",
      delta: "delta",
      vega: "vega",
      open_interest: "open_interest",
      volume: "volume",
      spot: "index_price",
      quote_time: "timestamp",
    },
    { iv_unit: "fraction", premium: "coin" },
  ),
  plain(
    "deribit-book",
    {
      contract: "instrument_name",
      expiry: "expiration_timestamp",
      type: "option_type",
      strike: "strike",
      bid: "best_bid_price",
      ask: "best_ask_price",
      bid_size: "best_bid_amount",
      ask_size: "best_ask_amount",
      last: "last_price",
      open_interest: "open_interest",
      iv: "mark_iv",
      spot: "index_price",
      quote_time: "timestamp",
    },
    { iv_unit: "percent", premium: "coin" },
  ),
  plain(
    "crypto-daily",
    {
      contract: "instrument",
      symbol: "underlying",
      expiry: "expiry",
      type: "type",
      strike: "strike",
      bid: "bid",
      ask: "ask",
      iv: "mark_iv",
      delta: "delta",
      gamma: "gamma",
      vega: "vega",
      theta: "theta",
      open_interest: "open_interest",
      volume: "volume_24h",
      spot: "underlying_price",
      quote_time: "snapshot_utc",
    },
    { zone: "UTC", premium: "coin" },
  ),
  plain(
    "lean-eod",
    {
      as_of: "date",
      spot: "underlying_close",
      expiry: "expiry",
      strike: "strike",
      type: "right",
      last: "close",
      volume: "volume",
      open_interest: "open_interest",
      iv: "implied_volatility",
      delta: "delta",
      gamma: "gamma",
      vega: "vega",
      theta: "theta",
    },
    { iv_unit: "fraction" },
  ),
  plain("lean-eod-quotes", {
    as_of: "date",
    expiry: "expiry",
    type: "right",
    strike: "strike",
    bid: "bid",
    bid_size: "bid_size",
    ask: "ask",
    ask_size: "ask_size",
    last: "last",
    volume: "volume",
    open_interest: "open_interest",
  }),
  plain(
    "optionsdx",
    {
      quote_time: "[QUOTE_READTIME]",
      as_of: "[QUOTE_DATE]",
      spot: "[UNDERLYING_LAST]",
      expiry: "[EXPIRE_DATE]",
      strike: "[STRIKE]",
    },
    {
      call: upper(side("c", OPTIONSDX_SIDE)),
      put: upper(side("p", OPTIONSDX_SIDE)),
      iv_unit: "fraction",
      zone: "America/New_York",
    },
  ),
  plain(
    "orats",
    { symbol: "ticker", as_of: "trade_date", expiry: "expirDate", strike: "strike", spot: "stkPx" },
    {
      call: {
        bid: "cBidPx",
        ask: "cAskPx",
        volume: "cVolu",
        open_interest: "cOi",
        iv: "cMidIv",
        delta: "delta",
        gamma: "gamma",
        theta: "theta",
        vega: "vega",
      },
      put: {
        bid: "pBidPx",
        ask: "pAskPx",
        volume: "pVolu",
        open_interest: "pOi",
        iv: "pMidIv",
        gamma: "gamma",
        theta: "theta",
        vega: "vega",
      },
      iv_unit: "fraction",
    },
  ),
  plain(
    "voldesk",
    {
      symbol: "symbol",
      contract: "contract",
      expiry: "expiry",
      type: "type",
      strike: "strike",
      bid: "bid",
      ask: "ask",
      bid_size: "bid_size",
      ask_size: "ask_size",
      last: "last",
      volume: "volume",
      open_interest: "open_interest",
      iv: "iv",
      delta: "delta",
      gamma: "gamma",
      theta: "theta",
      vega: "vega",
      spot: "spot",
      quote_time: "quote_time",
      as_of: "as_of",
    },
    { iv_unit: "fraction" },
  ),
];

/** Names of every column that a mapping speaks of. */
export const columnsOf = (m: ChainMapping): string[] => [
  ...Object.values(m.columns),
  ...Object.values(m.call ?? {}),
  ...Object.values(m.put ?? {}),
];

/** @throws VoldeskError IMP-001, IMP-003. */
export function readMapping(file: string): ChainMapping {
  let value: unknown;
  try {
    value = parseYaml(readSource(file));
  } catch (e) {
    if (e instanceof VoldeskError) throw e;
    throw new VoldeskError("IMP-003", "the mapping is not valid YAML", "Correct it.", file);
  }
  const found = schema.safeParse(value);
  const wrong = (what: string): VoldeskError =>
    new VoldeskError(
      "IMP-003",
      what,
      `It takes name, columns (${[...ROW_FIELDS, ...SIDE_FIELDS].join(", ")}), call, put, iv_unit, zone, premium, symbol.`,
      file,
    );
  if (!found.success) {
    const issue = found.error.issues[0];
    throw wrong(`${issue?.path.join(".") || "the mapping"}: ${issue?.message ?? "is wrong"}`);
  }
  const m = found.data;
  const wide = m.call !== undefined || m.put !== undefined;
  const named = m.columns.contract !== undefined;
  if (!named && (m.columns.expiry === undefined || m.columns.strike === undefined))
    throw wrong("expiry and strike have no column, and no contract that would say them");
  if (!wide && !named && m.columns.type === undefined) throw wrong("no column says call or put");
  return m;
}
