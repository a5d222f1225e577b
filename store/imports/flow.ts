/** Trades and quotes of options from tables, under the names that sources give their columns. A time without a zone is an error, not UTC. */
import { VoldeskError } from "../../config/errors.ts";
import { type IsoDay, isoToDay, wallToUs, type Zone } from "../../engines/market/index.ts";
import { contractParts } from "./contracts.ts";
import { type ImportReport, Reporter } from "./report.ts";
import { csvLines, type Line, readSource } from "./source.ts";
import { dayOf, instantOf, numberOf, saysNothing, typeOf } from "./values.ts";

/** The contract of a row, as far as it is told. */
export interface FlowTerms {
  readonly contract: string;
  readonly underlying: string | null;
  readonly expiry: IsoDay | null;
  readonly type: "C" | "P" | null;
  readonly strike: number | null;
}
export interface FlowTradeRow extends FlowTerms {
  readonly us: number;
  readonly price: number | null;
  readonly size: number | null;
  readonly delta: number | null;
  /** Sequence number or trade id. */
  readonly id: number | null;
  /** Condition code as the source gives it. */
  readonly condition: string | null;
}
export interface FlowQuoteRow extends FlowTerms {
  readonly us: number;
  readonly bid: number | null;
  readonly ask: number | null;
  readonly bidSize: number | null;
  readonly askSize: number | null;
  readonly delta: number | null;
  readonly vega: number | null;
}

export interface FlowFileOptions {
  /** Underlying, where the file does not tell. */
  readonly symbol?: string | undefined;
  /** Day of files that hold times only. */
  readonly day?: IsoDay | undefined;
  /** Zone of times that name none. */
  readonly zone?: Zone | undefined;
}

export interface FlowFile<Row> {
  readonly rows: readonly Row[];
  /** Rows are bars of trades: a bar's close at its end, not a print. */
  readonly bars: boolean;
  readonly report: ImportReport;
}

const NAMES = {
  time: ["ts_recv", "timestamp", "datetime", "time", "ts", "t"],
  ms: ["ms"],
  date: ["date", "day"],
  contract: ["contract_symbol", "option_symbol", "contractsymbol", "contract", "instrument", "symbol"],
  underlying: ["underlying", "underlying_symbol", "root"],
  expiry: ["expiry", "expiration", "expiration_date"],
  type: ["option_type", "optiontype", "type", "right", "c/p", "cp"],
  strike: ["strike", "strike_price"],
  price: ["price", "trade_price", "close"],
  size: ["size", "qty", "quantity", "volume"],
  delta: ["delta", "bs_delta"],
  vega: ["vega"],
  id: ["trade_id", "sequence", "seq", "id"],
  condition: ["condition", "condition_code", "conditions"],
  action: ["action"],
  bid: ["bid", "bid_price"],
  ask: ["ask", "ask_price"],
  bidSize: ["bid_size", "bidsize"],
  askSize: ["ask_size", "asksize"],
  bidOpen: ["bid_open"],
  bidClose: ["bid_close"],
  askOpen: ["ask_open"],
  askClose: ["ask_close"],
} as const;
type Field = keyof typeof NAMES;

const MINUTE_US = 60e6;

type Touch = Pick<FlowQuoteRow, "bid" | "ask" | "bidSize" | "askSize">;
const NO_TOUCH: Touch = { bid: null, ask: null, bidSize: null, askSize: null };

class FlowTable {
  readonly lines: readonly Line[];
  private readonly at: ReadonlyMap<Field, number>;

  constructor(
    readonly file: string,
    private readonly options: FlowFileOptions,
  ) {
    const all = csvLines(readSource(file), file);
    const header = (all[0]?.cells ?? []).map((c) => c.toLowerCase());
    const at = new Map<Field, number>();
    for (const [field, names] of Object.entries(NAMES))
      for (const name of names) {
        const i = header.indexOf(name);
        if (i >= 0 && !at.has(field as Field)) at.set(field as Field, i);
      }
    this.at = at;
    this.lines = all.slice(1);
    if (!at.has("time") && !at.has("ms")) throw this.lacks("a time");
    if (!at.has("contract") && !(at.has("expiry") && at.has("strike") && at.has("type")))
      throw this.lacks("a contract, nor expiry, strike and type");
    if (at.has("ms") && !at.has("time") && !at.has("date") && options.day === undefined)
      throw new VoldeskError("IMP-002", "the rows have no day", "Name it with --as-of YYYY-MM-DD.", file);
  }

  lacks(what: string): VoldeskError {
    return new VoldeskError(
      "IMP-002",
      `the table has no column of ${what}`,
      `Known names: ${Object.values(NAMES).flat().join(", ")}.`,
      this.file,
    );
  }

  has = (field: Field): boolean => this.at.has(field);
  text(line: Line, field: Field): string {
    const cell = line.cells[this.at.get(field) ?? -1] ?? "";
    return saysNothing(cell) ? "" : cell;
  }
  number = (line: Line, field: Field): number | null => numberOf(this.text(line, field));

  us(line: Line): number | null {
    const { day: fixed, zone } = this.options;
    if (this.has("time")) return instantOf(this.text(line, "time"), zone ?? null);
    const ms = this.number(line, "ms");
    const day = this.has("date") ? dayOf(this.text(line, "date")) : (fixed ?? null);
    return ms === null || day === null
      ? null
      : wallToUs(zone ?? "America/New_York", isoToDay(day), 0) + ms * 1000;
  }

