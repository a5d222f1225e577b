import { BookRow, type InstrumentId, Quality, type Slot } from "../../../engines/market/index.ts";
import type { ChainSide, ChainView } from "../../../src/desk/protocol.ts";
import type { Pane, PaneHost, PaneSpec } from "../../app/pane.ts";
import { want } from "../../app/pane.ts";
import * as f from "../../kit/format.ts";
import { Table } from "../../kit/table.ts";
import { decimalsOf } from "../../kit/ticks.ts";
import { Waiting } from "../../kit/waiting.ts";
import { tableActions, tableCopied } from "../table-actions.ts";
import { CHAIN_COLUMNS, type ChainContext, type StrikeIndex, sideOf } from "./columns.ts";

/** Ages from which quotes are painted as stale, by what stands behind them, µs. */
const STALE_TICK_US = 5e6;
const STALE_BAR_US = 90e6;

function nearestStrike(view: ChainView): StrikeIndex {
  const to = view.forward ?? view.spot;
  if (to === null) return -1;
  let best = -1;
  let distance = Number.POSITIVE_INFINITY;
  for (const [i, k] of view.strikes.entries()) {
    if (Math.abs(k - to) < distance) {
      distance = Math.abs(k - to);
      best = i;
    }
  }
  return best;
}

function create(host: PaneHost): Pane {
  const waiting = new Waiting();
  let view: ChainView | null = null;
  let expiry: string | null = null;
  let underlying: InstrumentId | null = null;
  let followed: Slot | null = null;
  let atm = -1;
  let strikeDecimals = 0;
  /** The chain that the cursor was last put at the money for. */
  let placed = "";
  const quotes = new Map<Slot, BookRow>();
  const read = new Set<Slot>();
  const table = new Table<StrikeIndex, ChainContext>(CHAIN_COLUMNS, (row) => `${row}`);
  // The cursor starts between the sides.
  table.column = CHAIN_COLUMNS.findIndex((c) => c.id === "calls.bid");

  const quote = (side: ChainSide, row: StrikeIndex): BookRow | null => {
    const slot = (side.slot[row] ?? -1) as Slot;
    if (slot < 0) return null;
    let q = quotes.get(slot);
    if (!q) {
      q = new BookRow();
      quotes.set(slot, q);
    }
    if (!read.has(slot)) {
      read.add(slot);
      host.desk.book?.read(slot, q);
    }
    return q;
  };
  const stale = (q: BookRow): boolean => {
    const nowUs = host.status()?.nowUs;
    const seen = Math.max(q.quoteUs || 0, q.confirmUs || 0);
    const limit = q.quoteQuality === Quality.bar ? STALE_BAR_US : STALE_TICK_US;
    return nowUs !== undefined && seen > 0 && nowUs - seen > limit;
  };
  const context = (v: ChainView): ChainContext => ({
    view: v,
    glyphs: host.theme().g,
    strikeDecimals,
    atm,
    quote,
    stale,
  });

  const receive = (next: ChainView): void => {
    view = next;
    atm = nearestStrike(next);
    strikeDecimals = next.strikes.reduce((most, k) => Math.max(most, decimalsOf(k)), 0);
    table.setRows(Array.from(next.strikes, (_, i) => i));
    const chain = `${next.underlying} ${next.expiry}`;
    if (placed === chain) return;
    placed = chain;
    quotes.clear();
    table.moveTo(Math.max(0, atm));
  };
  const turnExpiry = (by: 1 | -1): void => {
    if (!view) return;
    const now = view.expiries.findIndex((e) => e.key === view?.expiry);
    const next = view.expiries[now + by];
    if (next) expiry = next.key;
    else host.notify(by > 0 ? "That is the last expiry." : "That is the first expiry.");
  };
  /** The contract under the cursor. */
  const selectedSlot = (): Slot | null => {
    const row = table.selected;
    const column = table.selectedColumn;
    if (!view || row === undefined || column === undefined) return null;
    const slot = view[sideOf(column.id)].slot[row] ?? -1;
    return slot < 0 ? null : (slot as Slot);
  };
  const point = (): void => {
    const slot = selectedSlot();
    if (slot !== null && view) host.setFocus(slot, view.underlying);
  };
  const words = (v: ChainView): string => {
    const part = (label: string, text: string): string => (text === f.NONE ? "" : `  ${label}${text}`);
    return (
      `${v.label} ${f.price(v.spot, 2)}  ${v.expiryLabel} ${f.dte(v.dteDays)}` +
      part("F ", f.price(v.forward, 2)) +
      part("ATM ", f.vol(v.atmIv)) +
      part("1σ ±", f.price(v.oneSigma, 1)) +
      part("straddle ", f.price(v.straddle, 2))
    );
  };

  return {
    wants: () => {
      const { slot, underlying: of } = host.focus();
      if (of !== underlying) {
        underlying = of;
        expiry = null;
      }
      // A contract that gets the focus elsewhere brings its expiry; { } turns on from there.
      const instrument = slot === null || slot === followed ? undefined : host.desk.slot(slot)?.instrument;
      followed = slot;
      if (instrument?.kind === "option") expiry = instrument.expiry;
      return [want("chain", { underlying, expiry }, receive)];
    },
    title: () => (view ? words(view) : ""),
    foot: () => "{ } expiry  h l side  Enter chart",
    paint: (canvas, ctx) => {
      const { s } = ctx.theme;
      read.clear();
      if (!view) waiting.paint(canvas, ctx, "the chain");
      else if (view.strikes.length === 0) {
        canvas.cut(
          1,
          0,
          canvas.w - 2,
          `No chain for ${view.label} in this session. Only its stock was recorded.`,
          s.dim,
        );
      } else table.paint(canvas, context(view), ctx);
    },
    slots: function* (): Generator<Slot> {
      for (const slot of read) yield slot;
    },
    actions: {
      ...tableActions(table, point),
      left: () => {
        table.moveColumn(-1);
        point();
      },
      right: () => {
        table.moveColumn(1);
        point();
      },
      previousGroup: () => turnExpiry(-1),
      nextGroup: () => turnExpiry(1),
      open: () => {
        point();
        host.openPane("chart");
      },
    },
    explain: () => {
      const slot = selectedSlot();
      const column = table.selectedColumn?.id.split(".").at(-1) ?? "bid";
      return slot === null ? null : { view: "chain", row: `${slot}`, column };
    },
    rowSlot: (n) => (n === null ? selectedSlot() : null),
    copied: () => (view ? tableCopied(table, context(view)) : null),
    cursor: () => (table.cursorLine < 0 ? null : { x: 0, y: table.cursorLine }),
  };
}

export const chainPane: PaneSpec = {
  id: "chain",
  key: "4",
  name: "Chain",
  min: { cols: 56, rows: 8 },
  clock: true,
  create,
};
