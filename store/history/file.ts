/**
 * What a desk keeps of a name from earlier sessions, in one small file: constant maturities and daily candles. The warehouse
 * makes these files; a desk reads one when a pane asks for the name, so that it needs no database.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

export const HISTORY_VERSION = 1;
/** Bytes that twenty years of a name do not reach. */
const MOST_BYTES = 4_000_000;

const day = z.string().regex(/^\d{4}-\d\d-\d\d$/);
const figure = z.number().nullable();
const figures = z.array(figure);

const historySchema = z
  .object({
    schema: z.literal("voldesk.history"),
    version: z.literal(HISTORY_VERSION),
    symbol: z.string().min(1),
    surface: z
      .object({
        provider: z.string(),
        tenors: z.array(z.number().positive()),
        days: z.array(day),
        /** By tenor, one value a day. Vols and differences per 1.00. */
        atm: z.array(figures),
        riskReversal25: z.array(figures),
        butterfly25: z.array(figures),
      })
      .nullable(),
    daily: z
      .object({
        provider: z.string(),
        adjusted: z.boolean(),
        days: z.array(day),
        open: figures,
        high: figures,
        low: figures,
        close: figures,
        volume: figures,
      })
      .nullable(),
    /** Settlements of futures on the name, by day: expiries and vol points. */
    futures: z
      .object({
        provider: z.string(),
        days: z.array(day),
        expiries: z.array(z.array(day)),
        settle: z.array(z.array(z.number().positive())),
      })
      .nullable()
      .default(null),
  })
  .refine((h) => {
    const s = h.surface;
    const d = h.daily;
    const ascending = (days: readonly string[]): boolean =>
      days.every((x, i) => i === 0 || x > (days[i - 1] as string));
    const square =
      s === null ||
      (ascending(s.days) &&
        [s.atm, s.riskReversal25, s.butterfly25].every(
          (rows) => rows.length === s.tenors.length && rows.every((r) => r.length === s.days.length),
        ));
    const whole =
      d === null ||
      (ascending(d.days) &&
        [d.open, d.high, d.low, d.close, d.volume].every((c) => c.length === d.days.length));
    const f = h.futures;
    const strips =
      f === null ||
      (ascending(f.days) &&
        f.expiries.length === f.days.length &&
        f.settle.length === f.days.length &&
        f.expiries.every((e, i) => ascending(e) && e.length === f.settle[i]?.length));
    return square && whole && strips;
  }, "columns of different length, or days out of order");
export type HistoryFile = z.output<typeof historySchema>;

/** `SPX` → `SPX.json`; signs that a file name can't hold are written as their code. */
export const historyPath = (dir: string, symbol: string): string =>
  join(dir, `${symbol.replace(/[^A-Za-z0-9.-]/g, (c) => `_${c.charCodeAt(0).toString(16)}`)}.json`);

/** Written beside and moved in place, so that a desk never reads half a file. */
export function writeHistory(dir: string, history: HistoryFile): string {
  mkdirSync(dir, { recursive: true });
  const path = historyPath(dir, history.symbol);
  writeFileSync(`${path}.new`, JSON.stringify(history));
  renameSync(`${path}.new`, path);
  return path;
}

/** The file of a name; null where there is none, words where it can't be used. */
export function readHistory(dir: string, symbol: string): HistoryFile | string | null {
  const path = historyPath(dir, symbol);
  if (!existsSync(path)) return null;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    return `its history can't be read (${(error as NodeJS.ErrnoException).code ?? "unreadable"})`;
  }
  if (text.length > MOST_BYTES) return "its history file is too big to be one";
  try {
    const parsed = historySchema.safeParse(JSON.parse(text));
    if (!parsed.success)
      return `its history file is not usable: ${parsed.error.issues[0]?.message ?? "wrong shape"}`;
    return parsed.data.symbol === symbol ? parsed.data : `its history file is of ${parsed.data.symbol}`;
  } catch {
    return "its history file is damaged";
  }
}
