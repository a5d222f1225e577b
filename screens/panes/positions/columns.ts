import type { Quality } from "../../../engines/market/index.ts";
import type { DaySplit, MarkSource, PositionRow } from "../../../src/desk/protocol.ts";
import type { Column } from "../../kit/columns.ts";
import * as f from "../../kit/format.ts";
import type { Glyphs } from "../../theme/glyphs.ts";
import { signRole } from "../../theme/theme.ts";

/** Delta as shares, as money, as a share of the NAV, or as money weighted by beta. */
export const UNITS = ["shares", "money", "percent", "beta"] as const;
export type Units = (typeof UNITS)[number];

export interface PositionsContext {
  readonly glyphs: Glyphs;
  readonly units: Units;
  readonly nav: number | null;
  readonly isFolded: (row: PositionRow) => boolean;
  readonly hasChildren: (row: PositionRow) => boolean;
  /** What a row is called below its parents: without the underlying that they name already. */
  readonly nameOf: (row: PositionRow) => string;
  /** Last move of an underlying's price. */
  readonly moveOf: (row: PositionRow) => "up" | "down" | "flat" | null;
}

type C = Column<PositionRow, PositionsContext>;
type SplitPart = keyof DaySplit;

const SOURCE: Readonly<Record<MarkSource, string>> = {
  mid: "mid",
  bid: "bid",
  ask: "ask",
  intrinsic: "intr",
  model: "mod",
  last: "last",
  settlement: "sett",
  entry: "entr",
  none: "–",
};

/** Letter after an age for anything but realtime quotes. */
export const QUALITY_LETTER: Readonly<Record<Quality, string>> = {
  0: "",
  1: "d",
  2: "i",
  3: "v",
  4: "f",
  5: "b",
};

const label = (row: PositionRow, c: PositionsContext): string => {
  const fold = c.hasChildren(row) ? (c.isFolded(row) ? c.glyphs.folded : c.glyphs.open) : " ";
  const indent = " ".repeat(Math.max(0, row.depth - (row.kind === "leg" ? 0 : 1)));
  if (row.kind === "book") return ` ${row.label}`;
  if (row.kind !== "underlying") return `${fold}${indent}${row.depth > 0 ? " " : ""}${c.nameOf(row)}`;
  const move = c.moveOf(row);
  const price = row.mark === null ? "" : `  ${f.price(row.mark, row.decimals)}`;
  return `${fold}${row.label}${price}${move === null ? "" : ` ${c.glyphs[move]}`}`;
};

const isTotal = (row: PositionRow): boolean => row.kind === "underlying" || row.kind === "book";
const priced = (value: (row: PositionRow) => number | null) => (row: PositionRow) =>
  isTotal(row) ? "" : f.price(value(row), row.decimals);

const number = (
  id: string,
  title: C["title"],
  rank: number,
  min: number,
  value: (row: PositionRow, c: PositionsContext) => number | null,
  decimals = 0,
): C => ({
  id,
  title,
  rank,
  min,
  align: "right",
  text: (row, c) => f.fit(value(row, c), min + 1, decimals),
  role: (row, c) => (row.stale && !isTotal(row) ? "stale" : signRole(value(row, c))),
});

const mark = (row: PositionRow, c: PositionsContext): string => {
  if (isTotal(row)) return "";
  const text =
    row.estimated && row.mark !== null ? f.fixed(row.mark, row.decimals) : f.price(row.mark, row.decimals);
  const away = row.feed === "gap" || row.feed === "closed" ? c.glyphs[row.feed] : null;
  if (away !== null || row.stale) return `${text}${away ?? c.glyphs.stale}`;
  return row.estimated ? `${text}${c.glyphs.estimated}` : text;
};

const age = (row: PositionRow): string => {
  if (isTotal(row) || row.ageUs === null) return isTotal(row) ? "" : f.NONE;
  return f.age(row.ageUs) + (row.quality === null ? "" : QUALITY_LETTER[row.quality]);
};

const staleRole = (row: PositionRow): "stale" | "text" => (row.stale ? "stale" : "text");

const DELTA_TITLE: Readonly<Record<Units, string>> = {
  shares: "Δsh",
  money: "Δ$",
  percent: "Δ%",
  beta: "Δβ$",
};
const GAMMA_TITLE: Readonly<Record<Units, string>> = {
  shares: "Γsh/pt",
  money: "Γ$/1%",
  percent: "Γ%/1%",
  beta: "Γ$/1%",
};
const ofNav = (x: number | null, c: PositionsContext): number | null =>
  x === null || c.nav === null || !(c.nav > 0) ? null : x / c.nav;

/** Shares of several names are no number: the book has none. */
const shares = (row: PositionRow, x: number | null): number | null =>
  row.kind === "book" && row.underlying === null ? null : x;

