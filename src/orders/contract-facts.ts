import type { Instrument, OptionInstrument, Slot } from "../../engines/market/index.ts";
import type { GuardLeg } from "../../engines/orders/index.ts";
import type { NamedDividend } from "../desk/market-facts.ts";
import type { ViewContext } from "../desk/views/context.ts";

export type ContractFacts = Pick<
  GuardLeg,
  "volume" | "openInterest" | "inTheMoney" | "extrinsic" | "dividend" | "vega" | "model"
>;

const known = (x: number | undefined): number | null => (x !== undefined && x === x ? x : null);

/** What is known of a contract besides its quote. */
export function contractFacts(
  context: ViewContext,
  instrument: Instrument,
  quote: { readonly bid: number | null; readonly ask: number | null },
): ContractFacts {
  const { desk } = context;
  const slot = desk.slot(instrument.id) as Slot;
  const traded = { volume: known(desk.book.volume[slot]), openInterest: known(desk.book.openInterest[slot]) };
  const none = { inTheMoney: null, extrinsic: null, dividend: null, vega: null, model: null };
  return instrument.kind === "option"
    ? { ...traded, ...optionFacts(context, instrument, quote) }
    : { ...traded, ...none };
}

/** Time value at the mid, and what an early exercise would be for. */
export function optionFacts(
  context: ViewContext,
  o: OptionInstrument,
  { bid, ask }: { readonly bid: number | null; readonly ask: number | null },
): Omit<ContractFacts, "volume" | "openInterest"> {
  const source = context.source();
  const spot = source.spot(o.underlying)?.price ?? null;
  const value = source.value(o);
  const mid = bid !== null && ask !== null ? (bid + ask) / 2 : null;
  // Premiums in the coin are compared with what is in the coin.
  const coin = o.premiumStyle === "inverse" ? (spot ?? Number.NaN) : 1;
  const intrinsic =
    spot === null ? null : Math.max(0, o.type === "C" ? spot - o.strike : o.strike - spot) / coin;
  // An option's own quote is its model where that is what the vol was taken from: it can't be called dear by it.
  const model = value?.vol?.source === "own quote" ? null : (value?.price ?? null);
  return {
    inTheMoney: intrinsic === null ? null : intrinsic > 0,
    extrinsic: mid === null || intrinsic === null ? null : mid - intrinsic,
    dividend: nextDividend(context, o),
    vega: value?.greeks && Number.isFinite(coin) ? value.greeks.vega / coin : null,
    model,
  };
}

/** The next cash dividend that goes ex before an option ends. */
function nextDividend(context: ViewContext, o: OptionInstrument): NamedDividend | null {
  const all = context.facts.valuer.facts.dividends(o.symbol);
  return all.find((d) => d.exDay > context.session.day && d.exDay <= o.expiry) ?? null;
}
