import type { InstrumentId } from "./ids.ts";
import type { Instrument } from "./instrument.ts";

/** What options beside an instrument stand on: of an option its underlying, of a perpetual the index of its coin, else itself. */
export function optionsStandOn(instrument: Instrument): InstrumentId {
  if (instrument.kind === "option") return instrument.underlying;
  const coin = /^CRYPTO\/([A-Z]+)-PERPETUAL$/.exec(instrument.id)?.[1];
  return coin === undefined ? instrument.id : (`CRYPTO/${coin}-USD` as InstrumentId);
}
