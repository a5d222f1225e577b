import { gridDecimals, type Instrument } from "../../engines/market/index.ts";

/** Decimals that a tick or a strike needs: 0.05 → 2, 0.005 → 3, 0.25 → 2, 1 → 0. */
export function decimalsOf(tick: number): number {
  for (let d = 0; d < 8; d++) {
    const scaled = tick * 10 ** d;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-9) return d;
  }
  return 8;
}

/** Decimals that prices of an instrument are quoted with. Two where the instrument is not known. */
export function priceDecimals(instrument: Instrument | undefined): number {
  return instrument && instrument.ticks.length > 0 ? gridDecimals(instrument.ticks, null) : 2;
}
