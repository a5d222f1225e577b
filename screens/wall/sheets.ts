import { BookRow } from "../../engines/market/index.ts";
import type { FeedRow, PositionRow, StatusView, WatchRow } from "../../src/desk/protocol.ts";
import { cutText } from "../kit/canvas.ts";
import { type Column, fitColumns } from "../kit/columns.ts";
import * as f from "../kit/format.ts";
import { POSITION_COLUMNS, type PositionsContext } from "../panes/positions/columns.ts";
import { feedLook, signRole } from "../theme/theme.ts";
import type { Ink } from "./ink.ts";

/** A table as texts: what fits in the width, each cell as wide as its column. */
export interface Sheet {
  readonly headers: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly widths: readonly number[];
}

const pointTail = (text: string): number => {
  const dot = text.indexOf(".");
  return dot < 0 ? 0 : text.length - dot;
};

/** Decimal points below each other: blanks behind the shorter tails. */
function aligned(texts: readonly string[]): string[] {
  const tail = Math.max(0, ...texts.map(pointTail));
  return texts.map((t) => (/\d/.test(t) ? t.padEnd(t.length + tail - pointTail(t)) : t));
}

/** Lays rows out in `width` cells: columns go by rank when they don't fit, only a flexible one is ever cut. */
export function sheet<R, C>(
  columns: readonly Column<R, C>[],
  rows: readonly R[],
  context: C,
  width: number,
  ink: Ink,
): Sheet {
  const title = (c: Column<R, C>) => ink.clean(typeof c.title === "string" ? c.title : c.title(context));
  const texts = columns.map((c) => {
    const raw = rows.map((row) => ink.clean(c.text(row, context)));
    return c.align === "decimal" ? aligned(raw) : raw;
  });
  const natural = columns.map((c, i) =>
    Math.max(title(c).length, c.flex ? 0 : c.min, ...(texts[i] ?? []).map((t) => t.length)),
  );
  const least = columns.map((c, i) =>
    c.flex ? Math.min(c.min, natural[i] as number) : (natural[i] as number),
  );
  const kept = fitColumns(
    columns.map((c) => ({ ...c, gap: 1 })),
    least,
    width - 1,
  );
  const used = kept.reduce((sum, i) => sum + (least[i] as number) + 1, 0);
  const widths = kept.map((i) => {
    const spare = columns[i]?.flex ? Math.max(0, width - used) : 0;
    return Math.min(natural[i] as number, (least[i] as number) + spare);
  });
  const place = (i: number, k: number, text: string): string => {
    const w = widths[k] as number;
    return columns[i]?.align === "left" ? cutText(text, w, ink.theme.g.ellipsis).padEnd(w) : text.padStart(w);
  };
  return {
    widths,
    headers: kept.map((i, k) => ink.text("header", place(i, k, title(columns[i] as Column<R, C>)))),
    rows: rows.map((row, r) =>
      kept.map((i, k) => {
        const column = columns[i] as Column<R, C>;
        return ink.text(
          column.role?.(row, context) ?? "text",
          place(i, k, (texts[i] as string[])[r] as string),
        );
      }),
    ),
  };
}

/** Underlyings, structures and single positions, without their legs; the book's row stays when rows have to go. */
export function positionsSheet(rows: readonly PositionRow[], width: number, height: number, ink: Ink): Sheet {
  const above = rows.filter((r) => r.kind !== "leg");
  const shown = above.length <= height ? above : [...above.slice(0, Math.max(0, height - 1)), above.at(-1)];
  const context: PositionsContext = {
    glyphs: ink.theme.g,
    units: "shares",
    nav: null,
    isFolded: () => true,
    hasChildren: (row) => row.kind === "underlying",
    nameOf: (row) => row.label,
    moveOf: () => null,
  };
  return sheet(POSITION_COLUMNS, shown as readonly PositionRow[], context, width, ink);
}

export interface WatchLine {
  readonly row: WatchRow;
  readonly quote: BookRow;
}
const mid = (q: BookRow): number => (q.bid > 0 && q.ask > 0 ? (q.bid + q.ask) / 2 : q.last);
const change = ({ row, quote }: WatchLine): number | null =>
  row.prior === null || row.prior === 0 || Number.isNaN(mid(quote)) ? null : mid(quote) / row.prior - 1;

const WATCH_COLUMNS: readonly Column<WatchLine, null>[] = [
  { id: "label", title: "SYM", rank: 1, min: 16, align: "left", flex: true, text: (l) => l.row.label },
  {
    id: "bid",
    title: "BID",
    rank: 2,
    min: 6,
    align: "decimal",
    text: (l) => f.bid(l.quote, l.row.decimals),
    role: () => "bid",
  },
  {
    id: "ask",
    title: "ASK",
    rank: 3,
    min: 6,
    align: "decimal",
    text: (l) => f.ask(l.quote, l.row.decimals),
    role: () => "ask",
  },
  {
    id: "change",
    title: "CHG%",
    rank: 4,
    min: 5,
    align: "right",
    text: (l) => {
      const by = change(l);
      return by === null ? f.NONE : f.signed(by * 100, 1);
    },
    role: (l) => signRole(change(l)),
  },
  { id: "iv", title: "IV%", rank: 5, min: 4, align: "right", text: (l) => f.vol(l.row.iv) },
];

/** An empty quote, for instruments that the book does not hold. */
export const newQuote = (): BookRow => new BookRow();

export const watchSheet = (lines: readonly WatchLine[], width: number, height: number, ink: Ink): Sheet =>
  sheet(WATCH_COLUMNS, lines.slice(0, height), null, width, ink);

const lasted = (ms: number | null): string => (ms === null ? f.NONE : f.age(ms * 1000));
const FEED_COLUMNS: readonly Column<FeedRow, Ink>[] = [
  { id: "name", title: "FEED", rank: 1, min: 12, align: "left", flex: true, text: (r) => r.name },
  {
    id: "state",
    title: "STATE",
    rank: 2,
    min: 7,
    align: "left",
    text: (r, ink) => `${feedLook(ink.theme, r.state).glyph} ${r.state}`,
    role: (r, ink) => feedLook(ink.theme, r.state).role,
  },
  { id: "data", title: "DATA", rank: 3, min: 4, align: "right", text: (r) => lasted(r.dataAgeMs) },
  { id: "lag", title: "LAG", rank: 5, min: 4, align: "right", text: (r) => lasted(r.lagMs) },
  { id: "rate", title: "MSG/S", rank: 4, min: 5, align: "right", text: (r) => f.short(r.eventsPerSecond) },
];
export const feedsSheet = (feeds: readonly FeedRow[], width: number, height: number, ink: Ink): Sheet =>
  sheet(FEED_COLUMNS, feeds.slice(0, height), ink, width, ink);

/** Share of the account that its positions tie up: (NAV − buying power) / NAV. Null where either is unknown or NAV is not above 0. */
export const usedShare = (v: StatusView): number | null =>
  v.nav === null || v.buyingPower === null || v.nav <= 0 ? null : (v.nav - v.buyingPower) / v.nav;

/** |dollar delta| over NAV: how many times the account's value the book moves with its underlyings. */
export const deltaShare = (v: StatusView): number | null =>
  v.nav === null || v.dollarDelta === null || v.nav <= 0 ? null : Math.abs(v.dollarDelta) / v.nav;
