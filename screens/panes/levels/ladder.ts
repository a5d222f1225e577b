import type { LevelKind } from "../../../engines/levels/index.ts";
import type { LevelRow, LevelsView } from "../../../src/desk/protocol.ts";
import type { Column } from "../../kit/columns.ts";
import * as f from "../../kit/format.ts";
import type { Role } from "../../theme/roles.ts";

/** A row of the ladder: a level, or spot itself among them. */
export type LadderRow = LevelRow | { readonly kind: "spot"; readonly name: "spot"; readonly price: number };

const ROLE: Readonly<Record<LevelKind | "spot", Role>> = {
  spot: "focus",
  vwap: "mine",
  profile: "text",
  nakedPoc: "text",
  daily: "title",
  rolling: "title",
  gap: "text",
  wall: "warn",
  zeroGamma: "warn",
  expectedMove: "dim",
};
const distance = (r: LadderRow): LevelRow | null => (r.kind === "spot" ? null : r);

/** Highest price on top, spot in its place; `nearest` keeps the desk's order by distance. */
export function ladderRows(view: LevelsView, nearest: boolean): LadderRow[] {
  if (nearest || view.spot === null) return [...view.rows];
  const spot: LadderRow = { kind: "spot", name: "spot", price: view.spot };
  return [...view.rows, spot].sort((a, b) => b.price - a.price || (a.name < b.name ? -1 : 1));
}

export const LADDER_COLUMNS: readonly Column<LadderRow, LevelsView>[] = [
  {
    id: "name",
    title: "LEVEL",
    rank: 1,
    min: 16,
    align: "left",
    flex: true,
    text: (r) => r.name,
    role: (r) => ROLE[r.kind],
  },
  {
    id: "price",
    title: "PRICE",
    rank: 1,
    min: 7,
    align: "right",
    text: (r, v) => f.fixed(r.price, v.decimals),
    role: (r) => (r.kind === "spot" ? "focus" : "text"),
  },
  {
    id: "distance",
    title: "AWAY",
    rank: 2,
    min: 6,
    align: "right",
    text: (r, v) => (r.kind === "spot" ? "" : f.signed(r.distance, v.decimals)),
    role: (r) => ((distance(r)?.distance ?? 0) < 0 ? "down" : "up"),
  },
  {
    id: "atr",
    title: "ATR",
    rank: 3,
    min: 5,
    align: "right",
    text: (r) => (r.kind === "spot" ? "" : f.signed(r.atr, 2)),
    role: () => "text",
  },
  {
    id: "dayMoves",
    title: "σ day",
    rank: 4,
    min: 5,
    align: "right",
    text: (r) => (r.kind === "spot" ? "" : f.signed(r.dayMoves, 2)),
    role: () => "dim",
  },
  {
    id: "fraction",
    title: "%",
    rank: 5,
    min: 6,
    align: "right",
    text: (r) => (r.kind === "spot" ? "" : f.percent(r.fraction)),
    role: () => "dim",
  },
];

/** The levels worth a line across a chart. */
const LINES: readonly string[] = [
  "POC",
  "value area high",
  "value area low",
  "prior close",
  "prior high",
  "prior low",
  "20d high",
  "20d low",
  "VWAP breakout",
  "call wall",
  "put wall",
  "zero gamma",
];

export function chartLines(view: LevelsView): { readonly name: string; readonly price: number }[] {
  return view.rows
    .filter((r) => (LINES.includes(r.name) || r.name.startsWith("VWAP from ")) && !r.name.includes("σ"))
    .map((r) => ({
      name: r.name.replace("value area high", "VAH").replace("value area low", "VAL"),
      price: r.price,
    }));
}
