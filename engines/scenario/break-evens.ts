import type { ScenarioAxes } from "./changes.ts";
import type { VolRules } from "./dynamics.ts";
import type { Prepared } from "./prepare.ts";
import { knownPnl } from "./totals.ts";

/** Steps of the spot axis between its ends in which signs are looked for: two break-evens closer than a step can be missed. */
const STEPS = 60;
const ROUNDS = 3;

interface Bracket {
  readonly day: number;
  low: number;
  lowPnl: number;
  high: number;
  highPnl: number;
}

/**
 * Spot moves (percent) at which the known P&L from now is 0, present vols, for each day of the axis. Sign changes on an even axis, then regula
 * falsi with repricing: good to about 1e-3 % of spot.
 */
export function breakEvensOf(p: Prepared, axes: ScenarioAxes, rules: VolRules): number[][] {
  const { days, spotPct } = axes;
  const low = spotPct[0] as number;
  const high = spotPct[spotPct.length - 1] as number;
  if (!(high > low)) return Array.from(days, () => []);
  const even = Array.from({ length: STEPS + 1 }, (_, i) => low + ((high - low) * i) / STEPS);
  const fine = Float64Array.from([...new Set([...even, 0])].sort((a, b) => a - b));
  const pnl = pnlAt(p, fine, days, rules);
  const roots: number[][] = Array.from(days, () => []);
  const brackets: Bracket[] = [];
  for (let d = 0; d < days.length; d++)
    for (let s = 0; s < fine.length; s++) {
      const x = fine[s] as number;
      const y = pnl(s, d);
      if (y === 0) {
        // A book that is flat around here has no break-even, it is even throughout.
        const flat = (s > 0 && pnl(s - 1, d) === 0) || (s + 1 < fine.length && pnl(s + 1, d) === 0);
        if (!flat && !(x === 0 && days[d] === 0)) roots[d]?.push(x);
      } else if (s > 0 && y * pnl(s - 1, d) < 0)
        brackets.push({ day: d, low: fine[s - 1] as number, lowPnl: pnl(s - 1, d), high: x, highPnl: y });
    }
  refine(p, brackets, days, rules);
  for (const b of brackets) roots[b.day]?.push(crossing(b));
  return roots.map((r) => r.sort((a, b) => a - b));
}

const crossing = (b: Bracket): number => b.low + ((b.high - b.low) * b.lowPnl) / (b.lowPnl - b.highPnl);

/** All brackets are narrowed together: one pricing pass a round. */
function refine(p: Prepared, brackets: readonly Bracket[], days: Float64Array, rules: VolRules): void {
  if (brackets.length === 0) return;
  for (let round = 0; round < ROUNDS; round++) {
    const at = brackets.map(crossing);
    const spots = Float64Array.from([...new Set([0, ...at])].sort((a, b) => a - b));
    const pnl = pnlAt(p, spots, days, rules);
    brackets.forEach((b, i) => {
      const x = at[i] as number;
      const y = pnl(spots.indexOf(x), b.day);
      if (y * b.lowPnl > 0) {
        b.low = x;
        b.lowPnl = y;
      } else {
        b.high = x;
        b.highPnl = y;
      }
    });
  }
}

function pnlAt(
  p: Prepared,
  spotPct: Float64Array,
  days: Float64Array,
  rules: VolRules,
): (s: number, d: number) => number {
  const cells = knownPnl(p, { spotPct, volPts: Float64Array.of(0), days }, rules);
  return (s, d) => cells[s * days.length + d] as number;
}
