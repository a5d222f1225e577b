/**
 * Published series into entries of a market file: interest rates (FRED's CSV), exchange rates (a day and a column a pair, as the ECB's
 * reference rates) and dividends (a day and an amount, as in yfinance's candles). What a row can't say is refused and told.
 */
import { importRateCsv } from "../../config/rate-csv.ts";
import { isoDayNumber } from "../../engines/market/index.ts";
import { type ImportReport, Reporter } from "./report.ts";
import { csvLines } from "./source.ts";

/** Days to take, both ends included. */
export interface DayRange {
  readonly from: string;
  readonly until: string;
}

/** An entry as the market file writes it; `key` tells which older entry it takes the place of. */
export interface MarketEntry {
  readonly list: "rates" | "dividends" | "fx";
  readonly key: Readonly<Record<string, string>>;
  readonly value: Readonly<Record<string, unknown>>;
}

export interface MarketImport {
  readonly report: ImportReport;
  readonly entries: readonly MarketEntry[];
}

const inside = (day: string, { from, until }: DayRange): boolean => from <= day && day <= until;
/** A fraction as the file writes it; 15 digits hold every published rate. */
const percentText = (rate: number): string => `${Number((rate * 100).toPrecision(15))}%`;

interface Quote {
  readonly tenor: string;
  readonly rate: string;
  readonly basis: string;
  readonly dayCount: string;
}

/** Rate series of one currency, several files: one curve a day from all that speak of it. */
export function rateEntries(
  files: readonly { readonly name: string; readonly text: string }[],
  range: DayRange,
): { readonly reports: readonly ImportReport[]; readonly entries: readonly MarketEntry[] } {
  const days = new Map<
    string,
    { ccy: string; asOf: string; quotes: Map<number, Quote>; sources: Set<string> }
  >();
  const reports = files.map(({ name, text }) => {
    const report = new Reporter(name, "rate series");
    const found = importRateCsv(text);
    if (found.kind === "unknown_series") {
      const column = found.column ?? "none";
      report.refuse("unknown_series", `the value column ${column} is no series that is known`, "line 1");
      return report.done(0);
    }
    report.format = found.series.id;
    report.read = found.rows.length + found.empty + found.rejected.length;
    if (found.empty > 0) report.tell("no_value", "days without a value", null, found.empty);
    for (const { line, reason } of found.rejected) report.refuse("unreadable", reason, `line ${line}`);
    const { ccy, source } = found.series;
    const taken = found.rows.filter((row) => inside(row.asOf, range));
    for (const { asOf, quote } of taken) {
      const key = `${ccy} ${asOf}`;
      const day = days.get(key) ?? { ccy, asOf, quotes: new Map(), sources: new Set() };
      const { basis, dayCount } = quote;
      day.quotes.set(quote.days, { tenor: `${quote.days}d`, rate: percentText(quote.rate), basis, dayCount });
      day.sources.add(source);
      days.set(key, day);
    }
    return report.done(taken.length);
  });
  const entries = [...days.values()].map(({ ccy, asOf, quotes, sources }): MarketEntry => {
    const ordered = [...quotes].sort(([a], [b]) => a - b).map(([, quote]) => quote);
    const value = { ccy, asOf, standing: "fact", source: [...sources].join("; "), quotes: ordered };
    return { list: "rates", key: { ccy, asOf }, value };
  });
  return { reports, entries };
}

const DAY = /^(date|day|ex_?day|ex_?date|observation_date)$/i;
const PAIR = /^[A-Z]{6}$/;

interface DayRow {
  /** Null where the row has none. */
  readonly day: string | null;
  readonly cells: readonly string[];
  readonly where: string;
}

/** A table with a day in each row, and the names of its columns. */
function dayTable(
  text: string,
  name: string,
): { readonly columns: readonly string[]; readonly rows: DayRow[] } {
  const [head, ...lines] = csvLines(text, name);
  const columns = head?.cells ?? [];
  const at = columns.findIndex((c) => DAY.test(c));
  const rows = lines.map(({ cells, no }): DayRow => {
    const day = (cells[at] ?? "").slice(0, 10);
    return { day: isoDayNumber(day) === null ? null : day, cells, where: `line ${no}` };
  });
  return { columns, rows };
}

/** Exchange rates: each column named as a pair (`EURUSD`: USD per EUR) is taken, others are left. */
export function fxEntries(name: string, text: string, source: string, range: DayRange): MarketImport {
  const report = new Reporter(name, "exchange rates");
  const { columns, rows } = dayTable(text, name);
  const entries: MarketEntry[] = [];
  for (const row of rows) {
    report.read++;
    if (row.day === null) {
      report.refuse("no_day", "the row has no day", row.where);
      continue;
    }
    if (!inside(row.day, range)) continue;
    const pairs: Record<string, number> = {};
    for (const [i, column] of columns.entries()) {
      const cell = row.cells[i] ?? "";
      if (!PAIR.test(column) || cell === "") continue;
      const rate = Number(cell);
      if (rate > 0 && rate < Infinity) pairs[column] = rate;
      else report.mend(row, "no_rate", "a cell is no positive number and was left out", row.where);
    }
    if (Object.keys(pairs).length === 0)
      report.refuse("no_pair", "the row has no pair such as EURUSD", row.where);
    else entries.push({ list: "fx", key: { asOf: row.day }, value: { asOf: row.day, source, pairs } });
  }
  return { report: report.done(entries.length), entries };
}

const AMOUNT = /^(dividends?|amount)$/i;

/** Dividends of one name: the rows that pay something; the schedule speaks for the days that the file covers within the range. */
export function dividendEntries(
  name: string,
  text: string,
  about: { readonly symbol: string; readonly ccy: string; readonly source: string },
  range: DayRange,
): MarketImport {
  const report = new Reporter(name, "dividends");
  const { columns, rows } = dayTable(text, name);
  const column = columns.findIndex((c) => AMOUNT.test(c));
  if (column < 0) report.refuse("no_column", "there is no column Dividends or amount", "line 1");
  const cash: { exDay: string; amount: number; ccy: string; status: string }[] = [];
  const covered: string[] = [];
  for (const { day, cells, where } of column < 0 ? [] : rows) {
    report.read++;
    const amount = Number(cells[column] || Number.NaN);
    if (day === null) report.refuse("no_day", "the row has no day", where);
    else if (!(amount >= 0 && amount < Infinity))
      report.refuse("no_amount", "the amount is no number", where);
    else if (inside(day, range)) {
      covered.push(day);
      if (amount > 0) cash.push({ exDay: day, amount, ccy: about.ccy, status: "declared" });
    }
  }
  covered.sort((a, b) => (a < b ? -1 : 1));
  const [from, until] = [covered[0], covered.at(-1)];
  if (from === undefined || until === undefined) return { report: report.done(0), entries: [] };
  const { symbol, source } = about;
  const value = { symbol, asOf: until, from, until, standing: "fact", source, cash };
  return { report: report.done(cash.length), entries: [{ list: "dividends", key: { symbol, from }, value }] };
}
