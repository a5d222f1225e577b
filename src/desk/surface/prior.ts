import type { IsoDay, Slot } from "../../../engines/market/index.ts";
import { type SurfaceResult, VolSurface } from "../../../engines/surface/index.ts";
import type { Desk } from "../desk.ts";
import type { ChainIndex } from "../views/chain.ts";
import type { ViewContext } from "../views/context.ts";
import { eventTimes } from "./events.ts";
import { chainColumns, type Spare } from "./live.ts";

/** Half of the spread a settlement mark is taken to have, as a share of the mark and at least: a mark alone tells none. */
const HALF_SHARE = 0.04;
const HALF_LEAST = 0.1;

/** Strikes in the money that help to tell the forward. */
const PAIR_STRIKES = 6;

/** The session before, as its settlement marks have it. */
export interface PriorSurface {
  readonly day: string;
  readonly result: SurfaceResult;
  readonly source: string;
}

/** One that is not fitted throughout yet. */
interface Begun {
  readonly day: string;
  readonly source: string;
  readonly surface: VolSurface;
  /** Expiries before this one are fitted. */
  next: number;
}

/** Kept by desk and underlying until another prior mark is heard. */
const made = new WeakMap<
  Desk,
  Map<string, { readonly heard: number; prior: PriorSurface | string | null; readonly begun: Begun | null }>
>();

/**
 * The surface at the close of the session before, fitted to the options' prior marks the way the live one is fitted to quotes, at the
 * underlying's prior price. A reason in words where that cannot be done.
 */
export function priorSurface(context: ViewContext, index: ChainIndex, id: string): PriorSurface | string {
  const kept = keptOf(context, index, id);
  kept.prior ??= finished(kept.begun as Begun, () => true) as PriorSurface | string;
  return kept.prior;
}

/** Fits a part of it, as long as there is time; true once {@link priorSurface} has it at hand. */
export function preparePrior(context: ViewContext, index: ChainIndex, id: string, spare: Spare): boolean {
  const kept = keptOf(context, index, id);
  kept.prior ??= finished(kept.begun as Begun, spare);
  return kept.prior !== null;
}

function keptOf(context: ViewContext, index: ChainIndex, id: string) {
  const { desk } = context;
  const mine = made.get(desk) ?? new Map();
  made.set(desk, mine);
  let kept = mine.get(id);
  if (kept?.heard !== desk.priorsHeard) {
    const begun = begin(context, index, id);
    const reason = typeof begun === "string";
    kept = { heard: desk.priorsHeard, prior: reason ? begun : null, begun: reason ? null : begun };
    mine.set(id, kept);
  }
  return kept as NonNullable<typeof kept>;
}

/** Null while fits are left. */
function finished(begun: Begun, spare: Spare): PriorSurface | string | null {
  const { day, source, surface } = begun;
  const { length } = surface.expiries;
  while (begun.next < length) {
    surface.refit(begun.next++);
    if (begun.next < length && !spare()) return null;
  }
  const result = surface.result();
  if (result.expiries.every((e) => e.figures === null)) return `no expiry of ${day} could be fitted`;
  return { day, result, source };
}

function begin(context: ViewContext, index: ChainIndex, id: string): Begun | string {
  const { desk, session, facts } = context;
  const underlying = desk.slot(id);
  const instrument = underlying === null ? undefined : desk.instruments[underlying];
  if (underlying === null || !instrument) return "not in this session";
  const chain = index.expiries(desk, id);
  const marked = chain
    .flatMap((e) => [...e.calls.values(), ...e.puts.values()])
    .find((s) => markOf(desk, s) !== null);
  if (marked === undefined) return "no settlement marks of the session before";
  const day = desk.priorDay[marked] as IsoDay;
  const closeUs = session.sessionOn(instrument.calendar, day)?.closeUs;
  const spot = facts.valuer.prior(underlying);
  if (closeUs === undefined || day >= session.day)
    return `the settlement marks are of ${day}, no session before this one`;
  if (spot === null) return `no price of ${instrument.symbol} at the close of ${day}`;
  const { columns, slots } = chainColumns(context, chain, closeUs);
  const events = eventTimes(context, instrument, closeUs);
  const kept = orderly(desk, chain, spot.price);
  slots.forEach((slot, row) => {
    const mark = markOf(desk, slot as Slot);
    if (mark === null || desk.priorDay[slot] !== day || !kept.has(slot as Slot)) return;
    const half = Math.min(Math.max(HALF_LEAST, HALF_SHARE * mark), mark * 0.9);
    columns.bid[row] = mark - half;
    columns.ask[row] = mark + half;
  });
  const market = {
    symbol: instrument.symbol,
    asOf: day,
    chainUs: closeUs,
    spot: spot.price,
    spotUs: closeUs,
    chainSpot: null,
    events,
  };
  const price = spot.source.startsWith("implied") ? "its price implied by parity" : spot.source;
  const source = `${desk.priorSource[marked]} of ${day}, ${price}`;
  return { day, source, surface: new VolSurface(columns, market), next: 0 };
}

/**
 * Contracts whose mark can be so: an option further out of the money is worth no more than the one before it. At a close the wings are
 * mids of wide quotes, and single ones stand far off.
 */
function orderly(desk: Desk, chain: ReturnType<ChainIndex["expiries"]>, spot: number): ReadonlySet<Slot> {
  const kept = new Set<Slot>();
  const walk = (slots: readonly (Slot | undefined)[]): void => {
    let least = Number.POSITIVE_INFINITY;
    for (const slot of slots) {
      const mark = slot === undefined ? null : markOf(desk, slot);
      if (slot === undefined || mark === null || mark > least) continue;
      least = mark;
      kept.add(slot);
    }
  };
  for (const e of chain) {
    const near = e.strikesAscending.findIndex((k) => k >= spot);
    // Some strikes in the money too: the forward is told by pairs around it.
    const from = Math.max(0, near - PAIR_STRIKES);
    walk(e.strikesAscending.slice(from).map((k) => e.calls.get(k)));
    walk(
      e.strikesAscending
        .slice(0, near + PAIR_STRIKES)
        .reverse()
        .map((k) => e.puts.get(k)),
    );
  }
  return kept;
}

function markOf(desk: Desk, slot: Slot): number | null {
  const mark = desk.prior[slot] as number;
  return mark > 0 && (desk.priorDay[slot] ?? "") !== "" ? mark : null;
}
