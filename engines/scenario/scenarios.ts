import type { InstrumentId } from "../market/index.ts";
import type { TimeConvention } from "../pricing/index.ts";
import { tidyAxis } from "./axes.ts";
import { breakEvensOf } from "./break-evens.ts";
import { cellCount, DAY_US, type ScenarioAxes, unitChanges } from "./changes.ts";
import { DEFAULT_RULES, type VolRules } from "./dynamics.ts";
import {
  type Basis,
  type Prepared,
  type PreparedHolding,
  prepare,
  type ScenarioHolding,
  type ScenarioReason,
  type ScenarioSource,
  type SpotAxis,
} from "./prepare.ts";
import { addHolding, type CellTotals, knownPnl, totals } from "./totals.ts";

export interface ScenarioOptions extends VolRules {
  /** Percent of spot, vol points, calendar days forward; 0 is added to each. */
  readonly spotPct: readonly number[];
  readonly volPts: readonly number[];
  readonly days: readonly number[];
  readonly spotAxis: SpotAxis;
  readonly clock: TimeConvention;
  /** Look for break-evens: one more pass over a finer spot axis. */
  readonly breakEvens: boolean;
}

export const DEFAULT_SCENARIOS: ScenarioOptions = {
  ...DEFAULT_RULES,
  spotPct: [-20, -10, -5, 0, 5, 10, 20],
  volPts: [-10, -5, 0, 5, 10],
  days: [0, 7, 14, 30],
  spotAxis: "own",
  clock: "ACT/365F",
  breakEvens: false,
};

/** One position of the answer. */
export interface ScenarioLeg {
  readonly id: string;
  readonly underlying: InstrumentId;
  /** Vol its mark implies (per 1.00), how it was tied to the mark; null for a leg that is no option or could not be priced. */
  readonly sigma: number | null;
  readonly basis: Basis | null;
  readonly reason: ScenarioReason | null;
}

export interface ScenarioResult extends CellTotals {
  readonly axes: ScenarioAxes;
  readonly rules: VolRules;
  readonly spotAxis: SpotAxis;
  readonly legs: readonly ScenarioLeg[];
  readonly underlyings: readonly (CellTotals & { readonly id: InstrumentId })[];
  /** Cell of the least known P&L; null for an empty book. */
  readonly worst: number | null;
  /** Known P&L of one day passing with nothing else moving; null for an empty book. */
  readonly burnPerDay: number | null;
  /** Per day of the axis: spot moves in percent, within the axis, at which the known P&L from now is 0 at present vols, ascending; no move itself is left out on day 0. */
  readonly breakEvens: readonly (readonly number[])[] | null;
  /** Options tied to their mark, and how many of them have no mark to be tied to. */
  readonly base: { readonly options: number; readonly offset: number; readonly model: number };
  /** Per day of the axis, option legs past their expiry: intrinsic there. */
  readonly expired: Int32Array;
  readonly warnings: readonly string[];
  /** P&L by cell of leg `i`; NaN throughout where it could not be priced. */
  leg(i: number): Float64Array;
}

/**
 * P&L of a book from now over a grid of spot, vol and time, in the currency of the holdings' `fx`. P&L of a holding = quantity x multiplier x fx x
 * (model value there − model value now), the model calibrated to the mark: value there = mark + that change, so the base cell equals the mark
 * exactly and its P&L is 0. Options are Black-Scholes-Merton on the carry's forward and discount, held as rates; American ones with
 * early exercise (error at most 1e-4 of spot, see {@link premiumTable}). Time passes by the clock for options only. Identical contracts at one mark are priced
 * once. Staged orders are holdings like any other: append them.
 *
 * Never throws: a holding that can't be priced has a reason, and NaN cells.
 */
