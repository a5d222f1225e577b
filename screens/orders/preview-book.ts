import type { GreeksLine, PreviewView } from "../../src/desk/protocol.ts";
import * as f from "../kit/format.ts";
import { signRole } from "../theme/theme.ts";
import { BLANK, RANK } from "./preview-rank.ts";
import { may, type Piece, type SheetLine } from "./sheet.ts";

const NAME_W = 9;
const SHOCK_W = 7;
const BAR = " | spot";

interface GreekColumn {
  readonly title: string;
  readonly w: number;
  readonly value: (g: GreeksLine) => number | null;
  readonly decimals: number;
}
const SHARES: readonly GreekColumn[] = [
  { title: "Δ sh", w: 7, value: (g) => g.delta, decimals: 0 },
  { title: "Γ sh/pt", w: 8, value: (g) => g.gamma, decimals: 1 },
];
const MONEY: readonly GreekColumn[] = [
  { title: "Δ $", w: 8, value: (g) => g.dollarDelta, decimals: 0 },
  { title: "Γ $/1%", w: 8, value: (g) => g.dollarGamma, decimals: 0 },
];
const GREEKS: readonly GreekColumn[] = [
  { title: "Θ $/d", w: 7, value: (g) => g.theta, decimals: 0 },
  { title: "V $/vp", w: 7, value: (g) => g.vega, decimals: 0 },
];

/** The book without and with the order: Greeks, and its P&L at shocks of spot. As many shocks as fit, the outer ones first to go. */
export function bookLines(v: PreviewView, w: number): SheetLine[] {
  // Shares of several underlyings add up to nothing: money does.
  const shares = v.bookNow.delta !== null && v.bookAfter.delta !== null;
  const greeks = [...(shares ? SHARES : MONEY), ...GREEKS];
  const used = NAME_W + greeks.reduce((sum, c) => sum + c.w, 0) + BAR.length;
  const room = Math.max(0, Math.floor((w - used) / SHOCK_W));
  let shocks = v.spotShocks.map((shock, i) => ({ shock, i })).filter((s) => s.shock !== 0);
  while (shocks.length > room) {
    const worst = shocks.reduce((a, b) => (Math.abs(b.shock) >= Math.abs(a.shock) ? b : a));
    shocks = shocks.filter((s) => s !== worst);
  }
  const header: Piece[] = [
    [" ".repeat(NAME_W) + greeks.map((c) => c.title.padStart(c.w)).join(""), "header"],
    [shocks.length > 0 ? BAR : "", "header"],
    [shocks.map((s) => f.percent(s.shock).replace(".0%", "%").padStart(SHOCK_W)).join(""), "header"],
  ];
  const line = (name: string, g: GreeksLine): SheetLine => {
    const pieces: Piece[] = [[name.padEnd(NAME_W), "dim"]];
    for (const c of greeks) {
      const value = c.value(g);
      pieces.push([f.fit(value, c.w - 1, c.decimals).padStart(c.w), signRole(value)]);
    }
    if (shocks.length > 0) pieces.push([" |".padEnd(BAR.length), "frame"]);
    for (const s of shocks) {
      const pnl = g.pnl[s.i] ?? null;
      pieces.push([f.fit(pnl, SHOCK_W - 1).padStart(SHOCK_W), signRole(pnl)]);
    }
    return may(RANK.greeks, pieces);
  };
  const order = v.rows.length > 1 ? "+ orders" : "+ order";
  return [may(RANK.greeks, header), line("book now", v.bookNow), line(order, v.bookAfter)];
}

/** `w`: P&L of the book by vol and spot, without the order, with it, and what it adds. */
export function scenarioLines(v: PreviewView, w: number): SheetLine[] {
  const { scenario } = v;
  if (scenario === null) return [];
  const room = Math.max(0, Math.floor((w - NAME_W - SHOCK_W) / SHOCK_W));
  const shocks = v.spotShocks.map((shock, i) => ({ shock, i })).slice(0, room);
  const vol = (pts: number): string => (pts === 0 ? "vol 0" : `vol ${f.signed(pts)}`);
  const head: Piece[] = [
    ["scenario".padEnd(NAME_W + SHOCK_W), "header"],
    [shocks.map((s) => f.percent(s.shock).replace(".0%", "%").padStart(SHOCK_W)).join(""), "header"],
  ];
  const line = (name: string, pts: number, cells: readonly (number | null)[]): SheetLine => {
    const pieces: Piece[] = [[`${name.padEnd(NAME_W)}${vol(pts).padStart(SHOCK_W)}`, "dim"]];
    for (const s of shocks) {
      const pnl = cells[s.i] ?? null;
      pieces.push([f.fit(pnl, SHOCK_W - 1).padStart(SHOCK_W), signRole(pnl)]);
    }
    return may(RANK.scenario, pieces);
  };
  const less = (a: readonly (number | null)[], b: readonly (number | null)[]) =>
    a.map((x, i) => (x === null || b[i] == null ? null : x - (b[i] as number)));
  return [
    may(RANK.scenario, head),
    ...scenario.volPts.flatMap((pts, i) => {
      const now = scenario.now[i] ?? [];
      const after = scenario.after[i] ?? [];
      return [line("book now", pts, now), line("+ order", pts, after), line("order", pts, less(after, now))];
    }),
    BLANK,
  ];
}
