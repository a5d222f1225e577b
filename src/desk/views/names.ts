import {
  expiryLabel,
  gridDecimals,
  type Instrument,
  type IsoDay,
  optionLabel,
} from "../../../engines/market/index.ts";

interface Named {
  readonly today: IsoDay;
  readonly text: string;
}
/** A view of thousands of contracts names each of them at every look: a name is worked out once a day. */
const known = new WeakMap<Instrument, Named>();

/** What a trader calls it: `GOOG 15jan 760 C`, `FVS 16dec`, `GOOG`. */
export function label(instrument: Instrument, today: IsoDay): string {
  const kept = known.get(instrument);
  if (kept?.today === today) return kept.text;
  const text = nameOf(instrument, today);
  known.set(instrument, { today, text });
  return text;
}

function nameOf(instrument: Instrument, today: IsoDay): string {
  const { kind, symbol } = instrument;
  if (kind === "option") return optionLabel({ ...instrument, root: symbol }, today);
  return kind === "future" ? `${symbol} ${expiryLabel(instrument.expiry, today)}` : symbol;
}

/** Decimals of a column of its prices. */
export function priceDecimals(instrument: Instrument): number {
  return gridDecimals(instrument.ticks, null);
}
