import {
  expiryLabel,
  gridDecimals,
  type Instrument,
  type IsoDay,
  optionLabel,
} from "../../../engines/market/index.ts";

/** What a trader calls it: `GOOG 15jan 760 C`, `FVS 16dec`, `GOOG`. */
export function label(instrument: Instrument, today: IsoDay): string {
  const { kind, symbol } = instrument;
  if (kind === "option") return optionLabel({ ...instrument, root: symbol }, today);
  return kind === "future" ? `${symbol} ${expiryLabel(instrument.expiry, today)}` : symbol;
}

/** Decimals of a column of its prices. */
export function priceDecimals(instrument: Instrument): number {
  return gridDecimals(instrument.ticks, null);
}
