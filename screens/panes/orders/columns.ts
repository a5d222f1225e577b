import type { OrderRow, OrderState } from "../../../src/desk/protocol.ts";
import type { Column } from "../../kit/columns.ts";
import * as f from "../../kit/format.ts";
import type { Role } from "../../theme/roles.ts";

/** A row of the pane: an order or ticket, or the words below one. */
export interface OrderLine {
  readonly row: OrderRow;
  readonly note: string | null;
  readonly bad: boolean;
}
export interface OrdersContext {
  readonly marked: (id: string) => boolean;
  /** The one underlying of all rows: no row needs to name it. */
  readonly symbol: string | null;
}
type C = Column<OrderLine, OrdersContext>;

const STATE_ROLE: Readonly<Record<OrderState, Role>> = {
  staged: "dim",
  sending: "warn",
  "not sent": "warn",
  working: "title",
  partial: "title",
  filled: "ok",
  busted: "error",
  cancelling: "warn",
  cancelled: "dim",
  rejected: "error",
  denied: "error",
  expired: "dim",
  UNKNOWN: "error",
};

/** States in which something may still happen at the broker. */
export const isWorking = (row: OrderRow): boolean => row.state === "working" || row.state === "partial";
export const isTicket = (row: OrderRow): boolean => row.state === "staged";

const SHORT: Readonly<Record<string, string>> = {
  "call vertical": "CV",
  "put vertical": "PV",
  "iron condor": "IC",
  "call condor": "CC",
  "put condor": "PC",
  "call fly": "CFly",
  "put fly": "PFly",
  straddle: "strd",
  strangle: "strg",
  "call calendar": "CCal",
  "put calendar": "PCal",
};
/** A structure by the letters that a trader says it with. */
export const shortWhat = (what: string): string =>
  what.replace(
    /(?:call|put|iron) (?:vertical|condor|fly|calendar)|straddle|strangle/,
    (word) => SHORT[word] ?? word,
  );

function whatOf(row: OrderRow, { symbol }: OrdersContext): string {
  const what = shortWhat(row.what);
  return symbol !== null && what.startsWith(`${symbol} `) ? what.slice(symbol.length + 1) : what;
}

const of = (text: (row: OrderRow, c: OrdersContext) => string) => (line: OrderLine, c: OrdersContext) =>
  line.note === null ? text(line.row, c) : "";

function limit(row: OrderRow): string {
  const now = f.price(row.limit, row.decimals);
  return row.pending === null || !isWorking(row) ? now : `${now}→${f.price(row.pending.price, row.decimals)}`;
}

function away(row: OrderRow): string {
  if (row.awayTicks === null) return f.NONE;
  return row.awayTicks === 0 ? "0t" : `${f.signed(row.awayTicks)}t`;
}

function filled(row: OrderRow): string {
  if (row.state === "UNKNOWN" && row.filled === null) return "?";
  return `${row.filled === null ? f.NONE : f.units(row.filled)}/${f.units(Math.abs(row.qty))}`;
}

export const ORDER_COLUMNS: readonly C[] = [
  {
    id: "id",
    title: "ID",
    rank: 1,
    min: 4,
    align: "left",
    text: of((row, c) => (c.marked(row.id) ? `${row.id}*` : row.id)),
    role: (line, c) => (c.marked(line.row.id) ? "mine" : "key"),
  },
  {
    id: "state",
    title: "STATE",
    rank: 2,
    min: 9,
    align: "left",
    text: of((row) => `${row.state}${row.state === "UNKNOWN" ? " ?" : ""}${row.external ? " ext" : ""}`),
    role: (line) => STATE_ROLE[line.row.state],
  },
  {
    id: "side",
    title: "SIDE",
    rank: 3,
    min: 8,
    align: "left",
    text: of((row) => {
      const n = Math.abs(row.qty);
      return row.side === "buy" ? `BUY ${f.signed(n)}` : `SELL ${f.signed(-n)}`;
    }),
    role: (line) => (line.row.side === "buy" ? "up" : "down"),
  },
  {
    id: "what",
    title: "WHAT",
    rank: 5,
    min: 18,
    align: "left",
    flex: true,
    text: of(whatOf),
  },
  { id: "filled", title: "FILLED", rank: 6, min: 6, align: "right", text: of(filled) },
  {
    id: "limit",
    title: "LIMIT",
    rank: 4,
    min: 6,
    align: "right",
    text: of(limit),
    role: ({ row }) =>
      row.pending === null || !isWorking(row) ? "text" : row.pending.ok ? "focus" : "error",
  },
  {
    id: "mid",
    title: "MID",
    rank: 8,
    min: 5,
    align: "right",
    text: of((row) => f.price(row.mid, row.decimals)),
    flash: true,
  },
  { id: "away", title: "AWAY", rank: 9, min: 4, align: "right", text: of(away), role: () => "dim" },
  {
    id: "age",
    title: "AGE",
    rank: 7,
    min: 4,
    align: "right",
    text: of((row) => f.age(row.ageMs === null ? null : row.ageMs * 1000)),
    role: () => "dim",
  },
  {
    id: "avg",
    title: "AVG",
    rank: 10,
    min: 5,
    align: "right",
    text: of((row) => f.price(row.avgFill, row.decimals)),
    role: () => "dim",
  },
  {
    id: "tif",
    title: "TIF",
    rank: 11,
    min: 3,
    align: "left",
    text: of((row) => row.tif.toUpperCase()),
    role: () => "dim",
  },
];

/** Orders with the words below them: what is collected and not sent, the reason, what is being asked. */
export function orderLines(rows: readonly OrderRow[]): OrderLine[] {
  return rows.flatMap((row): OrderLine[] => {
    const lines: OrderLine[] = [{ row, note: null, bad: false }];
    const { pending } = row;
    if (pending !== null && isWorking(row)) {
      const price = f.price(pending.price, row.decimals);
      const said = pending.text === null ? "" : `${pending.text}  `;
      const does = pending.ok
        ? `C sends ${price}, Esc forgets it`
        : "C does not send it: e amends by a preview, Esc forgets it";
      lines.push({ row, note: `${said}${does}`, bad: !pending.ok });
    }
    if (row.note !== null) lines.push({ row, note: row.note, bad: row.state === "UNKNOWN" });
    return lines;
  });
}
