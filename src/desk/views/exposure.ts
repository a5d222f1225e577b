import {
  CONVENTION_LABELS,
  type ExposureColumns,
  type ExposureResult,
  type ExposureSlice,
  exposure,
  MEASURES,
  type Measure,
  type SignConvention,
  type SliceName,
} from "../../../engines/exposure/index.ts";
import { type IsoDay, type OptionInstrument, premiumUnit, type Slot } from "../../../engines/market/index.ts";
import { bsmIv, yearFraction } from "../../../engines/pricing/index.ts";
import type { ExposureView, LadderMeasure, Views } from "../protocol.ts";
import type { ChainIndex } from "./chain.ts";
import type { ViewContext } from "./context.ts";
import { label } from "./names.ts";

const SLICES: readonly SliceName[] = ["near", "monthly", "all", "zeroDte"];

type Expiries = ReturnType<ChainIndex["expiries"]>;

/** The listed contracts of an underlying as the exposure engine takes them, with the slot of each row. */
export interface ExposureChain {
  readonly columns: ExposureColumns;
  readonly slots: Int32Array;
  readonly spot: number | null;
  readonly oiDay: string | null;
}

/**
 * Open interest from the book; each strike's vol from the last valid mid of its out-of-the-money contract (the other where that has
 * none), at the price of the underlying and the time it was seen. Early exercise is worth next to nothing out of the money, so that vol
 * needs no stripping, and both contracts of a strike share it. Forwards grow from spot at the rate and dividend yield that the vols
 * were implied with: vol and carry belong together. `flow` is signed customer contracts by slot, where it is wanted.
 */
export function exposureChain(
  context: ViewContext,
  expiries: Expiries,
  underlying: Slot,
  flow: Float64Array | null = null,
): ExposureChain {
  const { desk, nowUs } = context;
  const { book } = desk;
  const price = book.spot(underlying);
  const spot = price > 0 ? price : null;
  const rows: { readonly slot: Slot; readonly expiry: number; readonly iv: number }[] = [];
  const terms = expiries.map((e, expiry) => {
    const carry = carryOf(context, e, nowUs);
    const forward = spot === null ? Number.NaN : spot * Math.exp((carry.r - carry.q) * carry.years);
    for (const strike of e.strikesAscending) {
      const [call, put] = [e.calls.get(strike), e.puts.get(strike)];
      const [out, other] = strike >= forward ? [call, put] : [put, call];
      const iv = quotedVol(context, out, carry) ?? quotedVol(context, other, carry) ?? Number.NaN;
      for (const slot of [call, put]) if (slot !== undefined) rows.push({ slot, expiry, iv });
    }
    return {
      root: e.root,
      day: e.expiry,
      expiryUs: e.expiryUs,
      forward,
      df: Math.exp(-carry.r * carry.years),
    };
  });
  const slots = Int32Array.from(rows, (r) => r.slot);
  const optionAt = (i: number): OptionInstrument => desk.instruments[slots[i] as number] as OptionInstrument;
  const column = (of: (slot: number, i: number) => number): Float64Array => Float64Array.from(slots, of);
  return {
    spot,
    oiDay: openInterestDay(context, slots),
    slots,
    columns: {
      n: rows.length,
      expiries: terms,
      expiry: Int32Array.from(rows, (r) => r.expiry),
      strike: column((_, i) => optionAt(i).strike),
      put: Uint8Array.from(slots, (_, i) => (optionAt(i).type === "P" ? 1 : 0)),
      openInterest: column((slot) => book.openInterest[slot] as number),
      multiplier: column((_, i) => optionAt(i).multiplier),
      iv: column((_, i) => rows[i]?.iv ?? Number.NaN),
      ...(flow === null ? {} : { flow: column((slot) => flow[slot] ?? Number.NaN) }),
    },
  };
}

interface Carry {
  readonly years: number;
  readonly r: number;
  readonly q: number;
}

function carryOf(context: ViewContext, expiry: Expiries[number], nowUs: number): Carry {
  const slot = [...expiry.calls.values(), ...expiry.puts.values()][0] as Slot;
  const option = context.desk.instruments[slot] as OptionInstrument;
  const years = yearFraction(nowUs, expiry.expiryUs);
  const { facts } = context.facts.valuer;
  return { years, r: facts.rate(option.ccy, years).value, q: facts.dividendYield(option.symbol).value };
}

/** Vol of a contract's last valid two-sided mid; null where there is none. */
function quotedVol(context: ViewContext, slot: Slot | undefined, { r, q }: Carry): number | null {
  if (slot === undefined) return null;
  const { book, instruments } = context.desk;
  const [seenUs, mid, spot] = [book.validUs[slot], book.validMid[slot], book.validSpot[slot]] as number[];
  if (!(Number(seenUs) <= context.nowUs) || !(Number(mid) > 0) || !(Number(spot) > 0)) return null;
  const option = instruments[slot] as OptionInstrument;
  const years = yearFraction(seenUs as number, option.expiryUs);
  const w = option.type === "C" ? 1 : -1;
  const premium = (mid as number) * premiumUnit(option, spot as number);
  const { sigma } = bsmIv(w, premium, spot as number, option.strike, years, r, q);
  return sigma !== null && sigma > 0 ? sigma : null;
}