function deltaOf(r: PositionRow, c: PositionsContext): number | null {
  if (c.units === "shares") return shares(r, r.delta);
  if (c.units === "beta") return r.betaDollarDelta;
  return c.units === "percent" ? ofNav(r.dollarDelta, c) : r.dollarDelta;
}
function gammaOf(r: PositionRow, c: PositionsContext): number | null {
  if (c.units === "shares") return shares(r, r.gamma);
  return c.units === "percent" ? ofNav(r.dollarGamma1pct, c) : r.dollarGamma1pct;
}
function gammaText(r: PositionRow, c: PositionsContext): string {
  const x = gammaOf(r, c);
  if (c.units === "shares") return f.signed(x, 1);
  return c.units === "percent" ? f.percent(x) : f.fit(x, 7);
}

/** A part of the day P&L by its cause. */
const cause = (part: SplitPart, title: string, rank: number): C =>
  number(`by.${part}`, title, rank, 5, (r) => r.split?.[part] ?? null);

export const POSITION_COLUMNS: readonly C[] = [
  {
    id: "label",
    title: "STRUCTURE",
    rank: 1,
    min: 18,
    align: "left",
    flex: true,
    // In the narrow columns of a layout figures come first, elsewhere names are not cut.
    whole: 70,
    text: label,
    copied: (row, c) => (isTotal(row) ? row.label : c.nameOf(row)),
    role: (r) => (isTotal(r) ? "title" : "text"),
  },
  {
    id: "qty",
    title: "QTY",
    rank: 2,
    min: 4,
    align: "right",
    text: (r) => (isTotal(r) ? "" : f.signed(r.qty)),
  },
  {
    id: "avg",
    title: "AVG",
    rank: 10,
    min: 6,
    align: "decimal",
    text: priced((r) => r.avg),
    role: () => "dim",
  },
  {
    id: "bid",
    title: "BID",
    rank: 11,
    min: 6,
    align: "decimal",
    text: priced((r) => r.bid),
    role: (r) => (r.stale ? "stale" : "bid"),
    flash: true,
  },
  {
    id: "ask",
    title: "ASK",
    rank: 12,
    min: 6,
    align: "decimal",
    text: priced((r) => r.ask),
    role: (r) => (r.stale ? "stale" : "ask"),
    flash: true,
  },
  { id: "mark", title: "MARK", rank: 5, min: 6, align: "decimal", text: mark, role: staleRole, flash: true },
  {
    id: "source",
    title: "SRC",
    rank: 13,
    min: 3,
    align: "left",
    text: (r) => (isTotal(r) || r.markSource === null ? "" : SOURCE[r.markSource]),
    role: () => "dim",
  },
  {
    id: "age",
    title: "AGE",
    rank: 7,
    min: 4,
    align: "right",
    text: age,
    role: (r) => (r.stale ? "stale" : "dim"),
  },
  number("day", "DAY", 4, 6, (r) => r.dayPnl),
  number("pnl", "P&L", 3, 6, (r) => r.pnl),
  {
    ...number("delta", (c) => DELTA_TITLE[c.units], 6, 5, deltaOf),
    text: (r, c) => (c.units === "percent" ? f.percent(deltaOf(r, c)) : f.fit(deltaOf(r, c), 6)),
  },
  { ...number("gamma", (c) => GAMMA_TITLE[c.units], 14, 6, gammaOf), text: gammaText },
  number("theta", "Θ$/d", 8, 5, (r) => r.theta),
  number("vega", "V$/vp", 9, 5, (r) => r.vega),
  {
    id: "iv",
    title: "IV%",
    rank: 15,
    min: 4,
    align: "right",
    text: (r) => (isTotal(r) ? "" : f.vol(r.iv)),
    role: staleRole,
  },
  {
    id: "theo",
    title: "THEO",
    rank: 16,
    min: 6,
    align: "decimal",
    text: priced((r) => r.theo),
    role: () => "dim",
  },
  cause("delta", "byΔ", 17),
  cause("gamma", "byΓ", 18),
  cause("theta", "byΘ", 19),
  cause("vega", "byV", 20),
  cause("trades", "trade", 22),
  cause("dividends", "div", 26),
  cause("rest", "rest", 21),
  number("realised", "REAL", 23, 6, (r) => r.realised),
  number("unrealised", "UNREAL", 24, 6, (r) => r.unrealised),
  number("value", "VALUE", 25, 7, (r) => r.value),
];

/** What `m` goes through: the market and the Greeks, or the day P&L by cause. */
export const FACES = ["market", "why"] as const;
export type Face = (typeof FACES)[number];
/** What the causes of the day P&L take the room of. */
const MARKET_ONLY = [
  "mark",
  "delta",
  "avg",
  "bid",
  "ask",
  "source",
  "age",
  "gamma",
  "iv",
  "theo",
  "theta",
  "vega",
];
export const hiddenIn = (face: Face, id: string): boolean => face === "why" && MARKET_ONLY.includes(id);

/** The figure of the desk that a column shows in these units. */
export function figureOf(column: string, units: Units): string {
  if (units === "shares") return column;
  if (column === "delta") return units === "beta" ? "betaDollarDelta" : "dollarDelta";
  return column === "gamma" ? "dollarGamma1pct" : column;
}
