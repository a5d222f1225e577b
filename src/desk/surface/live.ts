import type { OptionInstrument, Slot } from "../../../engines/market/index.ts";
import { yearFraction } from "../../../engines/pricing/index.ts";
import {
  type SurfaceColumns,
  type SurfaceResult,
  type TermRegime,
  VolSurface,
} from "../../../engines/surface/index.ts";
import type { Desk } from "../desk.ts";
import type { ChainIndex } from "../views/chain.ts";
import type { ViewContext } from "../views/context.ts";
import { eventTimes } from "./events.ts";

/** Fits made for one look while the session runs, at a millisecond or two each; the rest wait, and show their age. */
const FITS_A_LOOK = 8;
/** Underlyings whose surface is kept ready. */
export const surfacesKept = 4;

/** Whether there is time left in this turn of the thread. */
export type Spare = () => boolean;

type Chain = ReturnType<ChainIndex["expiries"]>;

/** The listed options of a chain alive at `atUs` as the surface takes them, without quotes, and the slot of each row. */
export function chainColumns(
  context: ViewContext,
  chain: Chain,
  atUs: number,
): { readonly columns: SurfaceColumns; readonly slots: Int32Array } {
  const { desk, facts } = context;
  const live = chain.filter((e) => e.expiryUs > atUs);
  const rows = live.flatMap((e, expiry) =>
    [...e.calls.values(), ...e.puts.values()].map((slot) => ({ slot, expiry })),
  );
  const optionOf = (slot: Slot) => desk.instruments[slot] as OptionInstrument;
  const column = (of: (option: OptionInstrument) => number) =>
    Float64Array.from(rows, ({ slot }) => of(optionOf(slot)));
  const columns: SurfaceColumns = {
    n: rows.length,
    expiries: live.map((e) => {
      const option = optionOf(([...e.calls.values(), ...e.puts.values()] as Slot[])[0] as Slot);
      const years = yearFraction(atUs, e.expiryUs);
      const rate = facts.valuer.facts.rate(option.ccy, years).value;
      return {
        root: e.root,
        day: e.expiry,
        expiryUs: e.expiryUs,
        df: Math.exp(-rate * years),
        style: option.style,
      };
    }),
    expiry: Int32Array.from(rows, (r) => r.expiry),
    strike: column((o) => o.strike),
    put: Uint8Array.from(rows, ({ slot }) => (optionOf(slot).type === "P" ? 1 : 0)),
    bid: new Float64Array(rows.length).fill(Number.NaN),
    ask: new Float64Array(rows.length).fill(Number.NaN),
  };
  return { columns, slots: Int32Array.from(rows, (r) => r.slot) };
}

/** The quotes of one chain in the surface's columns, refreshed from the book; a changed quote marks its expiry to be fitted again. */
export class LiveSurface {
  readonly surface: VolSurface;
  /** The shape of the term structure at the last look, for its hysteresis. */
  shape: TermRegime | null = null;
  private readonly bid: Float64Array;
  private readonly ask: Float64Array;
  private readonly inverse: boolean;
  private lastUs = 0;
  private readonly diesUs: number;
  private fitted = false;
  /** Fits made ahead of a look. */
  private ahead = 0;

  constructor(
    context: ViewContext,
    private readonly underlying: Slot,
    private readonly known: number,
    private readonly slots: Int32Array,
    columns: SurfaceColumns,
  ) {
    const first = context.desk.instruments[slots[0] ?? -1];
    this.inverse = first?.kind === "option" && first.premiumStyle === "inverse";
    this.bid = columns.bid;
    this.ask = columns.ask;
    this.diesUs = columns.expiries.reduce(
      (first, e) => Math.min(first, e.expiryUs),
      Number.POSITIVE_INFINITY,
    );
    this.surface = new VolSurface(columns, this.market(context));
    this.lastUs = context.nowUs;
  }

  /** A chain that changed, an expiry that died or time that ran backwards needs a new surface. */
  fits(context: ViewContext): boolean {
    return (
      this.known === context.desk.instruments.length &&
      context.nowUs >= this.lastUs &&
      context.nowUs < this.diesUs
    );
  }

  /** Reads the book and fits what changed: all of it on the first look or when the session stands, else a few, `first` before the others. */
  refresh(context: ViewContext, first = -1): VolSurface {
    this.read(context);
    if (!this.fitted || context.pace.paused) this.surface.refitAll();
    else for (let n = 0; n < FITS_A_LOOK && this.surface.refitNext(first) >= 0; n++);
    this.fitted = true;
    return this.surface;
  }

  /** Makes fits that {@link refresh} would make in one piece, as long as there is time; true once it has few left. */
  prepare(context: ViewContext, spare: Spare): boolean {
    if (this.fitted && !context.pace.paused) return true;
    this.read(context);
    while (this.ahead < this.surface.expiries.length && this.surface.refitNext() >= 0) {
      this.ahead++;
      if (!spare()) return false;
    }
    this.fitted = true;
    this.ahead = 0;
    return true;
  }

  private read(context: ViewContext): void {
    const { book } = context.desk;
    // Premiums that are paid in the coin are fitted in the currency of the strikes.
    const unit = this.inverse ? book.spot(this.underlying) : 1;
    for (let row = 0; row < this.slots.length; row++) {
      const slot = this.slots[row] as number;
      const bid = (book.bid[slot] as number) * unit;
      const ask = (book.ask[slot] as number) * unit;
      if (Object.is(bid, this.bid[row]) && Object.is(ask, this.ask[row])) continue;
      this.bid[row] = bid;
      this.ask[row] = ask;
      this.surface.touch(row);
    }
    this.surface.setMarket(this.market(context));
    this.lastUs = context.nowUs;
  }

  result(context: ViewContext, first = -1): SurfaceResult {
    return this.refresh(context, first).result();
  }

  private market(context: ViewContext) {
    const { desk, session, nowUs } = context;
    const price = desk.book.spot(this.underlying);
    const instrument = desk.instruments[this.underlying];
    return {
      symbol: instrument?.symbol ?? "",
      asOf: session.day,
      chainUs: nowUs,
      spot: price > 0 ? price : null,
      spotUs: nowUs,
      chainSpot: null,
      events: instrument ? eventTimes(context, instrument, nowUs) : [],
    };
  }
}

/** The surfaces that each desk's views looked at last. Outside the hashed state: they show, they never decide. */
const kept = new WeakMap<Desk, Map<string, LiveSurface>>();

/** The surface of an underlying, kept from look to look; null for what is not in the session. */
export function surfaceOn(context: ViewContext, index: ChainIndex, id: string): LiveSurface | null {
  const { desk } = context;
  const slot = desk.slot(id);
  if (slot === null) return null;
  const mine = kept.get(desk) ?? new Map<string, LiveSurface>();
  kept.set(desk, mine);
  const shown = mine.get(id);
  if (shown?.fits(context)) return shown;
  const { columns, slots } = chainColumns(context, index.expiries(desk, id), context.nowUs);
  const fresh = new LiveSurface(context, slot, desk.instruments.length, slots, columns);
  mine.delete(id);
  mine.set(id, fresh);
  const oldest = mine.keys().next().value;
  if (mine.size > surfacesKept && oldest !== undefined) mine.delete(oldest);
  return fresh;
}
