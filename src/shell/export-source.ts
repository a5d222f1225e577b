import type { FlowEngine } from "../../engines/flow/index.ts";
import { BookReader, type Instrument, type InstrumentId, type Slot } from "../../engines/market/index.ts";
import type { FlowTerms } from "../../store/imports/flow.ts";
import type { ExportSource } from "../desk/export/collect.ts";
import type { ViewName, Views } from "../desk/protocol.ts";
import { ChainIndex } from "../desk/views/chain.ts";
import { PlanCache, ViewContext } from "../desk/views/context.ts";
import { buildView } from "../desk/views/index.ts";
import type { FlowNames, FlowTables } from "../study/flow.ts";
import { sessionFlowTables } from "../study/session-flow.ts";
import type { DeskBoot } from "./boot.ts";
import { STILL } from "./headless.ts";
import type { DeskHost } from "./host.ts";
import { openDesk } from "./open-desk.ts";
import { WatchLists } from "./watch-lists.ts";

/** Prints that an export's desk keeps. */
export const EXPORT_PRINTS = 100_000;
/** An export never goes back: it needs no checkpoints. */
const NO_CHECKPOINTS = 1e9;
/** A view that has nothing to show sends nothing: after this it counts as that, ms. */
const SILENT_MS = 1500;

export interface SessionFlow {
  readonly engine: FlowEngine;
  readonly names: FlowNames;
  readonly symbol: string;
  /** The trades and quotes themselves, for the original system's rules. */
  tables(): Pick<FlowTables, "trades" | "quotes">;
}

/** A desk to export from, and its order flow. */
export interface SessionSource extends ExportSource {
  /** Every trade of an underlying's options until then, classified; null for what is no underlying. */
  flow(underlying: InstrumentId): SessionFlow | null;
}

/** A desk at one time of a session, without worker or screen; at the session's end where no time is given. */
export function sessionSource(boot: DeskBoot): SessionSource {
  const settings = { ...boot.settings, tapePrints: EXPORT_PRINTS, checkpointEvents: NO_CHECKPOINTS };
  const { player, session, facts, start } = openDesk({ ...boot, settings });
  const { desk } = player;
  const atUs = boot.at === null ? start.toUs : start.atUs;
  player.seek(session.findSeq(atUs + 1));
  const watch = new WatchLists(desk, boot.settings.watchLists, facts.session.day);
  const pace = { ...STILL, paused: true, events: session.rows };
  const list = (name: string) => watch.list(name);
  const context = new ViewContext(desk, atUs as never, facts, pace, list, new PlanCache());
  const chains = new ChainIndex();
  const book = new BookReader(desk.book.shared);
  return {
    view: async (view, params) => buildView(context, chains, view, params),
    quote: (slot, into) => book.read(slot, into),
    instrument: (slot) => desk.instruments[slot],
    flow: (underlying) => {
      const slot = desk.slot(underlying);
      const of = slot === null ? undefined : desk.instruments[slot];
      if (slot === null || of === undefined) return null;
      const names: FlowNames = { name: (s) => termsOf(desk.instruments[s], of.symbol) };
      return {
        engine: facts.flow.of(slot).upToDesk(),
        names,
        symbol: of.symbol,
        tables: () => sessionFlowTables(desk, session, slot, names),
      };
    },
  };
}

const termsOf = (i: Instrument | undefined, underlying: string): FlowTerms =>
  i?.kind === "option"
    ? { contract: i.id, underlying, expiry: i.expiry, type: i.type, strike: i.strike }
    : { contract: i?.id ?? "unknown", underlying, expiry: null, type: null, strike: null };

/** The desk that a screen shows, as it stands now. */
export function hostSource(host: DeskHost): ExportSource {
  return {
    view: <V extends ViewName>(view: V, params: Views[V]["params"]) =>
      new Promise<Views[V]["model"] | null>((resolve) => {
        const done = (model: Views[V]["model"] | null): void => {
          clearTimeout(timer);
          stop();
          resolve(model);
        };
        const timer = setTimeout(() => done(null), SILENT_MS);
        const stop = host.subscribe(view, params, done);
      }),
    quote: (slot, into) => host.book?.read(slot, into) ?? false,
    instrument: (slot: Slot) => host.slot(slot)?.instrument,
  };
}
