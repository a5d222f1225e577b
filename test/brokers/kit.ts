import {
  buildInstrument,
  type Instrument,
  type InstrumentId,
  type IsoDay,
} from "../../engines/market/index.ts";
import type { BrokerInstruments } from "../../src/brokers/setup.ts";
import { shippedCatalog } from "../../store/capture/product-catalog.ts";

/** Contracts of the shipped catalog by their ids, as of a day. */
export function catalogInstruments(day: string): BrokerInstruments {
  const catalog = shippedCatalog();
  const known = new Map<InstrumentId, Instrument | null>();
  const byId = (id: InstrumentId): Instrument | null => {
    let found = known.get(id);
    if (found === undefined) {
      try {
        found = buildInstrument(catalog, id, day as IsoDay);
      } catch {
        found = null;
      }
      known.set(id, found);
    }
    return found;
  };
  return { byId, bySymbol: () => null };
}
