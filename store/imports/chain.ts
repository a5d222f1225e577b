/**
 * Option chains from files of many makers, in one form: prices per share in `premium`, IV as a fraction per year, Greeks as the source
 * gives them, unknown null. A row is mended or refused by name, never silently.
 */
import { basename } from "node:path";
import { VoldeskError } from "../../config/errors.ts";
import type { IsoDay, Micros } from "../../engines/market/index.ts";
import { type CleanContext, cleanRows } from "./chain-clean.ts";
import { type RawChain, readRaw } from "./chain-raw.ts";
import type { ChainRow } from "./chain-row.ts";
import { type ChainMapping, readMapping } from "./mapping.ts";
import { type ImportReport, Reporter } from "./report.ts";

export type { ChainRow };

export interface ChainImport {
  readonly format: string;
  /** `currency`, or `coin` where premiums are in the underlying. */
  readonly premium: "currency" | "coin";
  /** Underlyings and days of the rows, each in order. */
  readonly symbols: readonly string[];
  readonly days: readonly IsoDay[];
  readonly rows: readonly ChainRow[];
  readonly report: ImportReport;
}

export interface ChainOptions {
  /** Underlying, where the file does not tell. */
  readonly symbol?: string;
  /** Trade date, where the file does not tell. */
  readonly asOf?: IsoDay;
  /** Columns of a table that is not known here. */
  readonly mapping?: ChainMapping | string;
}

/**
 * Reads a chain file: a Cboe quote table, a yfinance-like CSV, Deribit snapshots, a JSON of chains by expiry, Lean end-of-day rows,
 * OptionsDX or ORATS tables, or whatever a mapping describes; plain or gzip. Known formats are found by their columns.
 * @throws VoldeskError IMP-001 unreadable, IMP-002 not of any known form, IMP-003 the mapping is wrong.
 */
export function readChain(file: string, options: ChainOptions = {}): ChainImport {
  const mapping = typeof options.mapping === "string" ? readMapping(options.mapping) : options.mapping;
  const report = new Reporter(file, "unknown");
  const raw: RawChain = readRaw(file, mapping, report);
  report.format = raw.format;
  const context: CleanContext = {
    symbol: options.symbol ?? raw.symbol ?? symbolOfName(file),
    asOf: options.asOf ?? null,
  };
  const rows = cleanRows(raw, context, report);
  if (report.read === 0) report.tell("empty_chain", "the file has no rows");
  return {
    format: raw.format,
    premium: raw.premium,
    symbols: [...new Set(rows.map((r) => r.symbol))].sort(),
    days: [...new Set(rows.flatMap((r) => (r.asOf === null ? [] : [r.asOf])))].sort(),
    rows,
    report: report.done(rows.length),
  };
}

export interface Chain {
  readonly symbol: string;
  readonly asOf: IsoDay | null;
  readonly spot: number | null;
  /** Time of the latest quote. */
  readonly quoteUs: Micros | null;
  readonly rows: readonly ChainRow[];
}

/**
 * One underlying's chain of one day: the day named, else the latest.
 * @throws VoldeskError IMP-004 where the import has no rows of it, or several underlyings and none is named.
 */
export function chainOf(
  from: ChainImport,
  want: { readonly symbol?: string | undefined; readonly asOf?: string | undefined } = {},
): Chain {
  const where = from.report.file;
  const symbol = want.symbol ?? (from.symbols.length === 1 ? from.symbols[0] : undefined);
  if (symbol === undefined) {
    const known = from.symbols.length === 0 ? "no rows" : `the chains of ${from.symbols.join(", ")}`;
    throw new VoldeskError("IMP-004", `the file holds ${known}`, "Name one with --symbol.", where);
  }
  const own = from.rows.filter((r) => r.symbol === symbol);
  const day =
    want.asOf ??
    own.reduce<string | null>((d, r) => (r.asOf !== null && r.asOf > (d ?? "") ? r.asOf : d), null);
  const rows = day === null ? own : own.filter((r) => r.asOf === day);
  if (rows.length === 0)
    throw new VoldeskError(
      "IMP-004",
      `no rows of ${symbol}${day === null ? "" : ` on ${day}`}`,
      `It holds ${from.symbols.join(", ") || "nothing"} on ${from.days.join(", ") || "no day"}.`,
      where,
    );
  const latest = rows.reduce<ChainRow>(
    (best, r) => ((r.quoteUs ?? 0) > (best.quoteUs ?? 0) ? r : best),
    rows[0] as ChainRow,
  );
  return {
    symbol,
    asOf: day as IsoDay | null,
    spot: latest.spot ?? rows.find((r) => r.spot !== null)?.spot ?? null,
    quoteUs: latest.quoteUs,
    rows,
  };
}

/** `SPY.csv.gz`, `spx_2023-09-14_1631.csv.gz`: the word in front. */
function symbolOfName(file: string): string | null {
  const m = /^([A-Za-z]{1,6})(?=[._-])/.exec(basename(file));
  return m === null ? null : (m[1] as string).toUpperCase();
}
