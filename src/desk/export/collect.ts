import type { Instrument, InstrumentId, Slot } from "../../../engines/market/index.ts";
import type { ChainView, ChartView, ViewName, Views } from "../protocol.ts";
import { chainTable, type QuoteOf } from "./chain.ts";
import { logTable, ordersTable, watchTable } from "./lists.ts";
import { positionsTable } from "./positions.ts";
import { barsTable, tapeTable } from "./prints.ts";
import { type At, exposureTable, flowTable, levelsTable, scenariosTable, surfaceTable } from "./studies.ts";
import type { ExportTable } from "./table.ts";

/** What a session can be asked for without a screen. */
export const EXPORTS = ["positions", "chain", "tape", "bars"] as const;
/** What a screen can: the same and its other panes, as they are set. */
export const SCREEN_EXPORTS = [
  ...EXPORTS,
  "watch",
  "surface",
  "exposure",
  "flow",
  "scenarios",
  "levels",
  "orders",
  "log",
] as const;
export type ExportName = (typeof SCREEN_EXPORTS)[number];

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
  /** How the pane that is exported asked for its views; unset where nothing asked. */
  readonly asked?: Asked;
}
export type Asked = { readonly [V in ViewName]?: Views[V]["params"] };

const NO_AXES = { spotPct: [-10, -5, -2, 2, 5, 10], volPts: [-5, 5], days: [7, 30] } as const;

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
    default:
      return collectShown(what, source, choice, { nowUs, offsetMin: offset });
  }
}

/** Panes of which there is one view, asked for as the pane asked. */
async function collectShown(
  what: Exclude<ExportName, (typeof EXPORTS)[number]>,
  source: ExportSource,
  choice: ExportChoice,
  at: At,
): Promise<ExportTable | null> {
  const { underlying, asked = {}, prints } = choice;
  const instrument = (slot: Slot) => source.instrument(slot);
  switch (what) {
    case "watch": {
      const view = await source.view("watch", asked.watch ?? { list: "main" });
      return view && watchTable(view, source.quote, instrument, at);
    }
    case "surface": {
      const view = await source.view("surface", asked.surface ?? { underlying, expiry: null });
      return view && surfaceTable(view, at);
    }
    case "exposure": {
      const params = asked.exposure ?? { underlying, slice: "all", convention: "callsPlusPutsMinus" };
      const view = await source.view("exposure", params);
      return view && exposureTable(view, at);
    }
    case "flow": {
      const view = await source.view("flow", {
        minutes: 15,
        ...asked.flow,
        underlying: asked.flow?.underlying ?? underlying,
        limit: prints,
      });
      return view && flowTable(view, instrument, at);
    }
    case "scenarios": {
      const rules = {
        dynamics: "stickyStrike",
        spotAxis: "own",
        staged: false,
        volTerm: "parallel",
      } as const;
      const view = await source.view("scenarios", asked.scenarios ?? { underlying, ...NO_AXES, ...rules });
      return view && scenariosTable(view, at);
    }
    case "levels": {
      const view = await source.view("levels", asked.levels ?? { slot: null, anchorUs: null });
      return view && levelsTable(view, instrument, at);
    }
    case "orders": {
      const view = await source.view("orders", {});
      return view && ordersTable(view, at);
    }
    case "log": {
      const view = await source.view("log", { limit: prints });
      return view && logTable(view, at);
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
