import type { FlowBin, FlowTrade } from "../../../src/desk/protocol.ts";
import type { Column } from "../../kit/columns.ts";
import * as f from "../../kit/format.ts";
import type { Glyphs } from "../../theme/glyphs.ts";
import type { Role } from "../../theme/roles.ts";

/** What a cell needs beyond its row. */
export interface FlowContext {
  readonly glyphs: Glyphs;
  readonly offsetMin: number;
  readonly decimals: (t: FlowTrade) => number;
  /** Greatest |buy - sell| on show, for the bars. */
  readonly most: number;
}
type TradeColumn = Column<FlowTrade, FlowContext>;
/** A row of one of the sums, named by its strike or its time. */
export interface FlowRow extends FlowBin {
  readonly key: string;
}
type SumColumn = Column<FlowRow, FlowContext>;

const signRole = (v: number | null): Role =>
  v === null ? "unknown" : v < 0 ? "down" : v > 0 ? "up" : "flat";

/** How the side was found, shortest first: `quote`, `mid .6`; nothing where there is no side. */
function confidence(t: FlowTrade): string {
  if (t.side === "unknown") return f.NONE;
  return `${t.method} ${t.confidence}`;
}

export const TAPE_COLUMNS: readonly TradeColumn[] = [
  {
    id: "time",
    title: "TIME",
    rank: 2,
    min: 8,
    align: "left",
    text: (t, c) => f.clock(t.us, c.offsetMin),
    role: () => "dim",
  },
  { id: "label", title: "CONTRACT", rank: 1, min: 16, align: "left", flex: true, text: (t) => t.label },
  {
    id: "price",
    title: "PRICE",
    rank: 1,
    min: 7,
    align: "right",
    text: (t, c) => f.price(t.price, c.decimals(t)),
  },
  { id: "size", title: "SIZE", rank: 2, min: 5, align: "right", text: (t) => f.lots(t.size) },
  {
    id: "side",
    title: "SIDE",
    rank: 2,
    min: 4,
    align: "left",
    text: (t) => (t.side === "unknown" ? "?" : t.side),
    role: (t) => (t.side === "buy" ? "ask" : t.side === "sell" ? "bid" : "unknown"),
  },
  {
    id: "confidence",
    title: "CONF",
    rank: 4,
    min: 10,
    align: "left",
    text: confidence,
    role: (t) => (t.confidence === "low" || t.confidence === "none" ? "dim" : "text"),
  },
  {
    id: "dollarDelta",
    title: "Δ$",
    rank: 3,
    min: 7,
    align: "right",
    text: (t) => f.shortSigned(t.dollarDelta),
    role: (t) => signRole(t.dollarDelta),
  },
  {
    id: "vega",
    title: "V$/vp",
    rank: 5,
    min: 6,
    align: "right",
    text: (t) => f.shortSigned(t.vega),
    role: (t) => signRole(t.vega),
  },
  {
    id: "bid",
    title: "BID",
    rank: 6,
    min: 6,
    align: "right",
    text: (t, c) => f.price(t.bid, c.decimals(t)),
    role: () => "dim",
  },
  {
    id: "ask",
    title: "ASK",
    rank: 6,
    min: 6,
    align: "right",
    text: (t, c) => f.price(t.ask, c.decimals(t)),
    role: () => "dim",
  },
];

const HALF = 10;

/** Bought more than sold to the right of the middle, sold more to the left, in whole cells. */
function balance(r: FlowRow, c: FlowContext): string {
  const net = r.buy - r.sell;
  const cells = c.most > 0 ? Math.round((Math.abs(net) / c.most) * HALF) : 0;
  const bar = (c.glyphs.bar[8] as string).repeat(cells);
  const left = net < 0 ? bar.padStart(HALF) : " ".repeat(HALF);
  return `${left}${c.glyphs.separator}${(net > 0 ? bar : "").padEnd(HALF)}`;
}

const volume = (id: "buy" | "sell" | "unknown", title: string, rank: number): SumColumn => ({
  id,
  title,
  rank,
  min: 6,
  align: "right",
  text: (r) => f.short(r[id]),
  role: () => (id === "unknown" ? "dim" : "text"),
});

/** Columns of the sums by strike or by time. */
export const sumColumns = (title: string): readonly SumColumn[] => [
  { id: "key", title, rank: 1, min: 7, align: "right", text: (r) => r.key, role: () => "title" },
  {
    id: "balance",
    title: "SOLD      NET BOUGHT",
    rank: 3,
    min: 2 * HALF + 1,
    gap: 2,
    align: "left",
    text: balance,
    role: (r) => signRole(r.buy - r.sell),
  },
  {
    id: "net",
    title: "NET",
    rank: 1,
    min: 7,
    align: "right",
    text: (r) => f.shortSigned(r.buy - r.sell),
    role: (r) => signRole(r.buy - r.sell),
  },
  volume("buy", "BUY", 4),
  volume("sell", "SELL", 4),
  volume("unknown", "?", 5),
  {
    id: "netDelta",
    title: "Δ$",
    rank: 2,
    min: 7,
    align: "right",
    text: (r) => f.shortSigned(r.netDelta),
    role: (r) => signRole(r.netDelta),
  },
  {
    id: "netVega",
    title: "V$/vp",
    rank: 5,
    min: 7,
    align: "right",
    text: (r) => f.shortSigned(r.netVega),
    role: (r) => signRole(r.netVega),
  },
  {
    id: "trades",
    title: "TRADES",
    rank: 6,
    min: 6,
    align: "right",
    text: (r) => f.short(r.trades),
    role: () => "dim",
  },
];
