import { gridDecimals, type Instrument } from "../../engines/market/index.ts";

/** Decimals that prices of an instrument are quoted with. Two where the instrument is not known. */
export function priceDecimals(instrument: Instrument | undefined): number {
  return instrument && instrument.ticks.length > 0 ? gridDecimals(instrument.ticks, null) : 2;
}
