import type { ScenariosView } from "../../../src/desk/protocol.ts";
import type { Canvas, Span } from "../../kit/canvas.ts";
import * as f from "../../kit/format.ts";
import { textWidth } from "../../terminal/width.ts";
import { signRole } from "../../theme/theme.ts";
import { type CellPlace, cellOf, decimals } from "./grid.ts";

/** Figures below the grid that the cursor stops at, in the order in which it meets them. */
export const STOPS = ["worst", "burn", "breakEven", "beta", "margin"] as const;
export type Stop = (typeof STOPS)[number];

interface Part {
  readonly stop: Stop | null;
  readonly spans: readonly Span[];
}
export interface SummaryLine {
  readonly parts: readonly Part[];
}

/** The figures below the grid, each line only as far as it fits. */
export function summaryLines(
  canvas: Canvas,
  v: ScenariosView,
  at: CellPlace,
  money: (x: number) => string,
): SummaryLine[] {
  const { s, g } = canvas.theme;
  const day = v.days[at.day] ?? 0;
  const days: Span[] = [[" day ", s.dim]];
  for (const [i, d] of v.days.entries()) days.push([`${d} `, i === at.day ? s.focus : s.dim]);
  const worst = v.worst === null ? Number.NaN : (v.pnl[v.worst] as number);
  const worstDay = v.worst === null ? 0 : (v.days[v.worst % v.days.length] ?? 0);
  const worstSpans: Span[] = [
    [`worst ${g.open} `, s.dim],
    [money(worst), s[signRole(worst)]],
  ];
  if (worstDay !== day) worstSpans.push([` ${when(worstDay)}`, s.dim]);
  const burn = day === 0 ? (v.burnPerDay ?? Number.NaN) : baseAt(v, at.day);
  const lines: SummaryLine[] = [
    {
      parts: [
        { stop: null, spans: [...days, ["  ", s.dim]] },
        { stop: "worst", spans: worstSpans },
        { stop: null, spans: [["   ", s.dim]] },
        {
          stop: "burn",
          spans: [
            [`burn ${day === 0 ? 1 : day}d `, s.dim],
            [money(burn), s[signRole(burn)]],
          ],
        },
      ],
    },
    {
      parts: [
        { stop: null, spans: baseSpans(canvas, v) },
        {
          stop: "breakEven",
          spans: [
            ["break-even ", s.dim],
            [breakEvens(v, at.day), s.text],
          ],
        },
      ],
    },
    { parts: [{ stop: "beta", spans: betaSpans(canvas, v) }] },
    { parts: [{ stop: "margin", spans: marginSpans(canvas, v, at.spot, money) }] },
  ];
  const expired = v.expired[at.day] ?? 0;
  const notes: Span[] = [];
  if (v.missing > 0)
    notes.push([` ${g.estimated} without ${v.missing} of ${v.legs.length} legs: ${reasons(v)}`, s.warn]);
  if (expired > 0) notes.push([` ${expired} expired by then, at intrinsic`, s.dim]);
  if (notes.length > 0) lines.push({ parts: [{ stop: null, spans: notes }] });
  return lines;
}

/** Paints the lines from row `y`; the figure that the cursor is on stands inverse. Returns where that is. */
export function paintSummary(
  canvas: Canvas,
  y: number,
  lines: readonly SummaryLine[],
  stop: Stop | null,
): { readonly x: number; readonly y: number } | null {
  let found: { readonly x: number; readonly y: number } | null = null;
  for (const [i, { parts }] of lines.entries()) {
    let x = 0;
    for (const part of parts) {
      const end = canvas.spans(x, y + i, part.spans);
      if (stop !== null && part.stop === stop) {
        found = { x, y: y + i };
        canvas.invert(x, y + i, end - x);
      }
      if (end < x + part.spans.reduce((w, [text]) => w + textWidth(text), 0)) break;
      x = end;
    }
  }
  return found;
}

