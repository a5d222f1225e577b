import type { SmileColumns, SurfaceView } from "../../../src/desk/protocol.ts";
import type { Canvas } from "../../kit/canvas.ts";
import * as f from "../../kit/format.ts";

/** A figure of a smile as it stands in the tables. */
interface Figure {
  readonly id: string;
  readonly title: string;
  readonly of: (row: SmileColumns & { readonly forwardVol?: number | null }) => number | null;
  readonly signed?: boolean;
}

/** By rank: what goes first when there is less room goes last. */
export const FIGURES: readonly Figure[] = [
  { id: "atm", title: "ATM", of: (r) => r.atm },
  { id: "rr25", title: "25Δ RR", of: (r) => r.riskReversal25, signed: true },
  { id: "fly25", title: "25Δ fly", of: (r) => r.butterfly25, signed: true },
  { id: "put25", title: "25ΔP", of: (r) => r.put25 },
  { id: "call25", title: "25ΔC", of: (r) => r.call25 },
  { id: "put10", title: "10ΔP", of: (r) => r.put10 },
  { id: "call10", title: "10ΔC", of: (r) => r.call10 },
  { id: "fwd", title: "fwd", of: (r) => r.forwardVol ?? null },
];

const NAME_W = 8;
const CELL_W = 7;

export const figureText = (value: number | null, signed: boolean | undefined): string =>
  value === null ? f.NONE : signed ? f.signed(value * 100, 1) : f.vol(value);

/** Constant maturities across, figures down: how vol stands in time and delta. */
export function paintTenors(canvas: Canvas, view: SurfaceView): number {
  const { s } = canvas.theme;
  const tenors = view.tenors.slice(0, Math.max(1, Math.floor((canvas.w - NAME_W) / CELL_W)));
  canvas.text(0, 0, "TENOR", s.header);
  tenors.forEach((t, i) => {
    canvas.right(
      NAME_W + (i + 1) * CELL_W,
      0,
      `${t.days}d${t.kind === "extrapolated" ? canvas.theme.g.estimated : ""}`,
      s.header,
    );
  });
  FIGURES.forEach((figure, line) => {
    const y = line + 1;
    canvas.text(0, y, figure.title, s.dim);
    tenors.forEach((t, i) => {
      const value = figure.of(t);
      const style = value === null ? s.unknown : figure.signed ? (value < 0 ? s.down : s.up) : s.text;
      canvas.right(NAME_W + (i + 1) * CELL_W, y, figureText(value, figure.signed), style);
    });
  });
  return FIGURES.length + 1;
}

const HEAD_W = 9;
const COLUMN_W = 8;
const EXPIRY_COLUMNS: readonly {
  readonly title: string;
  readonly text: (row: SurfaceView["expiries"][number]) => string;
}[] = [
  { title: "ATM", text: (r) => f.vol(r.atm) },
  { title: "25Δ RR", text: (r) => figureText(r.riskReversal25, true) },
  { title: "25Δ fly", text: (r) => figureText(r.butterfly25, true) },
  { title: "rmse vp", text: (r) => (r.rmse === null ? f.NONE : f.fixed(r.rmse * 100, 2)) },
  { title: "FWD", text: (r) => f.price(r.forward, 2) },
  { title: "straddle", text: (r) => f.price(r.straddle, 2) },
  { title: "1σ %", text: (r) => (r.oneSigma === null ? f.NONE : f.fixed(r.oneSigma * 100, 1)) },
  { title: "quotes", text: (r) => f.units(r.used) },
];

/** Listed expiries down, the one whose smile is shown under the cursor. Returns the line of the cursor. */
export function paintExpiries(canvas: Canvas, view: SurfaceView, chosen: string): number {
  const { s } = canvas.theme;
  const columns = EXPIRY_COLUMNS.slice(0, Math.max(1, Math.floor((canvas.w - HEAD_W - 5) / COLUMN_W)));
  canvas.text(0, 0, "EXPIRY", s.header);
  canvas.right(HEAD_W + 4, 0, "DTE", s.header);
  columns.forEach((c, i) => canvas.right(HEAD_W + 5 + (i + 1) * COLUMN_W, 0, c.title, s.header));
  const at = Math.max(
    0,
    view.expiries.findIndex((e) => e.key === chosen),
  );
  const room = canvas.h - 1;
  const from = Math.max(0, Math.min(at - (room >> 1), view.expiries.length - room));
  view.expiries.slice(from, from + room).forEach((row, line) => {
    const y = line + 1;
    canvas.text(0, y, row.label, s.text);
    canvas.right(HEAD_W + 4, y, f.dte(row.dteDays), s.dim);
    columns.forEach((c, i) => {
      const text = c.text(row);
      canvas.right(HEAD_W + 5 + (i + 1) * COLUMN_W, y, text, text === f.NONE ? s.unknown : s.text);
    });
    if (row.key === chosen) canvas.ground(0, y, canvas.w, 1, s.select);
  });
  return at - from + 1;
}
