import { yearFraction } from "../pricing/index.ts";
import { type ContractRows, priceCells } from "./cells.ts";
import { MIN_SIGMA, type VolRules, volShift } from "./dynamics.ts";
import type { Prepared, ScenarioContract, ScenarioGroup, ScenarioReason } from "./prepare.ts";

/** Percent of spot, vol points, calendar days; each ascending with 0 among them. */
export interface ScenarioAxes {
  readonly spotPct: Float64Array;
  readonly volPts: Float64Array;
  readonly days: Float64Array;
}

export const DAY_US = 86_400e6;

export function cellCount(axes: ScenarioAxes): number {
  return axes.spotPct.length * axes.volPts.length * axes.days.length;
}

/** Index of a cell in every P&L array: spot slowest, then vol, then days. */
export function cellAt(axes: ScenarioAxes, spot: number, vol: number, day: number): number {
  return (spot * axes.volPts.length + vol) * axes.days.length + day;
}

/** The cell of no move. */
export function baseCell(axes: ScenarioAxes): number {
  return cellAt(axes, axes.spotPct.indexOf(0), axes.volPts.indexOf(0), axes.days.indexOf(0));
}

/** Change of each contract's model value per unit of underlying, contract-major; a contract that can't be priced is NaN with its reason. */
export interface UnitChanges {
  readonly unit: Float64Array;
  readonly reasons: readonly (ScenarioReason | null)[];
}

/**
 * V(cell) − V(no move) of every contract in every cell. The base cell is 0 to the last bit, so mark + change is the mark there; whatever
 * the model misses of the mark now is carried as a constant.
 */
export function unitChanges(p: Prepared, axes: ScenarioAxes, rules: VolRules): UnitChanges {
  const cells = cellCount(axes);
  const unit = new Float64Array(p.contracts.length * cells);
  const reasons: (ScenarioReason | null)[] = p.contracts.map(() => null);
  const base = baseCell(axes);
  for (const group of p.groups) {
    const priced = group.members.filter((c) => {
      const fine =
        rules.dynamics !== "stickyMoneyness" ||
        p.market.vols.volAt !== undefined ||
        axes.spotPct.length === 1;
      if (!fine) reasons[c] = "no surface for sticky moneyness";
      else return true;
      unit.fill(Number.NaN, c * cells, (c + 1) * cells);
      return false;
    });
    if (priced.length === 0) continue;
    const values = new Float64Array(priced.length * cells);
    const T = axes.days.map((d) => yearFraction(p.market.nowUs + d * DAY_US, group.expiryUs, p.clock));
    const factors = axes.spotPct.map((m) => 1 + (group.beta * m) / 100);
    const rows = contractRows(p, group, priced, axes, rules);
    priceCells({ S: group.S, r: group.r, q: group.q, T }, rows, factors, axes.volPts.length, values, 0);
    priced.forEach((c, i) => {
      const from = i * cells;
      const now = values[from + base] as number;
      const to = c * cells;
      for (let k = 0; k < cells; k++) unit[to + k] = (values[from + k] as number) - now;
      const per = axes.spotPct.length * axes.volPts.length;
      if (now !== now || rows.sigma.subarray(i * per, (i + 1) * per).some(Number.isNaN))
        reasons[c] = "no vol";
    });
  }
  return { unit, reasons };
}

/** Signs, strikes and shocked vols of the group's contracts. */
function contractRows(
  p: Prepared,
  g: ScenarioGroup,
  members: readonly number[],
  axes: ScenarioAxes,
  rules: VolRules,
): ContractRows {
  const nSpot = axes.spotPct.length;
  const nVol = axes.volPts.length;
  const n = members.length;
  const sigma = new Float64Array(n * nSpot * nVol);
  const shift = new Float64Array(nSpot * nVol);
  const mine = rulesFor(p, g, rules);
  for (let s = 0; s < nSpot; s++)
    for (let v = 0; v < nVol; v++) {
      const own = g.beta * (axes.spotPct[s] as number);
      shift[s * nVol + v] = volShift(own, axes.volPts[v] as number, g.T0, mine);
    }
  const contracts = members.map((c) => p.contracts[c] as ScenarioContract);
  contracts.forEach((c, i) => {
    for (let s = 0; s < nSpot; s++) {
      const slope = smileMove(p, c, 1 + (g.beta * (axes.spotPct[s] as number)) / 100, rules);
      for (let v = 0; v < nVol; v++) {
        const moved = c.sigma + slope + (shift[s * nVol + v] as number);
        sigma[(i * nSpot + s) * nVol + v] = moved < MIN_SIGMA ? MIN_SIGMA : moved;
      }
    }
  });
  return {
    n,
    w: Int8Array.from(contracts, (c) => c.w),
    K: Float64Array.from(contracts, (c) => c.option.strike),
    american: Uint8Array.from(contracts, (c) => (c.option.style === "american" ? 1 : 0)),
    inverse: g.inverse,
    sigma,
  };
}

/** The rules as they hold for a name whose own surface tells its spot-vol beta. */
export function rulesFor(p: Prepared, g: ScenarioGroup, rules: VolRules): VolRules {
  const own = rules.dynamics === "spotVolBeta" ? (p.market.spotVolBeta?.(g.underlying) ?? null) : null;
  return own === null ? rules : { ...rules, spotVolBeta: own };
}

/** What the contract's vol gains as the smile moves along with the spot: smile(K/f) − smile(K). NaN where the smile is unknown. */
export function smileMove(p: Prepared, c: ScenarioContract, factor: number, rules: VolRules): number {
  if (rules.dynamics !== "stickyMoneyness" || factor === 1) return 0;
  const { vols } = p.market;
  const there = vols.volAt?.(c.option, c.option.strike / factor).sigma ?? null;
  const here = vols.volAt?.(c.option, c.option.strike).sigma ?? c.stated;
  return there === null || here === null ? Number.NaN : there - here;
}
