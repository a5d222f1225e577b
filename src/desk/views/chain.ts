import {
  expiryLabelLong,
  type Micros,
  type OptionInstrument,
  premiumUnit,
  type Slot,
} from "../../../engines/market/index.ts";
import { yearFraction } from "../../../engines/pricing/index.ts";
import type { Desk } from "../desk.ts";
import type { ChainExpiry, ChainSide, ChainView, FollowState, Views } from "../protocol.ts";
import type { ViewContext } from "./context.ts";
import { followed } from "./follows.ts";
import { label, priceDecimals } from "./names.ts";
import { quoteOf } from "./positions.ts";

const DAY_US = 86_400_000_000;

interface Expiry extends ChainExpiry {
  readonly strikesAscending: readonly number[];
  readonly calls: ReadonlyMap<number, Slot>;
  readonly puts: ReadonlyMap<number, Slot>;
}

/** The listed options of an underlying by expiry. Rebuilt only when instruments were added. */
export class ChainIndex {
  private known = 0;
  private readonly byUnderlying = new Map<string, Expiry[]>();

  expiries(desk: Desk, underlying: string): readonly Expiry[] {
    if (this.known !== desk.instruments.length) {
      this.byUnderlying.clear();
      this.known = desk.instruments.length;
    }
    let list = this.byUnderlying.get(underlying);
    if (!list) {
      list = build(desk, underlying);
      this.byUnderlying.set(underlying, list);
    }
    return list;
  }
}

function build(desk: Desk, underlying: string): Expiry[] {
  const groups = new Map<
    string,
    { option: OptionInstrument; calls: Map<number, Slot>; puts: Map<number, Slot> }
  >();
  desk.instruments.forEach((instrument, slot) => {
    if (instrument.kind !== "option" || instrument.underlying !== underlying) return;
    const key = `${instrument.symbol} ${instrument.expiryUs}`;
    let group = groups.get(key);
    if (!group) {
      group = { option: instrument, calls: new Map(), puts: new Map() };
      groups.set(key, group);
    }
    (instrument.type === "C" ? group.calls : group.puts).set(instrument.strike, slot as Slot);
  });
  return [...groups]
    .map(([key, { option, calls, puts }]) => {
      const strikesAscending = [...new Set([...calls.keys(), ...puts.keys()])].sort((a, b) => a - b);
      const { symbol: root, expiryUs } = option;
      return {
        key,
        root,
        expiry: option.expiry,
        expiryUs,
        strikes: strikesAscending.length,
        strikesAscending,
        calls,
        puts,
      };
    })
    .sort((a, b) => a.expiryUs - b.expiryUs || (a.root < b.root ? -1 : 1));
}

/** One expiry of a chain: strikes, slots, vols and deltas; quotes are read from the shared book. Null where nothing is listed. */
export function chainView(
  context: ViewContext,
  index: ChainIndex,
  params: Views["chain"]["params"],
): ChainView | null {
  const { desk, nowUs } = context;
  const underlying = params.underlying ?? optionable(desk);
  const slot = underlying === null ? null : desk.slot(underlying);
  if (underlying === null || slot === null) return null;
  const expiries = index.expiries(desk, underlying);
  const chosen =
    expiries.find((e) => e.key === params.expiry || e.expiry === params.expiry) ??
    defaultExpiry(expiries, nowUs);
  if (!chosen) return null;
  const held = heldByInstrument(context);
  const strikes = Float64Array.from(chosen.strikesAscending);
  const calls = side(context, strikes, chosen.calls, held);
  const puts = side(context, strikes, chosen.puts, held);
  const price = desk.book.spot(slot);
  const spot = price === price ? price : null;
  const atm = spot === null ? null : atTheMoney(context, strikes, calls, puts, spot);
  const years = yearFraction(nowUs, chosen.expiryUs);
  const instrument = desk.instruments[slot];
  return {
    underlying: underlying as ChainView["underlying"],
    label: instrument ? label(instrument, context.session.day) : underlying,
    spot,
    expiries: expiries.map(({ key, root, expiry, expiryUs, strikes: n }) => ({
      key,
      root,
      expiry,
      expiryUs,
      strikes: n,
    })),
    expiry: chosen.key,
    expiryLabel: expiryLabelLong(chosen.expiry as OptionInstrument["expiry"]),
    dteDays: Math.max(0, (chosen.expiryUs - nowUs) / DAY_US),
    forward: atm?.forward ?? null,
    atmIv: atm?.iv ?? null,
    straddle: atm?.straddle ?? null,
    oneSigma: spot === null || atm?.iv == null ? null : spot * atm.iv * Math.sqrt(years),
    strikes,
    calls,
    puts,
    decimals: firstDecimals(desk, chosen),
  };
}

