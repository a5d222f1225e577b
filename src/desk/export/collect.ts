import type { Instrument, InstrumentId, Slot } from "../../../engines/market/index.ts";
import type { ChainView, ChartView, ViewName, Views } from "../protocol.ts";
import { chainTable, type QuoteOf } from "./chain.ts";
import { positionsTable } from "./positions.ts";
import { barsTable, tapeTable } from "./prints.ts";
import type { ExportTable } from "./table.ts";

export const EXPORTS = ["positions", "chain", "tape", "bars"] as const;
export type ExportName = (typeof EXPORTS)[number];

/** A desk to export from: its view models at one instant, its quotes and its instruments. */
export interface ExportSource {
  /** Null where there is nothing to show. */
  view<V extends ViewName>(view: V, params: Views[V]["params"]): Promise<Views[V]["model"] | null>;
  readonly quote: QuoteOf;
  instrument(slot: Slot): Instrument | undefined;
}

export interface ExportChoice {
  /** Chain and tape of this underlying; null for the first one's chain, everything's tape, every underlying's bars. */
  readonly underlying: InstrumentId | null;
  readonly barMinutes: number;
  /** Prints at most, the newest. */
  readonly prints: number;
}

/** One table of the desk; null where it has nothing of the kind. */
export async function collect(
  what: ExportName,
  source: ExportSource,
  choice: ExportChoice,
): Promise<ExportTable | null> {
  const status = await source.view("status", {});
  if (status === null) return null;
  const { zoneOffsetMin: offset, nowUs } = status;
  const instrument = (slot: Slot) => source.instrument(slot);
  switch (what) {
    case "positions": {
      const view = await source.view("positions", {});
      return view && positionsTable(view, instrument, offset);
    }
    case "chain": {
      const views = await chains(source, choice.underlying);
      return views.length === 0 ? null : chainTable(views, source.quote, instrument, nowUs, offset);
    }
    case "tape": {
      const view = await source.view("tape", { underlying: choice.underlying, limit: choice.prints });
      return view && tapeTable(view, instrument, offset);
    }
    case "bars": {
      const views = await charts(source, choice);
      return views.length === 0 ? null : barsTable(views, instrument);
    }
  }
}

/** Every expiry of an underlying. */
async function chains(source: ExportSource, underlying: InstrumentId | null): Promise<ChainView[]> {
  const first = await source.view("chain", { underlying, expiry: null });
  if (first === null) return [];
  const views: ChainView[] = [];
  for (const { key } of first.expiries) {
    const view =
      key === first.expiry
        ? first
        : await source.view("chain", { underlying: first.underlying, expiry: key });
    if (view !== null) views.push(view);
  }
  return views;
}

/** Slots come in order without holes; an option's bars are those of its underlying, which has its own slot. */
async function charts(source: ExportSource, choice: ExportChoice): Promise<ChartView[]> {
  const views: ChartView[] = [];
  for (let slot = 0; ; slot++) {
    const instrument = source.instrument(slot as Slot);
    if (instrument === undefined) return views;
    if (instrument.kind === "option") continue;
    if (choice.underlying !== null && instrument.id !== choice.underlying) continue;
    const view = await source.view("chart", { slot: slot as Slot, barMinutes: choice.barMinutes });
    if (view !== null) views.push(view);
  }
}
