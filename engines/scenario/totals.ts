import { cellCount, type ScenarioAxes, type UnitChanges, unitChanges } from "./changes.ts";
import type { VolRules } from "./dynamics.ts";
import type { Prepared, PreparedHolding, ScenarioReason } from "./prepare.ts";

/** P&L by cell of some positions. */
export interface CellTotals {
  /** NaN in every cell as soon as one position could not be priced: see `missing`. */
  readonly pnl: Float64Array;
  /** Sum of those that could be priced; NaN where none of several could. */
  readonly known: Float64Array;
  readonly missing: readonly { readonly id: string; readonly reason: ScenarioReason }[];
}

/** Sum of the holdings' P&L by cell. */
export function totals(
  holdings: readonly PreparedHolding[],
  changes: UnitChanges,
  axes: ScenarioAxes,
  reasonOf: (h: PreparedHolding) => ScenarioReason | null,
): CellTotals {
  const known = new Float64Array(cellCount(axes));
  const missing: { id: string; reason: ScenarioReason }[] = [];
  for (const h of holdings) {
    const reason = reasonOf(h);
    if (reason === null) addHolding(known, h, changes, axes);
    else missing.push({ id: h.holding.id, reason });
  }
  if (missing.length > 0 && missing.length === holdings.length) known.fill(Number.NaN);
  const pnl = missing.length === 0 ? known : new Float64Array(known.length).fill(Number.NaN);
  return { pnl, known, missing };
}

/** Adds a priced holding's P&L to `out`. */
export function addHolding(
  out: Float64Array,
  h: PreparedHolding,
  { unit }: UnitChanges,
  axes: ScenarioAxes,
): void {
  const cells = out.length;
  if (h.contract >= 0) {
    const from = h.contract * cells;
    for (let k = 0; k < cells; k++) out[k] = (out[k] as number) + h.scale * (unit[from + k] as number);
    return;
  }
  const perSpot = cells / axes.spotPct.length;
  for (let s = 0, k = 0; s < axes.spotPct.length; s++) {
    const change = (h.scale * h.price * h.beta * (axes.spotPct[s] as number)) / 100;
    for (let i = 0; i < perSpot; i++, k++) out[k] = (out[k] as number) + change;
  }
}

/** Known P&L by cell of other axes, from what is prepared. */
export function knownPnl(p: Prepared, axes: ScenarioAxes, rules: VolRules): Float64Array {
  const changes = unitChanges(p, axes, rules);
  const priced = p.holdings.filter(
    (h) => h.reason === null && (h.contract < 0 || changes.reasons[h.contract] === null),
  );
  const none = priced.length === 0 && p.holdings.length > 0;
  const out = new Float64Array(cellCount(axes)).fill(none ? Number.NaN : 0);
  for (const h of priced) addHolding(out, h, changes, axes);
  return out;
}