/** The first underlying that has options. */
function optionable(desk: Desk): string | null {
  const option = desk.instruments.find((i) => i.kind === "option");
  return option?.kind === "option" ? option.underlying : null;
}

/** The first expiry a week or more away: the nearest that trades like an ordinary day. */
function defaultExpiry(expiries: readonly Expiry[], nowUs: Micros): Expiry | undefined {
  return expiries.find((e) => e.expiryUs - nowUs >= 7 * DAY_US) ?? expiries.at(-1);
}

function heldByInstrument(context: ViewContext): Map<string, number> {
  const held = new Map<string, number>();
  for (const p of context.value().positions)
    held.set(p.instrument.id, (held.get(p.instrument.id) ?? 0) + p.qty);
  return held;
}

function side(
  context: ViewContext,
  strikes: Float64Array,
  slots: ReadonlyMap<number, Slot>,
  held: Map<string, number>,
): ChainSide {
  const n = strikes.length;
  const out = {
    slot: new Int32Array(n).fill(-1),
    iv: new Float64Array(n).fill(Number.NaN),
    delta: new Float64Array(n).fill(Number.NaN),
    openInterest: new Float64Array(n).fill(Number.NaN),
    held: new Float64Array(n),
    feed: new Array<FollowState | null>(n).fill(null),
  };
  strikes.forEach((strike, i) => {
    const slot = slots.get(strike);
    if (slot === undefined) return;
    out.slot[i] = slot;
    out.feed[i] = followed(context, slot).state;
    out.openInterest[i] = context.desk.book.openInterest[slot] as number;
    const instrument = context.desk.instruments[slot] as OptionInstrument;
    out.held[i] = held.get(instrument.id) ?? 0;
    const value = context.source().quoted(instrument);
    out.iv[i] = value?.vol?.sigma ?? Number.NaN;
    out.delta[i] = value?.greeks?.delta ?? Number.NaN;
  });
  return out;
}

/** Straddle, in the currency of the strike, and vol at the strike nearest to spot; forward by put-call parity there (undiscounted: K + C − P over the discount). */
function atTheMoney(
  context: ViewContext,
  strikes: Float64Array,
  calls: ChainSide,
  puts: ChainSide,
  spot: number,
) {
  let best = -1;
  strikes.forEach((strike, i) => {
    if ((calls.slot[i] as number) < 0 || (puts.slot[i] as number) < 0) return;
    if (best < 0 || Math.abs(strike - spot) < Math.abs((strikes[best] as number) - spot)) best = i;
  });
  if (best < 0) return null;
  const callSlot = calls.slot[best] as Slot;
  const call = quoteOf(context.desk, callSlot).mid;
  const put = quoteOf(context.desk, puts.slot[best] as Slot).mid;
  const option = context.desk.instruments[callSlot] as OptionInstrument;
  const value = context.source().quoted(option);
  const ivs = [calls.iv[best] as number, puts.iv[best] as number].filter((x) => x === x);
  const grow = value ? Math.exp(value.rate * value.years) : 1;
  const unit = premiumUnit(option, spot);
  return {
    iv: ivs.length === 0 ? null : ivs.reduce((a, b) => a + b, 0) / ivs.length,
    straddle: call === null || put === null ? null : (call + put) * unit,
    forward: call === null || put === null ? null : (strikes[best] as number) + (call - put) * unit * grow,
  };
}

function firstDecimals(desk: Desk, expiry: Expiry): number {
  const slot = [...expiry.calls.values(), ...expiry.puts.values()][0];
  const instrument = slot === undefined ? undefined : desk.instruments[slot];
  return instrument ? priceDecimals(instrument) : 2;
}
