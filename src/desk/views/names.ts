import { gridDecimals, type Instrument, type IsoDay, optionLabel } from "../../../engines/market/index.ts";

/** What a trader calls it: `GOOG 15jan 760 C`, `GOOG`. */
export function label(instrument: Instrument, today: IsoDay): string {
  return instrument.kind === "option"
    ? optionLabel({ ...instrument, root: instrument.symbol }, today)
    : instrument.symbol;
}

/** Decimals of a column of its prices. */
export function priceDecimals(instrument: Instrument): number {
  return gridDecimals(instrument.ticks, null);
}
