/** Chain files as rows of texts by field, before anything is judged. */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { VoldeskError } from "../../config/errors.ts";
import type { Zone } from "../../engines/market/index.ts";
import { CBOE, type ChainMapping, columnsOf, KNOWN, type RowField, type SideField } from "./mapping.ts";
import type { Reporter } from "./report.ts";
import { csvLines, jsonOf, type Line, readSource } from "./source.ts";
import { headlineInstant, instantOf, numberOf, saysNothing } from "./values.ts";

export type RawRow = Partial<Record<RowField | SideField, string>> & { readonly where: string };

export interface RawChain {
  readonly format: string;
  readonly ivUnit: "fraction" | "percent" | "auto";
  readonly premium: "currency" | "coin";
  readonly zone: Zone | null;
  readonly symbol: string | null;
  /** What the file or its companion says of the whole snapshot. */
  readonly quoteUs: number | null;
  readonly spot: number | null;
  readonly rows: readonly RawRow[];
}

/** @throws VoldeskError IMP-001, IMP-002. */
export function readRaw(file: string, mapping: ChainMapping | undefined, report: Reporter): RawChain {
  const text = readSource(file);
  if (mapping === undefined && /^\s*\{/.test(text)) return byExpiry(jsonOf(text, file), file, report);
  const lines = csvLines(text, file);
  const cboe = mapping === undefined ? cboeTable(lines, report) : null;
  if (cboe !== null) return cboe;
  const header = lines[0]?.cells ?? [];
  const has = new Set(header);
  const found = mapping ?? KNOWN.find((m) => columnsOf(m).every((c) => has.has(c)));
  if (found === undefined) {
    const what =
      header.length === 0
        ? "the file is empty"
        : `no known chain has the columns ${header.slice(0, 8).join(", ")}`;
    throw new VoldeskError(
      "IMP-002",
      what,
      "Describe its columns in a mapping file and name that with --mapping.",
      file,
    );
  }
  const missing = columnsOf(found).filter((c) => !has.has(c));
  for (const column of missing)
    report.tell("missing_column", "a column of the mapping is not in the file", column);
  const rows = lines.slice(1).flatMap(reader(found, header));
  report.read += lines.length - 1;
  const raw: RawChain = {
    format: found.name,
    ivUnit: found.iv_unit,
    premium: found.premium,
    zone: found.zone ?? null,
    symbol: found.symbol ?? null,
    quoteUs: null,
    spot: null,
    rows,
  };
  return found.name === "yfinance" ? withMeta(raw, file, report) : raw;
}

function reader(m: ChainMapping, header: readonly string[]): (line: Line) => RawRow[] {
  const places = (columns: Partial<Record<string, string>> | undefined): [string, number][] =>
    Object.entries(columns ?? {})
      .map(([field, column]): [string, number] => [field, header.indexOf(column as string)])
      .filter(([, at]) => at >= 0);
  const [common, call, put] = [places(m.columns), places(m.call), places(m.put)];
  const fill = (row: RawRow, from: readonly [string, number][], line: Line): RawRow => {
    for (const [field, at] of from) {
      const text = line.cells[at];
      if (text !== undefined && !saysNothing(text)) row[field as RowField] = text;
    }
    return row;
  };
  return (line) => {
    const where = `line ${line.no}`;
    if (m.call === undefined && m.put === undefined) return [fill({ where }, common, line)];
    const side = (type: string, name: string, own: readonly [string, number][]): RawRow => ({
      ...fill(fill({ where: `${where} ${name}` }, common, line), own, line),
      type,
    });
    return [
      ...(m.call === undefined ? [] : [side("C", "call", call)]),
      ...(m.put === undefined ? [] : [side("P", "put", put)]),
    ];
  };
}

/** A quote table as Cboe's site gives it: name and time above, calls left, puts right. Null for anything else. */
function cboeTable(lines: readonly Line[], report: Reporter): RawChain | null {
  const at = lines.findIndex(({ cells }) => cells[0] === "Expiration Date" && cells.includes("Puts"));
  if (at < 0) return null;
  const cells = (lines[at] as Line).cells;
  const puts = cells.indexOf("Puts");
  const header = cells.map((name, i) => {
    if (name === "Calls" || name === "Puts") return `${i < puts ? "c" : "p"} symbol`;
    if (name === "Expiration Date" || name === "Strike") return name;
    return `${i < puts ? "c" : "p"} ${name}`;
  });
  const head = lines.slice(0, at).map((l) => l.cells.join(","));
  const last = /Last:\s*([\d.]+)/.exec(head.join(" "))?.[1];
  const quoteUs = headlineInstant(head.find((l) => l.includes("Date:")) ?? "");
  if (quoteUs === null) report.tell("no_time", "the file does not say when its quotes were taken");
  const body = lines.slice(at + 1);
  report.read += body.length * 2;
  return {
    format: CBOE.name,
    ivUnit: CBOE.iv_unit,
    premium: "currency",
    zone: null,
    symbol: null,
    quoteUs,
    spot: last === undefined ? null : numberOf(last),
    rows: body.flatMap(reader(CBOE, header)),
  };
}

/** The `spot` column of these files is the session's close while the quotes were taken later: `meta.json` beside them tells. */
function withMeta(raw: RawChain, file: string, report: Reporter): RawChain {
  const meta = join(dirname(file), "meta.json");
  const ticker = basename(file).split(".")[0] ?? "";
  const told = existsSync(meta) ? (jsonOf(readSource(meta), meta) as Record<string, unknown> | null) : null;
  const own = (told?.["tickers"] as Record<string, Record<string, unknown>> | undefined)?.[ticker];
  const quoteUs = typeof told?.["utc"] === "string" ? instantOf(told["utc"], null) : null;
  const spot = own?.["spot_live"];
  if (quoteUs === null || typeof spot !== "number") {
    report.tell(
      "spot_other_time",
      "the spot is the session's close, the quotes may be of another time: no meta.json tells",
    );
    return raw;
  }
  report.tell(
    "spot_replaced",
    "the spot column is an earlier close; the spot taken with the quotes was used",
  );
  return { ...raw, quoteUs, spot };
}

/** `{ticker, date, spot, chains: {expiry: {calls: [...], puts: [...]}}}`, IV as fractions, whatever the summaries beside them use. */
function byExpiry(value: unknown, file: string, report: Reporter): RawChain {
  const top = value as Record<string, unknown>;
  const chains = top["chains"];
  if (typeof chains !== "object" || chains === null)
    throw new VoldeskError(
      "IMP-002",
      "the JSON holds no chains by expiry",
      "Check that it is the right file.",
      file,
    );
  const text = (v: unknown): string => (typeof v === "number" || typeof v === "string" ? String(v) : "");
  const rows: RawRow[] = [];
  for (const [expiry, sides] of Object.entries(chains as Record<string, unknown>)) {
    for (const [type, name] of [
      ["C", "calls"],
      ["P", "puts"],
    ] as const) {
      const list = (sides as Record<string, unknown> | null)?.[name];
      if (!Array.isArray(list)) {
        report.tell("missing_side", "an expiry lacks its calls or its puts", `${expiry} ${name}`);
        continue;
      }
      list.forEach((item: unknown, i) => {
        const o = (item ?? {}) as Record<string, unknown>;
        const fields: [keyof RawRow, unknown][] = [
          ["strike", o["strike"]],
          ["last", o["lastPrice"]],
          ["bid", o["bid"]],
          ["ask", o["ask"]],
          ["volume", o["volume"]],
          ["open_interest", o["openInterest"]],
          ["iv", o["iv"]],
          ["delta", o["delta"]],
        ];
        const said = fields.filter(([, v]) => !saysNothing(text(v))).map(([k, v]) => [k, text(v)]);
        rows.push({
          ...Object.fromEntries(said),
          expiry,
          type,
          as_of: text(top["date"]),
          where: `${expiry} ${name} ${i + 1}`,
        });
      });
    }
  }
  report.read += rows.length;
  const stamp = text(top["timestamp"]);
  const quoteUs = instantOf(stamp, null);
  if (quoteUs === null) report.tell("no_zone", "the time of the quotes names no zone and is not used", stamp);
  const symbol = text(top["ticker"]) || null;
  return {
    format: "chains-json",
    ivUnit: "fraction",
    premium: "currency",
    zone: null,
    symbol,
    quoteUs,
    spot: numberOf(text(top["spot"])),
    rows,
  };
}
