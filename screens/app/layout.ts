import type { PaneId } from "../keys/keymap.ts";

/** Least terminal that the desk can be worked in. */
export const MIN_COLS = 60;
export const MIN_ROWS = 15;
/** Two status rows above, notification and hints below. */
export const CHROME_ROWS = 4;
/** Least columns from which an opened pane stands beside Positions. */
const BESIDE_COLS = 120;

/** Where panes go: cells along the parent's direction, `null` what is left. */
export type LayoutNode =
  | { readonly kind: "pane"; readonly id: PaneId; readonly size: number | null }
  | {
      readonly kind: "row" | "column";
      readonly size: number | null;
      readonly children: readonly LayoutNode[];
    };

export interface LayoutWish {
  readonly cols: number;
  readonly rows: number;
  /** The pane asked for beyond those of the layout. */
  readonly opened: PaneId | null;
  /** The pane that has the screen for itself. */
  readonly zoomed: PaneId | null;
  readonly has: (id: PaneId) => boolean;
  /** Panes of the layout, the weightiest first; without, it is the Desk. */
  readonly panes?: readonly PaneId[] | null;
}

const pane = (id: PaneId, size: number | null = null): LayoutNode => ({ kind: "pane", id, size });
const row = (children: readonly LayoutNode[], size: number | null = null): LayoutNode => ({
  kind: "row",
  children,
  size,
});
const column = (children: readonly LayoutNode[], size: number | null = null): LayoutNode => ({
  kind: "column",
  children,
  size,
});

/** Panes of a tree in reading order. */
export function panesOf(node: LayoutNode): PaneId[] {
  return node.kind === "pane" ? [node.id] : node.children.flatMap(panesOf);
}

const tooSmall = (wish: LayoutWish): boolean => wish.cols < MIN_COLS || wish.rows < MIN_ROWS;

/** The tree of panes for a size; null when the terminal is too small for any. */
export function layout(wish: LayoutWish): LayoutNode | null {
  if (tooSmall(wish)) return null;
  if (wish.zoomed !== null) return column([pane(wish.zoomed)]);
  const body = wish.rows - CHROME_ROWS;
  const asked = wish.panes ? listed(wish.panes.filter(wish.has), wish.cols, body) : null;
  const base = prune(asked ?? desk(wish, body), wish.has) ?? pane("positions");
  const { opened } = wish;
  if (opened === null || panesOf(base).includes(opened)) return base;
  if (wish.cols < BESIDE_COLS) return column([pane(opened)]);
  const log = pane("log", 3);
  if (opened === "log") return column([pane("positions"), pane("log", Math.floor(body / 2))]);
  const beside = asked ? (panesOf(asked)[0] ?? "positions") : "positions";
  return column([row([pane(beside, Math.floor(wish.cols / 3)), pane(opened)]), log]);
}

/** Columns from which the first pane can have more than half and leave a chain its room. */
const WIDE_COLS = 150;
/** Least rows of a pane that shares a column. */
const SHARE_ROWS = 8;

/** Panes by weight: the first gets most, the others stand beside it or below; those that find no room drop from the end, the log stays. */
function listed(panes: readonly PaneId[], cols: number, body: number): LayoutNode | null {
  const [first, ...others] = panes.filter((id) => id !== "log");
  if (first === undefined) return null;
  const logRows = body >= 18 ? 3 : 1;
  const room = body - logRows;
  const log = pane("log", logRows);
  const fitting = Math.floor(room / SHARE_ROWS);
  if (cols >= BESIDE_COLS && others.length > 0) {
    const beside = others.slice(0, Math.max(1, fitting));
    const each = Math.floor(room / beside.length);
    const side = beside.map((id, i) => pane(id, i === beside.length - 1 ? null : each));
    return column([
      row([pane(first, Math.round(cols * (cols < WIDE_COLS ? 0.5 : 0.58))), column(side)]),
      log,
    ]);
  }
  const below = others.slice(0, Math.max(0, fitting - 1));
  const each = Math.max(SHARE_ROWS, Math.floor((room * 0.9) / (below.length + 1)));
  return column([pane(first), ...below.map((id) => pane(id, each)), log]);
}

/** The tree without panes that this build lacks; their room goes to their neighbours. */
function prune(node: LayoutNode, has: (id: PaneId) => boolean): LayoutNode | null {
  if (node.kind === "pane") return has(node.id) ? node : null;
  const children = node.children.map((child) => prune(child, has)).filter((child) => child !== null);
  const last = children.at(-1);
  if (last === undefined) return null;
  if (children.every((child) => child.size !== null)) children[children.length - 1] = { ...last, size: null };
  return { ...node, children };
}

/** The Desk: Positions always, then Watch, Chart, Orders, Tape, Log as the size allows. */
function desk(wish: LayoutWish, body: number): LayoutNode {
  const { cols } = wish;
  if (cols >= 180 && body >= 38) return wide(wish, body);
  if (cols >= BESIDE_COLS && body >= 28) return medium(wish, body);
  const log = pane("log", body >= 18 ? 3 : 1);
  const room = body - (body >= 18 ? 3 : 1);
  const lower = Math.max(6, Math.min(Math.floor(body * 0.42), 16));
  if (room - lower < 7) return column([pane("positions"), log]);
  const watch = Math.max(36, Math.min(Math.floor(cols * 0.475), 56));
  return column([pane("positions"), row([pane("watch", watch), pane("chart")], lower), log]);
}

function medium(wish: LayoutWish, body: number): LayoutNode {
  const room = body - 3;
  const top = Math.ceil(room * 0.58);
  const side = Math.min(44, Math.max(40, Math.floor(wish.cols * 0.31)));
  const watch = Math.max(8, Math.floor(top * 0.55));
  const chart = Math.floor(wish.cols * 0.48);
  return column([
    row([pane("positions"), column([pane("watch", watch), pane("tape")], side)], top),
    row([pane("chart", chart), pane("orders")]),
    pane("log", 3),
  ]);
}

function wide(wish: LayoutWish, body: number): LayoutNode {
  const { cols } = wish;
  const room = body - 3;
  const top = Math.ceil(room * 0.52);
  const inDesk: readonly PaneId[] = ["positions", "watch", "chart", "tape", "orders", "log"];
  const aux = wish.opened !== null && !inDesk.includes(wish.opened) ? wish.opened : "chain";
  const left = Math.round(cols * 0.58);
  const watch = Math.ceil((room - top) * 0.6);
  const side = column([pane("watch", watch), pane("tape")], Math.round(cols * 0.2));
  return column([
    row([pane("positions", left), pane(aux)], top),
    row([pane("chart", Math.round(cols * 0.38)), side, pane("orders")]),
    pane("log", 3),
  ]);
}
