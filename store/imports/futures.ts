/** Daily settlements of vol-index futures from files: one a row with its expiry, or a strip of ranks (`M1`, `M2`, …) a day. */
import { basename } from "node:path";
import { VoldeskError } from "../../config/errors.ts";
import type { IsoDay } from "../../engines/market/index.ts";
import { nextExpiries, VOL_INDICES, type VolIndex } from "../../engines/surface/index.ts";
import { type ImportReport, Reporter } from "./report.ts";
import { csvLines, type Line, readSource } from "./source.ts";
import { dayOf, numberOf } from "./values.ts";

export interface FutureRow {
  readonly day: IsoDay;
  readonly expiry: IsoDay;
  readonly settle: number;
}
export interface FuturesImport {
  /** The vol index: `VIX`. */
  readonly symbol: string;
  readonly rows: readonly FutureRow[];
  readonly report: ImportReport;
}

const DATE = ["date", "day", "trade date"];
const EXPIRY = ["expiry", "expiration", "expiration_date"];
const PRICE = ["settle", "settlement", "close", "price"];
/** Vol points beyond which a price is none. */
const MOST = 500;
/** A price like this is a fraction of 1, not vol points. */
const FRACTION = 2;

const familyOf = (name: string): VolIndex | undefined =>
  VOL_INDICES.find((v) => v.index === name || v.roots.includes(name));

/** None for days that the calendars do not cover. */
function expiriesAfter(family: VolIndex, day: IsoDay, count: number): readonly IsoDay[] {
  try {
    return nextExpiries(family, day, count);
  } catch {
    return [];
  }
}

/**
 * Reads settlements. Ranks have no expiry of their own: M1 is the first monthly future that settles after the day, by the calendar of the index.
 * A price that is no number above 0, or reads as a fraction, refuses its cell and is told.
 * @throws VoldeskError IMP-001, IMP-002 (no such columns, an index whose futures are not known).
 */
export function readFutures(file: string, named?: string): FuturesImport {
  const lines = csvLines(readSource(file), file);
  const head = (lines[0]?.cells ?? []).map((c) => c.toLowerCase());
  const word = /^([A-Za-z0-9]{2,5})(?=[._-])/.exec(basename(file))?.[1];
  const family = familyOf((named ?? word ?? "").toUpperCase());
  if (family === undefined)
    throw new VoldeskError(
      "IMP-002",
      "the file does not say which index its futures are on",
      `Name it with --symbol: ${VOL_INDICES.map((v) => v.index).join(" or ")}.`,
      file,
    );
  const at = (names: readonly string[]): number => head.findIndex((c) => names.includes(c));
  const ranks = head.flatMap((c, i) => (/^m\d{1,2}$/.test(c) ? [{ rank: Number(c.slice(1)), i }] : []));
  const [date, expiry, price] = [at(DATE), at(EXPIRY), at(PRICE)];
  if (date < 0 || (ranks.length === 0 && (expiry < 0 || price < 0)))
    throw new VoldeskError(
      "IMP-002",
      "the file has no settlements by expiry or rank",
      "It needs a header with date and M1, M2, … or with date, expiry and settle.",
      file,
    );
  const report = new Reporter(file, "vol futures");
  const kept = new Map<string, FutureRow>();
  const add = (day: IsoDay, until: IsoDay | null, text: string, where: string): boolean => {
    const settle = numberOf(text);
    if (settle === null || !(settle > 0) || settle > MOST || until === null || until < day) return false;
    if (settle < FRACTION)
      report.tell(
        "fraction",
        "a price below 2 reads as a fraction of 1; vol points are taken as they stand",
        where,
      );
    kept.set(`${day} ${until}`, { day, expiry: until, settle });
    return true;
  };
  const ofLine = (line: Line, day: IsoDay, where: string): number => {
    if (ranks.length === 0)
      return add(day, dayOf(line.cells[expiry] ?? ""), line.cells[price] ?? "", where) ? 1 : 0;
    const expiries = expiriesAfter(family, day, Math.max(...ranks.map((r) => r.rank)));
    return ranks.filter(({ rank, i }) => add(day, expiries[rank - 1] ?? null, line.cells[i] ?? "", where))
      .length;
  };
  let taken = 0;
  for (const line of lines.slice(1)) {
    report.read++;
    const where = `line ${line.no}`;
    const day = dayOf(line.cells[date] ?? "");
    if (day === null) {
      report.refuse("bad_time", "the day cannot be read", where);
      continue;
    }
    const before = kept.size;
    const good = ofLine(line, day, where);
    if (good === 0) {
      report.refuse(
        "bad_price",
        "no price of it is a positive number with an expiry to come that the calendars know",
        where,
      );
      continue;
    }
    taken++;
    if (kept.size === before)
      report.tell("duplicate", "a second row of one day and expiry; the last stays", where);
    else if (ranks.length > good) report.tell("missing_rank", "some ranks of the day have no price", where);
  }
  if (kept.size === 0) report.tell("empty", "the file has no usable rows");
  const rows = [...kept.values()].sort((a, b) =>
    a.day === b.day ? (a.expiry < b.expiry ? -1 : 1) : a.day < b.day ? -1 : 1,
  );
  return { symbol: family.index, rows, report: report.done(taken) };
}
