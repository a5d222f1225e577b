import type { InstrumentId } from "../../engines/market/index.ts";
import type { MarginPosition, MarginResult } from "../../engines/portfolio/index.ts";
import { type ScenarioResult, underlyingOf } from "../../engines/scenario/index.ts";
import type { ScenariosView } from "./protocol.ts";
import type { DeskHolding } from "./scenario-market.ts";
import type { ViewContext } from "./views/context.ts";

/** Moves of an underlying in percent when the axis moves: null where it can't be told. */
export type MoveOf = (underlying: InstrumentId, spotPct: number) => number | null;

/**
 * Margin of the account at spot move `s` of a grid, today at present vols: positions at their moved marks, staged legs as if filled at
 * theirs.
 */
export function marginAt(
  context: ViewContext,
  holdings: readonly DeskHolding[],
  result: ScenarioResult,
  moveOf: MoveOf,
  s: number,
): MarginResult {
  const { spotPct, volPts, days } = result.axes;
  const cell = (s * volPts.length + volPts.indexOf(0)) * days.length;
  const source = context.source();
  const index = new Map(holdings.map((h, i) => [h.id, i]));
  const moved = (i: number, p: MarginPosition): MarginPosition => {
    const h = holdings[i];
    const move = h === undefined ? null : moveOf(underlyingOf(h), spotPct[s] ?? 0);
    const gain = result.leg(i)[cell] ?? Number.NaN;
    const size = h === undefined || h.fx === null ? Number.NaN : h.qty * h.instrument.multiplier * h.fx;
    const mark = p.mark === null || !Number.isFinite(gain / size) ? null : p.mark + gain / size;
    return { ...p, mark, spot: p.spot === null || move === null ? null : p.spot * (1 + move / 100) };
  };
  const added = holdings.flatMap((h, i): MarginPosition[] => {
    if (h.ticket === null) return [];
    const option = h.instrument.kind === "option";
    const spot = option ? (source.spot(underlyingOf(h))?.price ?? null) : h.mark;
    return [moved(i, { instrument: h.instrument, qty: h.qty, mark: h.mark, spot })];
  });
  const cash = holdings
    .filter((h) => h.ticket !== null)
    .reduce<number | null>(
      (sum, h) =>
        sum === null || h.mark === null || h.fx === null
          ? null
          : sum - h.qty * h.mark * h.instrument.multiplier * h.fx,
      0,
    );
  return context.facts.margin.whatIf(context.value(), {
    marked: (key, p) => {
      const i = index.get(key);
      return i === undefined ? p : moved(i, p);
    },
    added,
    cash,
  });
}

/** Margin now and along the spot axis. Only where the grid holds the whole account: a part of the book has no margin of its own. */
export function marginUnder(
  context: ViewContext,
  holdings: readonly DeskHolding[],
  result: ScenarioResult,
  moveOf: MoveOf,
): ScenariosView["margin"] {
  const { spotPct } = result.axes;
  const all = Array.from(spotPct, (_, s) => marginAt(context, holdings, result, moveOf, s));
  const now = all[spotPct.indexOf(0)];
  return {
    initial: now?.initial ?? null,
    cushion: now?.cushion ?? null,
    initialBySpot: Float64Array.from(all, (m) => m.initial ?? Number.NaN),
    cushionBySpot: Float64Array.from(all, (m) => m.cushion ?? Number.NaN),
    reason: now?.missing[0] ?? null,
  };
}

/** Margin of a part of the book is not shown. */
export const noMargin = (reason: string, spots: number): ScenariosView["margin"] => ({
  initial: null,
  cushion: null,
  initialBySpot: new Float64Array(spots).fill(Number.NaN),
  cushionBySpot: new Float64Array(spots).fill(Number.NaN),
  reason,
});
