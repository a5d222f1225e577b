import { expiryLabel, type IsoDay, type OptionInstrument, type Slot } from "../../../engines/market/index.ts";
import { yearFraction } from "../../../engines/pricing/index.ts";
import {
  type ExpiryRow,
  type SmileFigures,
  type SurfaceColumns,
  type SurfaceResult,
  termPoints,
  termStructure,
  VolSurface,
  viewOf,
} from "../../../engines/surface/index.ts";
import type { Desk } from "../desk.ts";
import type { SurfaceExpiryRow, SurfaceSmile, SurfaceTenor, SurfaceView, Views } from "../protocol.ts";
import type { ChainIndex } from "./chain.ts";
import type { ViewContext } from "./context.ts";
import { firstOptionable } from "./exposure.ts";
import { label } from "./names.ts";

const SMILE_POINTS = 61;

/** The quotes of one chain in the surface's columns, refreshed from the book; a changed quote marks its expiry to be fitted again. */
class LiveSurface {
  readonly surface: VolSurface;
  private readonly bid: Float64Array;
  private readonly ask: Float64Array;
  private lastUs = 0;
  private readonly diesUs: number;

  constructor(
    context: ViewContext,
    private readonly underlying: Slot,
    private readonly known: number,
    private readonly slots: Int32Array,
    columns: SurfaceColumns,
  ) {
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
  fits(context: ViewContext, underlying: Slot): boolean {
    const same = this.underlying === underlying;
    return (
      same &&
      this.known === context.desk.instruments.length &&
      context.nowUs >= this.lastUs &&
      context.nowUs < this.diesUs
    );
  }

  result(context: ViewContext): SurfaceResult {
    const { book } = context.desk;
    for (let row = 0; row < this.slots.length; row++) {
      const slot = this.slots[row] as number;
      const bid = book.bid[slot] as number;
      const ask = book.ask[slot] as number;
      if (Object.is(bid, this.bid[row]) && Object.is(ask, this.ask[row])) continue;
      this.bid[row] = bid;
      this.ask[row] = ask;
      this.surface.touch(row);
    }
    this.surface.setMarket(this.market(context));
    this.lastUs = context.nowUs;
    this.surface.refitAll();
    return this.surface.result();
  }

  private market(context: ViewContext) {
    const { desk, session, nowUs } = context;
    const price = desk.book.spot(this.underlying);
    return {
      symbol: desk.instruments[this.underlying]?.symbol ?? "",
      asOf: session.day,
      chainUs: nowUs,
      spot: price > 0 ? price : null,
      spotUs: nowUs,
      chainSpot: null,
    };
  }
}

/** The surface on each desk's screen, fitted from tick to tick. Outside the hashed state: it shows, it never decides. */
const shownOn = new WeakMap<Desk, LiveSurface>();

function surfaceOn(context: ViewContext, index: ChainIndex, id: string, underlying: Slot): LiveSurface {
  const shown = shownOn.get(context.desk);
  if (shown?.fits(context, underlying)) return shown;
  const fresh = liveSurface(context, index, id, underlying);
  shownOn.set(context.desk, fresh);
  return fresh;
}

function liveSurface(context: ViewContext, index: ChainIndex, id: string, underlying: Slot): LiveSurface {
  const { desk, nowUs, facts } = context;
  const chain = index.expiries(desk, id).filter((e) => e.expiryUs > nowUs);
  const rows = chain.flatMap((e, expiry) =>
    [...e.calls.values(), ...e.puts.values()].map((slot) => ({ slot, expiry })),
  );
  const optionOf = (slot: Slot) => desk.instruments[slot] as OptionInstrument;
  const column = (of: (option: OptionInstrument) => number) =>
    Float64Array.from(rows, ({ slot }) => of(optionOf(slot)));
  const columns: SurfaceColumns = {
    n: rows.length,
    expiries: chain.map((e) => {
      const option = optionOf(([...e.calls.values(), ...e.puts.values()] as Slot[])[0] as Slot);
      const years = yearFraction(nowUs, e.expiryUs);
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
  const slots = Int32Array.from(rows, (r) => r.slot);
  return new LiveSurface(context, underlying, desk.instruments.length, slots, columns);
}

/** Fitted vols of a chain: constant maturities, listed expiries, one smile with its quotes, and the shape of the term structure. */
export function surfaceView(
  context: ViewContext,
  index: ChainIndex,
  params: Views["surface"]["params"],
): SurfaceView | null {
  const { desk } = context;
  const id = params.underlying ?? firstOptionable(context);
  const slot = id === null ? null : desk.slot(id);
  const instrument = slot === null ? undefined : desk.instruments[slot];
  if (id === null || slot === null || !instrument) return null;
  const live = surfaceOn(context, index, id, slot);
  const result = live.result(context);
  const term = termStructure(termPoints(result));
  const forward = new Map(term.curve.map((row) => [row.days, row.forwardVol]));
  const expiries = result.expiries.map((row) => expiryRow(row, context.session.day));
  const shown = Math.max(0, chosen(result, params.expiry));
  return {
    underlying: instrument.id,
    label: label(instrument, context.session.day),
    spot: result.spot,
    fitted: expiries.filter((e) => e.atm !== null).length,
    expiries,
    tenors: result.tenors.map(
      (row): SurfaceTenor => ({
        days: row.days,
        kind: row.kind,
        ...smileColumns(row.figures),
        forwardVol: forward.get(row.days) ?? null,
        ageUs: row.ageUs,
      }),
    ),
    smile: smileOf(live, shown, expiries[shown]),
    shape: term.regime,
    slope:
      term.slope === null
        ? null
        : { perLogTime: term.slope.slope, error: term.slope.error, steepness: term.slope.steepness },
    butterfly: result.violations.butterflyQuotes + result.violations.butterflySmile,
    calendar: result.violations.calendar.map((v) => ({
      near: expiries[v.near]?.label ?? "",
      far: expiries[v.far]?.label ?? "",
      worst: v.worst,
    })),
    warnings: result.warnings,
  };
}

function chosen(result: SurfaceResult, key: string | null): number {
  const asked = result.expiries.findIndex((row) => keyOf(row) === key);
  if (asked >= 0) return asked;
  return result.expiries.findIndex((row) => row.figures !== null && (row.dte ?? 0) >= 7);
}

const keyOf = (row: ExpiryRow): string => `${row.expiry.root} ${row.expiry.expiryUs}`;

function smileColumns(f: SmileFigures | null) {
  return {
    atm: f?.atmVol ?? null,
    put25: f?.put25?.vol ?? null,
    call25: f?.call25?.vol ?? null,
    put10: f?.put10?.vol ?? null,
    call10: f?.call10?.vol ?? null,
    riskReversal25: f?.riskReversal25 ?? null,
    butterfly25: f?.butterfly25 ?? null,
  };
}

function expiryRow(row: ExpiryRow, today: IsoDay): SurfaceExpiryRow {
  return {
    key: keyOf(row),
    label: expiryLabel(row.expiry.day as IsoDay, today),
    dteDays: row.dte,
    forward: row.smile?.forward ?? null,
    ...smileColumns(row.figures),
    oneSigma: row.figures?.expectedMove.oneSigma ?? null,
    straddle: row.figures?.expectedMove.straddle ?? null,
    kind: row.smile?.kind ?? null,
    rmse: row.quality?.rmse ?? null,
    used: row.quality?.used ?? null,
    withinSpread: row.quality?.withinSpread ?? null,
    ageUs: row.quality?.ageUs ?? null,
    warnings: row.warnings,
  };
}

/** The fit over its own range of strikes, and the out-of-the-money vols it was made from. */
function smileOf(live: LiveSurface, e: number, row: SurfaceExpiryRow | undefined): SurfaceSmile | null {
  const smile = live.surface.smile(e);
  const quotes = live.surface.fitted(e);
  if (smile === null || quotes === null || !row) return null;
  const strikes = new Float64Array(SMILE_POINTS);
  const fit = new Float64Array(SMILE_POINTS);
  const { w } = viewOf(smile);
  for (let i = 0; i < SMILE_POINTS; i++) {
    const k = smile.kMin + ((smile.kMax - smile.kMin) * i) / (SMILE_POINTS - 1);
    strikes[i] = smile.forward * Math.exp(k);
    fit[i] = Math.sqrt(w(k) / smile.T);
  }
  return {
    expiry: row.key,
    label: row.label,
    forward: smile.forward,
    strikes,
    fit,
    quotedStrikes: quotes.k.slice(0, quotes.n).map((k) => smile.forward * Math.exp(k)),
    quotedVols: quotes.vol.slice(0, quotes.n),
  };
}
