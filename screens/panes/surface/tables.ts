import type { SmileColumns, SurfaceView } from "../../../src/desk/protocol.ts";
import type { Canvas } from "../../kit/canvas.ts";
import * as f from "../../kit/format.ts";
import { signRole } from "../../theme/theme.ts";

/** What the vols are shown against: nothing, the session before, a week before. */
export type Compare = "now" | "1d" | "1w";

/** A line of the tenor table. `change` says whether it can be compared. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  readonly text: (view: SurfaceView, tenor: number) => string;
  readonly signed?: boolean;
}

type Key = keyof SmileColumns;

/** In vol points: a level with one decimal, a difference with its sign. */
export const figureText = (value: number | null | undefined, signed: boolean | undefined): string =>
  value === null || value === undefined ? f.NONE : signed ? f.signed(value * 100, 1) : f.vol(value);

const SMILE: readonly { readonly id: Key; readonly title: string; readonly signed: boolean }[] = [
  { id: "atm", title: "ATM", signed: false },
  { id: "riskReversal25", title: "25Δ RR", signed: true },
  { id: "butterfly25", title: "25Δ fly", signed: true },
  { id: "put25", title: "25ΔP", signed: false },
  { id: "call25", title: "25ΔC", signed: false },
  { id: "put10", title: "10ΔP", signed: false },
  { id: "call10", title: "10ΔC", signed: false },
];

/** A figure of a tenor now, less that of another session. Null where either is unknown. */
export function changeOf(view: SurfaceView, key: Key, tenor: number, to: "1d" | "1w"): number | null {
  const now = view.tenors[tenor]?.[key] ?? null;
  const then = view.then[to].tenors[tenor]?.[key] ?? null;
  return now === null || then === null ? null : now - then;
}

const smileLine = ({ id, title, signed }: (typeof SMILE)[number], compare: Compare): Figure =>
  compare === "now"
    ? { id, title, signed, text: (v, t) => figureText(v.tenors[t]?.[id], signed) }
    : {
        id: `${id}.${compare}`,
        title: `${title} ${compare}`,
        signed: true,
        text: (v, t) => figureText(changeOf(v, id, t, compare), true),
      };

const changeLine = (to: "1d" | "1w"): Figure => ({
  id: `atm.${to}`,
  title: to === "1d" ? "d/d vp" : "w/w vp",
  signed: true,
  text: (v, t) => figureText(changeOf(v, "atm", t, to), true),
});

const PERCENTILE: Figure = {
  id: "percentile",
  title: "pct rank",
  text: (v, t) => share(v.standing.tenors[t]?.percentile),
};
const RANK: Figure = {
  id: "rank",
  title: "IV rank",
  text: (v, t) => share(v.standing.tenors[t]?.rank),
};
const FORWARD: Figure = {
  id: "forward",
  title: "fwd",
  text: (v, t) => figureText(v.tenors[t]?.forwardVol, false),
};
const share = (x: number | null | undefined): string =>
  x === null || x === undefined ? f.NONE : f.fixed(x * 100, 0);

/** Lines of the tenor table from the top; what there is no room for is at the end. */
export function figuresOf(compare: Compare): readonly Figure[] {
  const [atm, ...rest] = SMILE;
  if (atm === undefined) return [];
  if (compare !== "now") return [smileLine(atm, "now"), ...SMILE.map((s) => smileLine(s, compare))];
  return [
    smileLine(atm, "now"),
    changeLine("1d"),
    PERCENTILE,
    ...rest.map((s) => smileLine(s, "now")),
    FORWARD,
    changeLine("1w"),
    RANK,
  ];
}

const NAME_W = 12;
const CELL_W = 7;

/** How many tenors fit. */
export const tenorsShown = (view: SurfaceView, width: number): number =>
  Math.min(view.tenors.length, Math.max(1, Math.floor((width - NAME_W) / CELL_W)));

/** Constant maturities across, figures down: how vol stands in time and delta. Returns the lines used. */
export function paintTenors(
  canvas: Canvas,
  view: SurfaceView,
  figures: readonly Figure[],
  at: { readonly figure: number; readonly tenor: number } | null,
): number {
  const { s, g } = canvas.theme;
  const shown = tenorsShown(view, canvas.w);
  canvas.text(0, 0, "TENOR", s.header);
  for (let t = 0; t < shown; t++) {
    const tenor = view.tenors[t];
    const mark = tenor?.kind === "extrapolated" ? g.estimated : "";
    canvas.right(NAME_W + (t + 1) * CELL_W, 0, `${tenor?.days ?? 0}d${mark}`, s.header);
  }
  const rows = figures.slice(0, Math.max(0, canvas.h - 1));
  rows.forEach((figure, line) => {
    const y = line + 1;
    canvas.text(0, y, figure.title, s.dim);
    for (let t = 0; t < shown; t++) {
      const text = figure.text(view, t);
      const value = Number(text);
      const style = text === f.NONE ? s.unknown : figure.signed ? s[signRole(value)] : s.text;
      canvas.right(NAME_W + (t + 1) * CELL_W, y, text, style);
      if (at?.figure === line && at.tenor === t) canvas.invert(NAME_W + t * CELL_W, y, CELL_W);
    }
  });
  return rows.length + 1;
}

