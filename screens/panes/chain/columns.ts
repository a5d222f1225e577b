import type { BookRow } from "../../../engines/market/index.ts";
import type { ChainSide, ChainView, FollowState } from "../../../src/desk/protocol.ts";
import type { Column } from "../../kit/columns.ts";
import * as f from "../../kit/format.ts";
import { feedGlyph, isDim } from "../../kit/freshness.ts";
import type { Glyphs } from "../../theme/glyphs.ts";
import type { Role } from "../../theme/roles.ts";

/** A row is a strike, by its index in the view. */
export type StrikeIndex = number;

export interface ChainContext {
  readonly view: ChainView;
  readonly glyphs: Glyphs;
  /** Decimals that tell the strikes apart. */
  readonly strikeDecimals: number;
  /** Index of the strike at the money, -1 when not known. */
  readonly atm: StrikeIndex;
  readonly quote: (side: ChainSide, row: StrikeIndex) => BookRow | null;
  readonly feed: (side: ChainSide, row: StrikeIndex, quote: BookRow) => FollowState;
  /** Ratio of a leg that is being put together, 0 for none. */
  readonly leg: (side: ChainSide, row: StrikeIndex) => number;
}
type C = Column<StrikeIndex, ChainContext>;
type SideName = "calls" | "puts";

const at = (column: Float64Array, row: StrikeIndex): number => column[row] ?? Number.NaN;

/** A quote's field as text: nothing where the contract is not listed, `–` where it was never quoted. */
function quoted(
  name: SideName,
  text: (q: BookRow, c: ChainContext) => string,
): (row: StrikeIndex, c: ChainContext) => string {
  return (row, c) => {
    const quote = c.quote(c.view[name], row);
    return quote === null ? "" : text(quote, c);
  };
}

function sideColumns(
  name: SideName,
): Readonly<Record<"oi" | "delta" | "iv" | "bid" | "bidSize" | "ask" | "askSize", C>> {
  const id = (part: string) => `${name}.${part}`;
  const listed = (row: StrikeIndex, c: ChainContext): boolean => (c.view[name].slot[row] ?? -1) >= 0;
  const role =
    (own: Role) =>
    (row: StrikeIndex, c: ChainContext): Role => {
      const quote = c.quote(c.view[name], row);
      return quote !== null && isDim(c.feed(c.view[name], row, quote)) ? "stale" : own;
    };
  /** The glyph of a quote that is not of now stands between price and size. */
  const size =
    (value: (q: BookRow) => number) =>
    (row: StrikeIndex, c: ChainContext): string => {
      const quote = c.quote(c.view[name], row);
      if (quote === null) return "";
      const v = value(quote);
      const mark = feedGlyph(c.feed(c.view[name], row, quote), c.glyphs) ?? "";
      return mark + (Number.isFinite(v) ? f.lots(v) : f.NONE);
    };
  const given =
    (column: "openInterest" | "delta" | "iv", text: (v: number) => string) =>
    (row: StrikeIndex, c: ChainContext) =>
      listed(row, c) ? text(at(c.view[name][column], row)) : "";
  return {
    oi: {
      id: id("oi"),
      title: "OI",
      rank: 8,
      set: "oi",
      min: 5,
      align: "right",
      text: given("openInterest", (v) => f.short(v)),
      role: () => "dim",
    },
    delta: {
      id: id("delta"),
      title: "Δ",
      rank: 5,
      set: "delta",
      min: 4,
      align: "right",
      text: given("delta", f.delta),
    },
    iv: { id: id("iv"), title: "IV%", rank: 4, set: "iv", min: 5, align: "right", text: given("iv", f.vol) },
    bid: {
      id: id("bid"),
      title: "BID",
      rank: 2,
      min: 6,
      align: "right",
      text: quoted(name, (q, c) => f.bid(q, c.view.decimals)),
      role: role("bid"),
      flash: true,
    },
    bidSize: {
      id: id("bidSize"),
      title: "x",
      rank: 6,
      set: "size",
      min: 3,
      align: "right",
      text: size((q) => q.bidSize),
      role: () => "dim",
    },
    ask: {
      id: id("ask"),
      title: "ASK",
      rank: 2,
      min: 6,
      align: "right",
      text: quoted(name, (q, c) => f.ask(q, c.view.decimals)),
      role: role("ask"),
      flash: true,
    },
    askSize: {
      id: id("askSize"),
      title: "x",
      rank: 6,
      set: "size",
      min: 3,
      align: "right",
      text: size((q) => q.askSize),
      role: () => "dim",
    },
  };
}

const heldSign = (v: number): string => (v > 0 ? "+" : v < 0 ? "-" : " ");

const strike: C = {
  id: "strike",
  title: "STRIKE",
  rank: 1,
  min: 9,
  gap: 2,
  align: "right",
  text: (row, c) => {
    const k = c.view.strikes[row];
    const marker = row === c.atm ? `${c.glyphs.atm} ` : "";
    const calls = heldSign(at(c.view.calls.held, row));
    const puts = heldSign(at(c.view.puts.held, row));
    return `${calls}${marker}${k === undefined ? "" : f.fixed(k, c.strikeDecimals)}${puts}`;
  },
  role: (row, c) => (row === c.atm ? "focus" : "title"),
};

/** What is being put together, beside the strike on the leg's side. */
const leg = (name: SideName): C => ({
  id: `${name}.leg`,
  title: "",
  rank: 2,
  min: 2,
  align: name === "calls" ? "right" : "left",
  text: (row, c) => {
    const ratio = c.leg(c.view[name], row);
    return ratio === 0 ? "" : f.signed(ratio);
  },
  role: () => "mine",
});

const you: C = {
  id: "you",
  title: "YOU",
  rank: 7,
  min: 5,
  align: "right",
  text: (row, c) => {
    const parts = (["calls", "puts"] as const).map((name) => {
      const n = at(c.view[name].held, row);
      return n === 0 || Number.isNaN(n) ? "" : `${f.signed(n)}${name === "calls" ? "C" : "P"}`;
    });
    return parts.filter((p) => p !== "").join(" ");
  },
  role: () => "mine",
};

const c = sideColumns("calls");
const p = sideColumns("puts");

export const CHAIN_COLUMNS: readonly C[] = [
  c.oi,
  c.delta,
  c.iv,
  c.bid,
  c.bidSize,
  c.ask,
  c.askSize,
  leg("calls"),
  strike,
  leg("puts"),
  { ...p.bid, gap: 2 },
  p.bidSize,
  p.ask,
  p.askSize,
  p.iv,
  p.delta,
  p.oi,
  you,
];

/** Columns that stand only while legs are put together. */
export const isLeg = (columnId: string): boolean => columnId.endsWith(".leg");

/** Which side a column belongs to; the strike and what stands beside it count as calls. */
export const sideOf = (columnId: string): SideName => (columnId.startsWith("puts") ? "puts" : "calls");
