import { isoDayNumber } from "../../../engines/market/index.ts";
import { type SurfaceResult, standing } from "../../../engines/surface/index.ts";
import { type SymbolHistory, surfacesBefore } from "../history.ts";
import type { SmileColumns, SurfaceStanding, SurfaceThen } from "../protocol.ts";
import type { PriorSurface } from "./prior.ts";
import { NO_SMILE, smileColumns } from "./smile.ts";

const WEEK_DAYS = 7;
/** A session this many days older than the week asked for still stands for it: holidays. */
const SLACK_DAYS = 4;
const DAY = 1 / 365;

const nothing = (reason: string): SurfaceThen => ({
  day: null,
  source: reason,
  tenors: [],
  curve: { days: new Float64Array(0), vol: new Float64Array(0) },
});

/** The surface of the session before: from its settlement marks where the session has them, else from the history that is kept. */
export function dayBefore(
  prior: PriorSurface | string,
  history: SymbolHistory | null,
  today: string,
  tenors: readonly number[],
): SurfaceThen {
  if (typeof prior !== "string") return fromResult(prior, tenors);
  const last = surfacesBefore(history, today).at(-1);
  const age = last === undefined ? Number.NaN : daysBetween(last.day, today);
  if (last === undefined || history === null) return nothing(`${prior}; ${lacking(history)}`);
  if (age > SLACK_DAYS) return nothing(`${prior}; the history ends on ${last.day}`);
  return fromHistory(history, last, tenors);
}

/** The surface a week ago, from the history that is kept: the last session at least seven days back. */
export function weekBefore(
  history: SymbolHistory | null,
  today: string,
  tenors: readonly number[],
): SurfaceThen {
  const then = surfacesBefore(history, today).findLast((s) => daysBetween(s.day, today) >= WEEK_DAYS);
  if (then === undefined || history === null) return nothing(lacking(history));
  if (daysBetween(then.day, today) > WEEK_DAYS + SLACK_DAYS)
    return nothing(`the history has nothing between ${then.day} and this week`);
  return fromHistory(history, then, tenors);
}

const lacking = (history: SymbolHistory | null): string =>
  history?.problem ??
  (history === null || history.surfaces.length === 0
    ? "no history of it is kept: `voldesk db history` makes one from the warehouse"
    : "the history has no earlier session");

const daysBetween = (from: string, to: string): number =>
  (isoDayNumber(to) ?? Number.NaN) - (isoDayNumber(from) ?? Number.NaN);

function fromResult({ day, result, source }: PriorSurface, tenors: readonly number[]): SurfaceThen {
  const fitted = result.expiries.filter((e) => e.figures !== null);
  return {
    day,
    source,
    tenors: tenors.map((days) =>
      smileColumns(result.tenors.find((t) => t.days === days && t.kind !== "none")?.figures ?? null),
    ),
    curve: {
      days: Float64Array.from(fitted, (e) => (e.figures?.T ?? Number.NaN) / DAY),
      vol: Float64Array.from(fitted, (e) => e.figures?.atmVol ?? Number.NaN),
    },
  };
}

function fromHistory(
  history: SymbolHistory,
  then: SymbolHistory["surfaces"][number],
  tenors: readonly number[],
): SurfaceThen {
  const known = then.tenors.filter((t) => t.atm !== null);
  return {
    day: then.day,
    source: `warehouse, ${history.surfaceProvider ?? "unknown source"}, close of ${then.day}`,
    tenors: tenors.map((days) => {
      const t = then.tenors.find((x) => x.days === days);
      if (t === undefined) return NO_SMILE;
      const { atm, riskReversal25, butterfly25 } = t;
      return { ...NO_SMILE, atm, riskReversal25, butterfly25, ...wings(t) };
    }),
    curve: {
      days: Float64Array.from(known, (t) => t.days),
      vol: Float64Array.from(known, (t) => t.atm as number),
    },
  };
}

/** Put and call vols at 25 delta from their mean and difference. */
function wings(t: {
  readonly atm: number | null;
  readonly riskReversal25: number | null;
  readonly butterfly25: number | null;
}): Pick<SmileColumns, "put25" | "call25"> {
  if (t.atm === null || t.riskReversal25 === null || t.butterfly25 === null)
    return { put25: null, call25: null };
  const mean = t.atm + t.butterfly25;
  return { put25: mean - t.riskReversal25 / 2, call25: mean + t.riskReversal25 / 2 };
}

/** Where each constant maturity's vol stands among its own earlier sessions; null with too few of them. */
export function standings(
  result: SurfaceResult,
  history: SymbolHistory | null,
  today: string,
): { readonly reason: string | null; readonly tenors: readonly (SurfaceStanding | null)[] } {
  const past = surfacesBefore(history, today);
  const tenors = result.tenors.map((row) => {
    const atm = row.figures?.atmVol ?? null;
    const values = past.map((s) => s.tenors.find((t) => t.days === row.days)?.atm ?? Number.NaN);
    return standing(atm, values);
  });
  if (tenors.some((t) => t !== null)) return { reason: null, tenors };
  const reason =
    past.length === 0 ? lacking(history) : `${past.length} earlier sessions are kept, 20 are needed`;
  return { reason, tenors };
}
