/** Scenarios as an artifact body. Spot moves in percent, vol moves in points, days ahead, P&L in the base currency. */
import {
  type CompatScenarios,
  cellAt,
  type ScenarioHolding,
  type ScenarioResult,
} from "../../../engines/scenario/index.ts";
import type { BodyOf } from "../schemas.ts";

type Body = BodyOf<"scenarios">;

const known = (x: number | undefined): number | null => (x !== undefined && Number.isFinite(x) ? x : null);

/** The desk's scenarios of a book; the cells of what can be priced, `missing` counting the rest. */
export function scenariosBody(
  positionId: string,
  r: ScenarioResult,
  holdings: readonly ScenarioHolding[],
  head: Readonly<Record<string, string | number | null>>,
): Body {
  const { axes } = r;
  const grid: Body["grid"] = [];
  for (const [s, spot_pct] of axes.spotPct.entries())
    for (const [v, vol_pts] of axes.volPts.entries())
      for (const [d, days] of axes.days.entries())
        grid.push({ spot_pct, vol_pts, days, pnl: known(r.known[cellAt(axes, s, v, d)]) });
  const worst = r.worst === null ? null : (grid[r.worst] ?? null);
  return {
    position_id: positionId,
    summary: {
      ...head,
      dynamics: r.rules.dynamics,
      vol_term: r.rules.volTerm,
      burn_per_day: r.burnPerDay,
      worst_pnl: worst?.pnl ?? null,
      worst_spot_pct: worst?.spot_pct ?? null,
      worst_vol_pts: worst?.vol_pts ?? null,
      worst_days: worst?.days ?? null,
      options: r.base.options,
      marks_without_vol: r.base.offset,
      without_mark: r.base.model,
      missing: r.missing.length,
    },
    grid,
    legs: holdings.map((h, i) => ({
      position_id: h.id,
      contract: h.instrument.id,
      qty: h.qty,
      mark: h.mark,
      sigma: r.legs[i]?.sigma ?? null,
      basis: r.legs[i]?.basis ?? null,
      reason: r.legs[i]?.reason ?? null,
    })),
    break_evens: (r.breakEvens ?? []).map((spot_pct, d) => ({
      days: axes.days[d] as number,
      spot_pct: [...spot_pct],
    })),
  };
}

/** The original system's scenarios of one position. `value` is per share. */
export function compatScenariosBody(positionId: string, r: CompatScenarios): Body {
  const { symbol: _, as_of: __, warnings: ___, ...summary } = r.summary;
  return {
    position_id: positionId,
    summary,
    grid: r.grid.map((g) => ({
      option_type: r.summary.option_type,
      side: r.summary.side,
      spot_pct: g.spot_change_pct * 100,
      vol_pts: g.iv_change_pp,
      days: g.days_forward,
      value: g.theoretical_price,
      pnl: g.pnl_position,
    })),
  };
}