/** Which cell, and which figure of it, says where a figure comes from. */
export function explained(
  v: ScenariosView,
  at: CellPlace,
  stop: Stop | null,
): { row: string; column: string } {
  const { spotPct, volPts, days } = v;
  const cell = (spot: number, vol: number, day: number): string => `${spot} ${vol} ${day}`;
  const here = cell(spotPct[at.spot] ?? 0, volPts[at.vol] ?? 0, days[at.day] ?? 0);
  switch (stop) {
    case "worst": {
      if (v.worst === null) return { row: here, column: "pnl" };
      const [strip, day] = [Math.floor(v.worst / days.length), v.worst % days.length];
      const [spot, vol] = [Math.floor(strip / volPts.length), strip % volPts.length];
      return { row: cell(spotPct[spot] ?? 0, volPts[vol] ?? 0, days[day] ?? 0), column: "pnl" };
    }
    case "burn":
      return { row: cell(0, 0, days[at.day] || 1), column: "pnl" };
    case "breakEven":
      return { row: here, column: `breakEven ${spotPct[0] ?? 0} ${spotPct.at(-1) ?? 0}` };
    default:
      return { row: here, column: stop ?? "pnl" };
  }
}

function baseSpans(canvas: Canvas, v: ScenariosView): Span[] {
  const { s } = canvas.theme;
  const { model, offset } = v.base;
  return [
    [model === 0 ? " base = mark ✓" : ` base: ${model} without a mark`, model === 0 ? s.ok : s.warn],
    [offset === 0 ? "" : `  ${offset} by a constant difference`, s.dim],
    ["   ", s.dim],
  ];
}

/** Whose move the axis is, by which betas; and how vol answers spot where the smiles tell. */
function betaSpans(canvas: Canvas, v: ScenariosView): Span[] {
  const { s } = canvas.theme;
  const index = v.betas.find((b) => b.index !== null)?.index ?? "index";
  const words = v.betas.map((b) => `${b.label} ${b.beta === null ? f.NONE : f.fixed(b.beta, 2)}`).join("  ");
  const none = v.betas.some((b) => b.beta === null);
  const spans: Span[] = [
    [` beta to ${index}: `, s.dim],
    [words === "" ? f.NONE : words, none ? s.warn : s.text],
    [none ? "  none on file: config/market.yaml, betas" : "", s.dim],
  ];
  if (v.spotAxis === "own") spans.push(["  own moves (c: index)", s.dim]);
  for (const { label, beta } of v.spotVolBeta)
    spans.push([
      `  vol ${label} ${beta === null ? "+0.8 by rule" : f.signed(beta, 2)} vp per -1%`,
      beta === null ? s.warn : s.text,
    ]);
  return spans;
}

/** Margin now and at the spot move under the cursor. */
function marginSpans(canvas: Canvas, v: ScenariosView, spot: number, money: (x: number) => string): Span[] {
  const { s } = canvas.theme;
  const { initial, cushion, initialBySpot, cushionBySpot, reason } = v.margin;
  if (initial === null || cushion === null)
    return [[` margin ${f.NONE}${reason === null ? "" : ` ${reason}`}`, s.dim]];
  const bare = (x: number): string => money(x).replace("+", "");
  const spans: Span[] = [
    [` margin${v.staged ? " with tickets" : ""} `, s.dim],
    [bare(initial), s.text],
    ["  cushion ", s.dim],
    [bare(cushion), s[signRole(cushion)]],
  ];
  const move = v.spotPct[spot] ?? 0;
  const there = cushionBySpot[spot] ?? Number.NaN;
  if (move !== 0 && there === there)
    spans.push(
      [`   at ${f.signed(move, decimals(move))}% `, s.dim],
      [bare(initialBySpot[spot] ?? Number.NaN), s.text],
      ["  cushion ", s.dim],
      [bare(there), s[signRole(there)]],
      [there < 0 ? "  margin call" : "", s.warn],
    );
  return spans;
}

/** P&L with only time passing. */
function baseAt(v: ScenariosView, day: number): number {
  return v.pnl[cellOf(v, { spot: v.spotPct.indexOf(0), vol: v.volPts.indexOf(0), day })] as number;
}

function reasons(v: ScenariosView): string {
  return [...new Set(v.legs.flatMap((l) => (l.reason === null ? [] : [l.reason])))].join(", ");
}

/** Break-evens of a day as prices where there is one underlying, else as moves. */
function breakEvens(v: ScenariosView, day: number): string {
  const moves = v.breakEvensPct[day] ?? [];
  const then = when(v.days[day] ?? 0);
  if (moves.length === 0) return `${then} none within ${v.spotPct[0]}% to ${f.signed(v.spotPct.at(-1))}%`;
  const { spot } = v;
  const words = moves.map((m) => (spot === null ? `${f.signed(m, 1)}%` : f.fixed(spot * (1 + m / 100), 2)));
  return `${then} ${words.join("  ")}`;
}

const when = (days: number): string => (days === 0 ? "today" : `in ${days}d`);
