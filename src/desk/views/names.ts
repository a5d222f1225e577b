import { type Instrument, type IsoDay, optionLabel } from "../../../engines/market/index.ts";

/** What a trader calls it: `GOOG 15jan 760 C`, `GOOG`. */
export function label(instrument: Instrument, today: IsoDay): string {
  return instrument.kind === "option"
    ? optionLabel({ ...instrument, root: instrument.symbol }, today)
    : instrument.symbol;
}

/** Decimals of a price: those of the finest tick of the instrument's table. */
export function priceDecimals(instrument: Instrument): number {
  const finest = Math.min(...instrument.ticks.filter((step) => step.tick > 0.001).map((step) => step.tick));
  return Number.isFinite(finest) ? Math.max(0, Math.ceil(-Math.log10(finest) - 1e-9)) : 2;
}
