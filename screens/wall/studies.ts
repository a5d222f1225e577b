import type { ExposureView, SurfaceView } from "../../src/desk/protocol.ts";
import type { Column } from "../kit/columns.ts";
import * as f from "../kit/format.ts";
import { decimalsOf } from "../kit/ticks.ts";
import { signRole } from "../theme/theme.ts";
import { type Plot, plotOf } from "./curves.ts";
import type { Ink } from "./ink.ts";
import { type Sheet, sheet } from "./sheets.ts";

/** Vols at the forward of the listed expiries, nearest first, and where known those of the session before at the same tenors. */
export function termCurve(view: SurfaceView | null): Plot | null {
  const known = view?.expiries.flatMap((e) => (e.atm === null ? [] : [{ label: e.label, vol: e.atm * 100 }]));
  if (!known || known.length < 2) return null;
  return plotOf(
    known.map((e) => e.label),
    [{ name: "ATM vol", values: known.map((e) => e.vol) }],
  );
}

/** What the frame of the term structure says: shape, and the vol of 30 days. */
export function termLabel(view: SurfaceView | null, ink: Ink): string {
  const month = view?.tenors.find((t) => t.days === 30)?.atm ?? null;
  const words = view === null ? "" : ` ${view.label}  ${view.term.shape ?? f.NONE}  30d ${f.vol(month)}`;
  return `${ink.text("bold", "Term structure")}${ink.clean(words)}`;
}

interface StrikeRow {
  readonly strike: number;
  readonly net: number;
  /** Net over the greatest on show. */
  readonly share: number;
  readonly tag: string;
}
const HALF = 12;

const COLUMNS: readonly Column<StrikeRow, Ink>[] = [
  {
    id: "strike",
    title: "STRIKE",
    rank: 1,
    min: 7,
    align: "right",
    text: (r) => f.fixed(r.strike, decimalsOf(r.strike)),
  },
  {
    id: "bar",
    title: "-         NET         +",
    rank: 2,
    min: 2 * HALF + 1,
    align: "left",
    text: (r, ink) => {
      const cells = Math.round(Math.abs(r.share) * HALF) || 0;
      const bar = (ink.theme.g.bar[8] as string).repeat(cells);
      const left = r.share < 0 ? bar.padStart(HALF) : " ".repeat(HALF);
      return `${left}${ink.theme.g.separator}${(r.share > 0 ? bar : "").padEnd(HALF)}`;
    },
    role: (r) => signRole(r.net),
  },
  {
    id: "net",
    title: "$/1%",
    rank: 1,
    min: 7,
    align: "right",
    text: (r) => f.shortSigned(r.net),
    role: (r) => signRole(r.net),
  },
  { id: "tag", title: "", rank: 3, min: 9, align: "left", text: (r) => r.tag, role: () => "mine" },
];

/** Gamma by strike around spot, the highest strike on top: as many strikes as there are lines. */
export function exposureSheet(view: ExposureView | null, width: number, height: number, ink: Ink): Sheet {
  return sheet(COLUMNS, strikesAround(view, height), ink, width, ink);
}

export function exposureLabel(view: ExposureView | null, ink: Ink): string {
  if (view === null) return ink.text("bold", "Exposure");
  const { total } = view.measures.gamma;
  const zero = view.zeroGamma.nearest;
  const words = ` ${view.label}  net ${f.shortSigned(total.net)}  zero ${zero === null ? f.NONE : f.fixed(zero, 2)}  HEURISTIC`;
  return `${ink.text("bold", "Exposure")}${ink.clean(words)}`;
}

function strikesAround(view: ExposureView | null, height: number): StrikeRow[] {
  if (view === null || view.strikes.length === 0 || height <= 0) return [];
  const { net } = view.measures.gamma;
  const nearest = view.strikes.findIndex((k) => k >= (view.spot ?? 0));
  const at = nearest < 0 ? view.strikes.length - 1 : nearest;
  const from = Math.max(0, Math.min(at - (height >> 1), view.strikes.length - height));
  const shown = Array.from(view.strikes.subarray(from, from + height), (strike, i) => ({
    strike,
    net: net[from + i] as number,
  }));
  const most = Math.max(...shown.map((r) => (Number.isFinite(r.net) ? Math.abs(r.net) : 0)));
  const tagOf = (strike: number): string =>
    strike === view.callWall?.strike
      ? "call wall"
      : strike === view.putWall?.strike
        ? "put wall"
        : strike === view.strikes[at]
          ? "spot"
          : "";
  return shown
    .map((r) => ({
      ...r,
      share: most > 0 && Number.isFinite(r.net) ? r.net / most : 0,
      tag: tagOf(r.strike),
    }))
    .reverse();
}
