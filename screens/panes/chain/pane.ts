import { BookRow, type InstrumentId, type IsoDay, type Slot } from "../../../engines/market/index.ts";
import type { ChainSide, ChainView } from "../../../src/desk/protocol.ts";
import type { Pane, PaneHost, PaneSpec } from "../../app/pane.ts";
import { want } from "../../app/pane.ts";
import { ColumnChooser } from "../../kit/column-chooser.ts";
import * as f from "../../kit/format.ts";
import { feedOf, isStale } from "../../kit/freshness.ts";
import { Table } from "../../kit/table.ts";
import { decimalsOf } from "../../kit/ticks.ts";
import { Waiting } from "../../kit/waiting.ts";
import { choosing, tableActions, tableCopied } from "../table-actions.ts";
import { CHAIN_COLUMNS, type ChainContext, isLeg, type StrikeIndex, sideOf } from "./columns.ts";
import { LegsBuilder, paintStrip, STRIP_ROWS } from "./legs.ts";

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
  const builder = new LegsBuilder();
  const chooser = new ColumnChooser(table, "chain", host);
  table.hides = (id) => chooser.hides(id) || (isLeg(id) && builder.legs.length === 0);
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
  const feed = (side: ChainSide, row: StrikeIndex, q: BookRow) =>
    feedOf(side.feed?.[row], isStale(q, host.status()));
  const idOf = (side: ChainSide, row: StrikeIndex): InstrumentId | undefined =>
    host.desk.slot((side.slot[row] ?? -1) as Slot)?.instrument.id;
  const context = (v: ChainView): ChainContext => ({
    view: v,
    glyphs: host.theme().g,
    strikeDecimals,
    atm,
    quote,
    feed,
    leg: (side, row) => builder.ratioOf(idOf(side, row)),
  });

  const receive = (next: ChainView): void => {
    view = next;
    builder.follow(next.underlying);
    atm = nearestStrike(next);
    strikeDecimals = next.strikes.reduce((most, k) => Math.max(most, decimalsOf(k)), 0);
    table.setRows(Array.from(next.strikes, (_, i) => i));
    const chain = `${next.underlying} ${next.expiry}`;
    if (placed === chain) return;
    placed = chain;
    quotes.clear();
    table.centre(Math.max(0, atm));
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
  const addLeg = (by: 1 | -1) => (): void => {
    const slot = selectedSlot();
    const instrument = slot === null ? undefined : host.desk.slot(slot)?.instrument;
    if (instrument) builder.add(instrument.id, by);
    else host.notify("No contract is listed there: h l goes to calls and puts.");
  };
  const ticket = (): void => {
    const draft = builder.draft();
    if (draft) host.stage(draft);
    else host.notify("No legs yet: + adds a long one at the cursor, - a short one.");
  };
  const instruments = new Map<InstrumentId, Slot>();
  const instrumentOf = (id: InstrumentId) => {
    // Slots are found by walking once: a leg may be of another expiry than the one on screen.
    let slot = instruments.get(id);
    for (let i = instruments.size; slot === undefined; i++) {
      const info = host.desk.slot(i as Slot);
      if (!info) return undefined;
      instruments.set(info.instrument.id, info.slot);
      if (info.instrument.id === id) slot = info.slot;
    }
    return host.desk.slot(slot)?.instrument;
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
      return [want("chain", { underlying, expiry }, receive), ...builder.wants()];
    },
    title: () => (view ? words(view) : ""),
    foot: () =>
      chooser.open
        ? "j k column  Enter shows or hides  Esc done"
        : builder.legs.length > 0
          ? "+ - leg  Backspace drops  p ticket  { } expiry  Esc no legs"
          : "{ } expiry  h l side  + - leg  | columns  Enter chart",
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
      } else {
        const strip = builder.legs.length > 0 ? STRIP_ROWS : 0;
        table.paint(canvas.sub(0, 0, canvas.w, canvas.h - strip), context(view), ctx);
        if (strip > 0)
          paintStrip(
            canvas.sub(0, canvas.h - strip, canvas.w, strip),
            builder,
            instrumentOf,
            (ctx.status?.day ?? "") as IsoDay,
          );
        chooser.paint(canvas, context(view), ctx.status?.mode ?? "replay");
      }
    },
    back: () => chooser.back() || builder.clear(),
    slots: function* (): Generator<Slot> {
      for (const slot of read) yield slot;
    },
    actions: choosing(chooser, {
      ...tableActions(table, point),
      "chain.addLong": addLeg(1),
      "chain.addShort": addLeg(-1),
      "chain.dropLeg": () => {
        if (!builder.dropLast()) host.notify("No legs to drop.");
      },
      "chain.ticket": ticket,
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
    }),
    explain: () => {
      const [slot, row] = [selectedSlot(), table.selected];
      const { id = "calls.bid" } = table.selectedColumn ?? {};
      const column = id.split(".").at(-1) ?? "bid";
      if (!view || row === undefined) return null;
      const { legs } = builder;
      if (column === "leg")
        return {
          view: "package",
          row: legs.map((l) => `${l.ratio} ${l.instrument}`).join("|"),
          column: "net",
        };
      if (slot !== null && column !== "strike" && column !== "you")
        return { view: "chain", row: `${slot}`, column };
      const strike = `${view.underlying}|${view.expiry}|${view.strikes[row]}|${sideOf(id)}`;
      return { view: "chain", row: strike, column };
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