  terms(line: Line): FlowTerms | null {
    const name = this.text(line, "contract");
    const said = name === "" ? null : (contractParts(name) ?? futureOption(name));
    const expiry = this.has("expiry") ? dayOf(this.text(line, "expiry")) : (said?.expiry ?? null);
    const type = this.has("type") ? typeOf(this.text(line, "type")) : (said?.type ?? null);
    const strike = this.has("strike") ? this.number(line, "strike") : (said?.strike ?? null);
    const underlying = this.text(line, "underlying") || this.options.symbol || said?.root || null;
    if (name === "" && (expiry === null || type === null || strike === null)) return null;
    if (type === null || strike === null) return null;
    return {
      contract: name || `${underlying ?? ""} ${expiry} ${strike} ${type}`.trim(),
      underlying,
      expiry,
      type,
      strike,
    };
  }
}

/** `ESM4 P5230`: an option on a future, whose expiry its name does not say. */
function futureOption(text: string) {
  const m = /^([A-Z0-9]+)\s+([CP])(\d+(?:\.\d+)?)$/.exec(text);
  if (m === null) return null;
  return { root: m[1] as string, expiry: null, type: m[2] as "C" | "P", strike: Number(m[3]) };
}

function read<Row>(
  file: string,
  kind: string,
  table: FlowTable,
  rowsOf: (line: Line, us: number, terms: FlowTerms) => readonly Row[],
): { rows: Row[]; report: ImportReport } {
  const report = new Reporter(file, kind);
  const rows: Row[] = [];
  for (const line of table.lines) {
    report.read++;
    const where = `line ${line.no}`;
    const us = table.us(line);
    const terms = table.terms(line);
    if (us === null) report.refuse("bad_time", "the time cannot be read, or names no zone (--zone)", where);
    else if (terms === null) report.refuse("bad_contract", "the contract cannot be read", where);
    else rows.push(...rowsOf(line, us, terms));
  }
  return { rows, report: report.done(rows.length) };
}

/** Prints, or bars of trades (a column `close`): a bar counts at its end, a minute after its start. @throws VoldeskError IMP-001, IMP-002. */
export function readFlowTrades(file: string, options: FlowFileOptions = {}): FlowFile<FlowTradeRow> {
  const table = new FlowTable(file, options);
  if (!table.has("price")) throw table.lacks("a price");
  if (!table.has("size")) throw table.lacks("a size");
  const bars = /(^|\n|,)close(,|\r?\n)/i.test(readSource(file).slice(0, 2000).split("\n")[0] ?? "");
  const { rows, report } = read(file, bars ? "trade bars" : "trades", table, (line, us, terms) => {
    // Books that carry trades among their changes mark them.
    if (table.has("action") && table.text(line, "action") !== "T") return [];
    const row: FlowTradeRow = {
      ...terms,
      us: us + (bars ? MINUTE_US : 0),
      price: table.number(line, "price"),
      size: table.number(line, "size"),
      delta: table.number(line, "delta"),
      id: bars ? null : table.number(line, "id"),
      condition: table.text(line, "condition") || null,
    };
    return [row];
  });
  return { rows, bars, report };
}

/**
 * Quotes, or bars of quotes (`bid_open` to `ask_close`): the open at a bar's start, the close at its end, a side that is empty stands unchanged.
 * @throws VoldeskError IMP-001, IMP-002.
 */
export function readFlowQuotes(file: string, options: FlowFileOptions = {}): FlowFile<FlowQuoteRow> {
  const table = new FlowTable(file, options);
  const bars = table.has("bidClose") && table.has("askClose");
  if (!bars && !(table.has("bid") && table.has("ask"))) throw table.lacks("bid and ask");
  const last = new Map<string, Touch>();
  const { rows, report } = read(file, bars ? "quote bars" : "quotes", table, (line, us, terms) => {
    const [bidSize, askSize] = [table.number(line, "bidSize"), table.number(line, "askSize")];
    const row = (at: number, t: Touch): FlowQuoteRow => ({
      ...terms,
      us: at,
      ...t,
      delta: table.number(line, "delta"),
      vega: table.number(line, "vega"),
    });
    if (!bars) {
      const [bid, ask] = [table.number(line, "bid"), table.number(line, "ask")];
      return [row(us, { bid, ask, bidSize, askSize })];
    }
    const stood = last.get(terms.contract) ?? NO_TOUCH;
    const [bidOpen, askOpen] = [table.number(line, "bidOpen"), table.number(line, "askOpen")];
    const [bidClose, askClose] = [table.number(line, "bidClose"), table.number(line, "askClose")];
    // The row tells the size of its close only: an open at the price that stood keeps its size, any other has none.
    const open: Touch = {
      bid: bidOpen ?? stood.bid,
      ask: askOpen ?? stood.ask,
      bidSize: bidOpen === null || bidOpen === stood.bid ? stood.bidSize : null,
      askSize: askOpen === null || askOpen === stood.ask ? stood.askSize : null,
    };
    const close: Touch = {
      bid: bidClose ?? open.bid,
      ask: askClose ?? open.ask,
      bidSize: bidClose === null ? open.bidSize : bidSize,
      askSize: askClose === null ? open.askSize : askSize,
    };
    last.set(terms.contract, close);
    return [row(us, open), row(us + MINUTE_US, close)];
  });
  return { rows, bars, report };
}
