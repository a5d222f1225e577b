import {
  cellAt,
  type ScenarioHolding,
  type ScenarioOptions,
  type ScenarioResult,
  type ScenarioSource,
  scenarios,
} from "../../engines/scenario/index.ts";
import { type BookPosition, compatScenariosOf } from "../../src/study/book.ts";
import { compatScenariosBody, scenariosBody } from "../../store/artifacts/bodies/scenarios.ts";
import type { BodyOf } from "../../store/artifacts/schemas.ts";
import { artifactOf, type Delivery, type Facts } from "./deliver.ts";
import { type ColumnOf, tableOf } from "./show.ts";

type Cell = BodyOf<"scenarios">["grid"][number];

const GRID: readonly ColumnOf<Cell>[] = [
  ["spot_pct", "number", (c) => c.spot_pct],
  ["vol_pts", "number", (c) => c.vol_pts],
  ["days", "number", (c) => c.days],
  ["pnl", "number", (c) => c.pnl],
];

const signed = (x: number, unit: string): string => `${x > 0 ? "+" : ""}${Number(x.toFixed(4))}${unit}`;
const money = (x: number | null): string =>
  x === null || x !== x
    ? "–"
    : `${x < 0 ? "-" : "+"}${Math.round(Math.abs(x))
        .toString()
        .replace(/\B(?=(\d{3})+$)/g, ",")}`;

/** P&L of spot moves against another axis; the worst cell of the whole grid carries a star. */
function matrix(r: ScenarioResult, name: string, against: "vol" | "days") {
  const { axes } = r;
  const [v0, d0] = [axes.volPts.indexOf(0), axes.days.indexOf(0)];
  const across = against === "vol" ? axes.volPts : axes.days;
  const rows = [...axes.spotPct.keys()].reverse();
  const columns: ColumnOf<number>[] = [["spot", "number", (s) => signed(axes.spotPct[s] as number, "%")]];
  for (const [k, x] of across.entries())
    columns.push([
      against === "vol" ? signed(x, "vp") : `${x}d`,
      "number",
      (s) => {
        const cell = against === "vol" ? cellAt(axes, s, k, d0) : cellAt(axes, s, v0, k);
        return `${money(r.known[cell] as number)}${cell === r.worst ? "*" : " "}`;
      },
    ]);
  return tableOf(name, columns, rows);
}

/** The desk's scenarios of positions as a result. */
export function scenariosDelivery(
  facts: Facts,
  positionId: string,
  holdings: readonly ScenarioHolding[],
  market: ScenarioSource,
  options: Partial<ScenarioOptions>,
  ccy: string,
): Delivery {
  const r = scenarios(holdings, market, { ...options, breakEvens: true });
  const body = scenariosBody(positionId, r, holdings, { ccy });
  const artifact = artifactOf("scenarios", facts, "desk", body, r.warnings);
  const worst = r.worst === null ? undefined : body.grid[r.worst];
  const evens = (body.break_evens ?? [])
    .filter((b) => b.spot_pct.length > 0)
    .map((b) => `${b.days}d ${b.spot_pct.map((x) => signed(Number(x.toFixed(2)), "%")).join(" ")}`);
  return {
    artifact,
    name: positionId,
    study: {
      head: [
        `${facts.symbol} scenarios of ${positionId} as of ${facts.asOf}, P&L in ${ccy} from the marks of now; ${r.rules.dynamics}, vol shocks ${r.rules.volTerm}`,
        `worst ${money(worst?.pnl ?? null)} at ${worst ? `${signed(worst.spot_pct, "%")}, ${signed(worst.vol_pts, "vp")}, ${worst.days} days` : "–"} (*); one day passing ${money(r.burnPerDay)}`,
        ...(evens.length > 0 ? [`break-evens: ${evens.join("; ")}`] : []),
      ],
      tables: [
        tableOf(
          "scenario_legs",
          [
            ["position", "text", (l) => l.contract],
            ["qty", "number", (l) => l.qty],
            ["mark", "number", (l) => l.mark],
            ["vol_pct", "number", (l) => (l.sigma ?? Number.NaN) * 100],
            ["by", "text", (l) => l.basis],
            ["not_priced", "text", (l) => l.reason],
          ],
          body.legs ?? [],
        ),
        matrix(r, "scenario_spot_days", "days"),
        matrix(r, "scenario_spot_vol", "vol"),
        tableOf("scenario_grid", GRID, body.grid),
      ],
      brief: ["scenario_legs", "scenario_spot_days", "scenario_spot_vol"],
      foot: artifact.warnings.map((w) => `warning ${w}`),
    },
  };
}

/** The original system's scenarios of one option position as a result; null for stock and futures. */
export function compatScenariosDelivery(
  facts: Facts,
  p: BookPosition,
  axes: {
    readonly spotPct: readonly number[];
    readonly volPts: readonly number[];
    readonly days: readonly number[];
  },
): Delivery | null {
  const r = compatScenariosOf(p, facts.asOf, axes);
  if (r === null) return null;
  const body = compatScenariosBody(p.holding.id, r);
  const artifact = artifactOf("scenarios", facts, "compat", body, r.summary.warnings);
  const { summary } = r;
  return {
    artifact,
    name: p.holding.id,
    study: {
      head: [
        `${p.holding.id} scenarios as of ${facts.asOf}, mode compat`,
        `intrinsic ${summary.intrinsic ?? "–"}, extrinsic ${summary.extrinsic ?? "–"}, theta burn ${summary.theta_burn_dollars_day?.toFixed(2) ?? "–"} a day`,
      ],
      tables: [
        tableOf(
          "scenario_grid",
          [...GRID, ["value", "number", (c: Cell) => c.value ?? Number.NaN]],
          body.grid,
        ),
      ],
      foot: artifact.warnings.map((w) => `warning ${w}`),
    },
  };
}