/**
 * Open interest of a day's session counts what was open at the close before: the day of the contracts' settlements. Where trading never
 * closes, exchanges tell it as it stands: the session's own day.
 */
function openInterestDay(context: ViewContext, slots: Int32Array): string | null {
  const { desk, session } = context;
  if (desk.instruments[slots[0] ?? -1]?.calendar === "24H") {
    const told = slots.some((s) => !Number.isNaN(desk.book.openInterest[s] as number));
    return told ? session.day : null;
  }
  const known = slots.find((s) => {
    const oi = desk.book.openInterest[s] as number;
    return oi === oi && (desk.priorDay[s] ?? "") !== "";
  });
  return known === undefined ? null : (desk.priorDay[known] as string);
}

/** Slices of an underlying's chain under a convention; null where it has no options. */
export function exposureNow(
  context: ViewContext,
  index: ChainIndex,
  wanted: string | null,
  convention: SignConvention,
  slices: readonly SliceName[] = SLICES,
): { readonly chain: ExposureChain; readonly result: ExposureResult; readonly underlying: Slot } | null {
  const { desk, nowUs, session } = context;
  const id = wanted ?? firstOptionable(context);
  const slot = id === null ? null : desk.slot(id);
  if (id === null || slot === null) return null;
  const expiries = index.expiries(desk, id);
  const flow = convention === "customerFlow" ? context.facts.flow.of(slot).signedBySlot() : null;
  const chain = exposureChain(context, expiries, slot, flow);
  const result = exposure(
    chain.columns,
    {
      symbol: desk.instruments[slot]?.symbol ?? id,
      asOf: session.day,
      chainUs: nowUs,
      spot: chain.spot,
      spotUs: nowUs,
      chainSpot: null,
      oiDay: chain.oiDay,
    },
    {
      convention,
      slices,
      isSession: (day) =>
        session.sessionOn(desk.instruments[slot]?.calendar ?? session.calendar, day as IsoDay) !== null,
    },
  );
  return { chain, result, underlying: slot };
}

export function firstOptionable(context: ViewContext): string | null {
  const option = context.desk.instruments.find((i) => i.kind === "option");
  return option?.kind === "option" ? option.underlying : null;
}

/** Exposure of one slice of an underlying's chain, every measure, by strike. Null where there is no such underlying. */
export function exposureView(
  context: ViewContext,
  index: ChainIndex,
  params: Views["exposure"]["params"],
): ExposureView | null {
  const now = exposureNow(context, index, params.underlying, params.convention);
  if (now === null) return null;
  const { chain, result, underlying } = now;
  const instrument = context.desk.instruments[underlying];
  if (!instrument) return null;
  const slice = result.slices.find((s) => s.name === params.slice) as ExposureSlice;
  const { ladder, zeroGamma: zero } = slice;
  const n = ladder.n;
  const measures = Object.fromEntries(
    MEASURES.map((m): [Measure, LadderMeasure] => {
      const { call, put, net } = ladder.measures[m];
      const all = { call: call.slice(0, n), put: put.slice(0, n), net: net.slice(0, n) };
      return [m, { ...all, total: slice.totals[m] }];
    }),
  ) as Record<Measure, LadderMeasure>;
  return {
    underlying: instrument.id,
    label: label(instrument, context.session.day),
    ccy: instrument.ccy,
    spot: result.spot,
    convention: params.convention,
    conventionLabel: CONVENTION_LABELS[params.convention],
    oiDay: result.oiDay,
    slice: params.slice,
    slices: result.slices.map((s) => ({ name: s.name, expiries: s.expiries.length })),
    expiries: slice.expiries.map((e) => result.expiries[e]?.day ?? ""),
    contracts: chain.columns.n,
    strikes: ladder.strike.slice(0, n),
    callOi: ladder.callOi.slice(0, n),
    putOi: ladder.putOi.slice(0, n),
    partial: ladder.partial.slice(0, n),
    measures,
    callWall: slice.callWall,
    putWall: slice.putWall,
    callWallAbove: slice.callWallAbove,
    putWallBelow: slice.putWallBelow,
    zeroGamma: {
      nearest: zero.nearest,
      roots: zero.roots,
      atSpot: zero.atSpot,
      low: zero.spots[0] ?? null,
      high: zero.spots.at(-1) ?? null,
    },
    legacyFlip: slice.legacyFlipStrike,
    coverage: slice.coverage,
    warnings: [...slice.warnings, ...result.warnings],
  };
}
