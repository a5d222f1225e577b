import {
  buildInstrument,
  type Instrument,
  type InstrumentId,
  type IsoDay,
} from "../../engines/market/index.ts";
import { shippedCatalog } from "../../store/capture/product-catalog.ts";
import type { BrokerInstruments } from "../brokers/setup.ts";

/** Contracts of the shipped catalog by their ids, as of a day: for who looks at orders without a market. */
export function catalogInstruments(day: IsoDay): BrokerInstruments {
  const catalog = shippedCatalog();
  const known = new Map<InstrumentId, Instrument | null>();
  const byId = (id: InstrumentId): Instrument | null => {
    let found = known.get(id);
    if (found === undefined) {
      try {
        found = buildInstrument(catalog, id, day);
      } catch {
        found = null;
      }
      known.set(id, found);
    }
    return found;
  };
  return { byId, bySymbol: () => null };
}