export function scenarios(
  book: readonly ScenarioHolding[],
  market: ScenarioSource,
  options: Partial<ScenarioOptions> = {},
): ScenarioResult {
  const o: ScenarioOptions = { ...DEFAULT_SCENARIOS, ...options };
  const axes: ScenarioAxes = {
    spotPct: Float64Array.from(tidyAxis(o.spotPct.filter((x) => x > -100 && Number.isFinite(x)))),
    volPts: Float64Array.from(tidyAxis(o.volPts.filter(Number.isFinite))),
    days: Float64Array.from(tidyAxis(o.days.filter((x) => x >= 0 && Number.isFinite(x)))),
  };
  const rules: VolRules = { dynamics: o.dynamics, volTerm: o.volTerm, spotVolBeta: o.spotVolBeta };
  const prepared = prepare(book, market, o.spotAxis, axes.spotPct[0] as number, o.clock);
  const changes = unitChanges(prepared, axes, rules);
  const { holdings } = prepared;
  const reasonOf = (h: PreparedHolding): ScenarioReason | null =>
    h.reason ?? (h.contract >= 0 ? (changes.reasons[h.contract] ?? null) : null);
  const legs = holdings.map((h): ScenarioLeg => {
    const contract = h.contract >= 0 ? prepared.contracts[h.contract] : undefined;
    const { id } = h.holding;
    const tied = { sigma: contract?.sigma ?? null, basis: contract?.basis ?? null };
    return { id, underlying: h.underlying, ...tied, reason: reasonOf(h) };
  });
  const all = totals(holdings, changes, axes, reasonOf);
  const names = [...new Set(holdings.map((h) => h.underlying))];
  const split = names.length === 1;
  const underlyings = names.map((id) => ({
    id,
    ...(split
      ? all
      : totals(
          holdings.filter((h) => h.underlying === id),
          changes,
          axes,
          reasonOf,
        )),
  }));
  const empty = book.length === 0;
  return {
    axes,
    rules,
    spotAxis: o.spotAxis,
    legs,
    ...all,
    underlyings,
    worst: empty ? null : leastOf(all.known),
    burnPerDay: empty ? null : burnOf(prepared, rules),
    breakEvens: o.breakEvens ? breakEvensOf(prepared, axes, rules) : null,
    base: {
      options: legs.filter((l) => l.basis !== null).length,
      offset: legs.filter((l) => l.basis === "offset").length,
      model: legs.filter((l) => l.basis === "model").length,
    },
    expired: expiredLegs(prepared, axes),
    warnings: warningsOf(legs, options),
    leg: (i) => {
      const h = holdings[i];
      const out = new Float64Array(cellCount(axes));
      if (h === undefined || reasonOf(h) !== null) return out.fill(Number.NaN);
      addHolding(out, h, changes, axes);
      return out;
    },
  };
}

function leastOf(cells: Float64Array): number {
  let at = 0;
  for (let k = 1; k < cells.length; k++) if ((cells[k] as number) < (cells[at] as number)) at = k;
  return at;
}

function burnOf(p: Prepared, rules: VolRules): number {
  const axes = { spotPct: Float64Array.of(0), volPts: Float64Array.of(0), days: Float64Array.of(0, 1) };
  return knownPnl(p, axes, rules)[1] as number;
}

function expiredLegs(p: Prepared, axes: ScenarioAxes): Int32Array {
  return Int32Array.from(axes.days, (d) => {
    const now = p.market.nowUs + d * DAY_US;
    return p.holdings.filter((h) => h.contract >= 0 && (p.contracts[h.contract]?.option.expiryUs ?? 0) <= now)
      .length;
  });
}

function warningsOf(legs: readonly ScenarioLeg[], options: Partial<ScenarioOptions>): string[] {
  const counts = new Map<string, number>();
  const count = (code: string): void => void counts.set(code, (counts.get(code) ?? 0) + 1);
  for (const leg of legs) {
    if (leg.reason !== null) count(leg.reason.replaceAll(" ", "_"));
    else if (leg.basis === "offset") count("mark_implies_no_vol");
    else if (leg.basis === "model") count("no_mark");
  }
  if (options.spotPct?.some((x) => !(x > -100 && Number.isFinite(x)))) count("spot_move_dropped");
  if (options.volPts?.some((x) => !Number.isFinite(x))) count("vol_move_dropped");
  if (options.days?.some((x) => !(x >= 0 && Number.isFinite(x)))) count("days_dropped");
  return [...counts].map(([code, n]) => (n === 1 ? code : `${code}:${n}`)).sort((a, b) => (a < b ? -1 : 1));
}
