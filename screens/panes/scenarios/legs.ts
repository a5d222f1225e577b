import type { ScenarioLegRow } from "../../../src/desk/protocol.ts";
import type { Column } from "../../kit/columns.ts";
import * as f from "../../kit/format.ts";
import { signRole } from "../../theme/theme.ts";

export interface LegsContext {
  /** The cell whose P&L is shown. */
  readonly cell: number;
  readonly money: (pnl: number) => string;
}
type C = Column<ScenarioLegRow, LegsContext>;

const pnlOf = (row: ScenarioLegRow, c: LegsContext): number => row.pnl[c.cell] ?? Number.NaN;

const BASIS: Readonly<Record<string, string>> = {
  mark: "vol of its mark",
  offset: "mark without a vol: own vol, difference kept",
  model: "no mark: from the model",
};

/** Legs of the book with their share in the cell under the cursor. */
export const LEG_COLUMNS: readonly C[] = [
  {
    id: "label",
    title: "LEG",
    rank: 1,
    align: "left",
    min: 16,
    text: (r) => (r.ticket === null ? r.label : `${r.ticket} ${r.label}`),
    role: (r) => (r.ticket === null ? "text" : "mine"),
  },
  { id: "qty", title: "QTY", rank: 2, align: "right", min: 5, text: (r) => f.signed(r.qty) },
  { id: "mark", title: "MARK", rank: 4, align: "decimal", min: 6, text: (r) => f.price(r.mark, 2) },
  {
    id: "iv",
    title: "IV%",
    rank: 3,
    align: "right",
    min: 5,
    text: (r) => (r.sigma === null ? (r.basis === null && r.reason === null ? "" : f.NONE) : f.vol(r.sigma)),
  },
  {
    id: "pnl",
    title: "P&L",
    rank: 1,
    align: "right",
    min: 9,
    text: (r, c) => c.money(pnlOf(r, c)),
    role: (r, c) => signRole(pnlOf(r, c)),
  },
  {
    id: "note",
    title: "",
    rank: 5,
    align: "left",
    min: 12,
    flex: true,
    text: (r) => r.reason ?? (r.basis === null ? "" : (BASIS[r.basis] ?? "")),
    role: (r) => (r.reason !== null || r.basis === "model" ? "warn" : "dim"),
  },
];