const HEAD_W = 12;
const COLUMN_W = 9;
export interface ExpiryColumn {
  readonly id: string;
  readonly title: string;
  readonly text: (row: SurfaceView["expiries"][number]) => string;
}
export const EXPIRY_COLUMNS: readonly ExpiryColumn[] = [
  { id: "atm", title: "ATM", text: (r) => f.vol(r.atm) },
  { id: "riskReversal25", title: "25Δ RR", text: (r) => figureText(r.riskReversal25, true) },
  { id: "butterfly25", title: "25Δ fly", text: (r) => figureText(r.butterfly25, true) },
  { id: "rmse", title: "rmse vp", text: (r) => (r.rmse === null ? f.NONE : f.fixed(r.rmse * 100, 2)) },
  { id: "fit", title: "FWD", text: (r) => (r.forward === null ? f.NONE : f.fixed(r.forward, 2)) },
  { id: "straddle", title: "straddle", text: (r) => (r.straddle === null ? f.NONE : f.fixed(r.straddle, 2)) },
  {
    id: "oneSigma",
    title: "1σ %",
    text: (r) => (r.oneSigma === null ? f.NONE : f.fixed(r.oneSigma * 100, 1)),
  },
  { id: "used", title: "quotes", text: (r) => f.units(r.used) },
  { id: "age", title: "fit age", text: (r) => f.age(r.ageUs) },
  { id: "kind", title: "fit", text: (r) => r.kind ?? f.NONE },
];
export const expiryColumnsShown = (width: number): number =>
  Math.max(1, Math.min(EXPIRY_COLUMNS.length, Math.floor((width - HEAD_W - 5) / COLUMN_W)));

/** Listed expiries down, the chosen one under the cursor. Returns the line of the cursor. */
export function paintExpiries(canvas: Canvas, view: SurfaceView, chosen: string, column: number): number {
  const { s } = canvas.theme;
  const columns = EXPIRY_COLUMNS.slice(0, expiryColumnsShown(canvas.w));
  const right = (i: number): number => HEAD_W + 5 + (i + 1) * COLUMN_W;
  canvas.text(0, 0, "EXPIRY", s.header);
  canvas.right(HEAD_W + 4, 0, "DTE", s.header);
  columns.forEach((c, i) => canvas.right(right(i), 0, c.title, i === column ? s.focus : s.header));
  const { at, from, rows } = expiryWindow(view, chosen, canvas.h - 1);
  rows.forEach((row, line) => {
    const y = line + 1;
    canvas.text(0, y, row.label, s.text);
    canvas.right(HEAD_W + 4, y, f.dte(row.dteDays), s.dim);
    columns.forEach((c, i) => {
      const text = c.text(row);
      canvas.right(right(i), y, text, text === f.NONE ? s.unknown : s.text);
    });
    if (row.atm === null)
      canvas.cut(HEAD_W + 6, y, canvas.w - HEAD_W - 6, `${f.NONE} ${refusal(row)}`, s.warn);
    if (row.key === chosen) canvas.ground(0, y, canvas.w, 1, s.select);
  });
  return at - from + 1;
}

/** Expiries on screen: all, or those around the chosen one. */
export function expiryWindow(view: SurfaceView, chosen: string, room: number) {
  const at = Math.max(
    0,
    view.expiries.findIndex((e) => e.key === chosen),
  );
  const from = Math.max(0, Math.min(at - (room >> 1), view.expiries.length - room));
  return { at, from, rows: view.expiries.slice(from, from + Math.max(0, room)) };
}

const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/expir(ed|y_in_its_last)/, "its last minute has come"],
  [/no_forward/, "no forward: no spot and no pair of call and put"],
  [/crossed_quote/, "its quotes are crossed"],
  [/no_quotes/, "no two-sided quotes"],
  [/no_usable_quotes/, "no usable quotes: crossed, one-sided or none"],
  [/not_fitted/, "not fitted yet"],
];

/** Why an expiry has no fit, in the engine's order. */
export function refusal(row: { readonly warnings: readonly string[] }): string {
  for (const [pattern, words] of REFUSALS) if (row.warnings.some((w) => pattern.test(w))) return words;
  return "it could not be fitted";
}
