/** Candles from files: intraday bars by their start, daily ones by their day. Prices as the source gives them, adjusted or not as told. */
import { basename } from "node:path";
import { VoldeskError } from "../../config/errors.ts";
import {
  type IsoDay,
  isIsoDay,
  isoDayAt,
  isoToDay,
  type Micros,
  wallToUs,
  type Zone,
} from "../../engines/market/index.ts";
import { type ImportReport, Reporter } from "./report.ts";
import { csvLines, type Line, readSource } from "./source.ts";
import { dayOf, instantOf, numberOf } from "./values.ts";

export interface Candle {
  readonly day: IsoDay;
  /** Start of the bar, µs UTC; null for a daily candle. */
  readonly startUs: Micros | null;
  readonly open: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly close: number;
  readonly volume: number | null;
}

export interface CandleImport {
  readonly symbol: string;
  readonly adjusted: boolean;
  /** In order of time, one a time. */
  readonly rows: readonly Candle[];
  readonly report: ImportReport;
}

export interface CandleOptions {
  readonly symbol?: string | undefined;
  /** Zone of times of day. */
  readonly zone?: Zone | undefined;
  /** Day of files that hold times only. */
  readonly day?: IsoDay | undefined;
  readonly adjusted?: boolean | undefined;
}

const NAMES: Readonly<Record<string, readonly string[]>> = {
  symbol: ["symbol", "ticker"],
  at: ["datetime", "timestamp"],
  date: ["date", "day"],
  time: ["time"],
  ms: ["ms"],
  open: ["open"],
  high: ["high"],
  low: ["low"],
  close: ["close", "price"],
  volume: ["volume", "vol."],
};
type Field = keyof typeof NAMES & string;

function header(line: Line | undefined, file: string): Map<Field, number> {
  const cells = (line?.cells ?? []).map((c) => c.toLowerCase());
  const found = new Map<Field, number>();
  for (const [field, names] of Object.entries(NAMES)) {
    const at = cells.findIndex((c) => names.includes(c));
    if (at >= 0) found.set(field, at);
  }
  if (!found.has("close"))
    throw new VoldeskError(
      "IMP-002",
      "the file has no column of closes",
      "Candles need a header with date or time, open, high, low and close.",
      file,
    );
  return found;
}

/**
 * Reads candles from CSV, plain or gzip: columns of a day, a time of day (`HH:MM`, or ms after midnight), or an instant, and prices.
 * `daily` says that rows are days; a time in them is an error of the caller's. Rows out of order are sorted, a second row of one time
 * is refused, a high below or a low above the others is told, a close that is no positive number refuses the row.
 * @throws VoldeskError IMP-001, IMP-002 (no such columns, no day or symbol where the file tells none).
 */
export function readCandles(file: string, daily: boolean, options: CandleOptions = {}): CandleImport {
  const lines = csvLines(readSource(file), file);
  const at = header(lines[0], file);
  const text = (line: Line, field: Field): string => line.cells[at.get(field) ?? -1] ?? "";
  const report = new Reporter(file, daily ? "daily" : "bars");
  const zone = options.zone ?? "America/New_York";
  const named = dayOf(/\d{4}-\d\d-\d\d/.exec(basename(file))?.[0] ?? "");
  const fixed = options.day ?? named;
  if (!daily && !at.has("at") && !at.has("date") && fixed === null)
    throw new VoldeskError(
      "IMP-002",
      "the rows have no day",
      "Name it: --day YYYY-MM-DD to import, --as-of in a study.",
      file,
    );
  const word = /^([A-Za-z]{1,6})(?=[._-])/.exec(basename(file))?.[1]?.toUpperCase();
  const symbol = options.symbol ?? (lines[1] === undefined ? "" : text(lines[1], "symbol")) ?? "";
  const own = symbol !== "" ? symbol : word;
  if (own === undefined)
    throw new VoldeskError("IMP-002", "the symbol is not told", "Name it with --symbol.", file);
  const kept = new Map<string, Candle>();
  for (const line of lines.slice(1)) {
    report.read++;
    const where = `line ${line.no}`;
    const when = timeOf((f) => text(line, f), at, daily, zone, fixed);
    if (when === null) {
      report.refuse("bad_time", "the day or the time cannot be read", where);
      continue;
    }
    const [open, high, low, close] = (["open", "high", "low", "close"] as const).map((f) =>
      price(text(line, f)),
    );
    if (close === null || close === undefined) {
      report.refuse("bad_close", "the close is missing or not positive", where);
      continue;
    }
    const key = String(when.startUs ?? when.day);
    if (kept.has(key)) {
      report.refuse("duplicate", "a second row of one time; the first stays", where);
      continue;
    }
    const all = [open, high, low, close].filter((v): v is number => v !== null && v !== undefined);
    if ((high && high < Math.max(...all)) || (low && low > Math.min(...all)))
      report.tell("inconsistent", "the high or the low does not span open and close", where);
    const volume = numberOf(text(line, "volume"));
    if (volume === null && text(line, "volume") !== "")
      report.mend(line, "bad_volume", "the volume is no number and counts as unknown", where);
    kept.set(key, {
      ...when,
      open: open ?? null,
      high: high ?? null,
      low: low ?? null,
      close,
      volume: volume !== null && volume >= 0 ? volume : null,
    });
  }
  if (kept.size === 0) report.tell("empty", "the file has no usable rows");
  const order = (c: Candle): number => c.startUs ?? isoToDay(c.day);
  const rows = [...kept.values()].sort((a, b) => order(a) - order(b));
  return { symbol: own, adjusted: options.adjusted ?? false, rows, report: report.done(rows.length) };
}

const price = (text: string): number | null => {
  const v = numberOf(text);
  return v !== null && v > 0 ? v : null;
};

function timeOf(
  text: (field: Field) => string,
  at: ReadonlyMap<Field, number>,
  daily: boolean,
  zone: Zone,
  fixed: IsoDay | null,
): { day: IsoDay; startUs: Micros | null } | null {
  if (daily) {
    const day = dayOf(text(at.has("date") ? "date" : "at"));
    return day !== null && isIsoDay(day) ? { day, startUs: null } : null;
  }
  if (at.has("at")) {
    const us = instantOf(text("at"), zone);
    return us === null ? null : { day: isoDayAt(zone, us as Micros), startUs: us as Micros };
  }
  const day = at.has("date") ? dayOf(text("date")) : fixed;
  if (day === null) return null;
  const clock = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text("time"));
  const ms = at.has("ms") ? numberOf(text("ms")) : null;
  const minutes =
    ms !== null
      ? ms / 60_000
      : clock
        ? Number(clock[1]) * 60 + Number(clock[2]) + Number(clock[3] ?? 0) / 60
        : null;
  return minutes === null || minutes < 0 || minutes >= 1440
    ? null
    : { day, startUs: wallToUs(zone, isoToDay(day), minutes) };
}

/** The commonest distance of bars, whole seconds; null with fewer than two. */
export function barSeconds(rows: readonly Candle[]): number | null {
  const counts = new Map<number, number>();
  for (let i = 1; i < rows.length; i++) {
    const [a, b] = [rows[i - 1]?.startUs, rows[i]?.startUs];
    if (a == null || b == null) continue;
    const s = Math.round((b - a) / 1e6);
    counts.set(s, (counts.get(s) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? null;
}
